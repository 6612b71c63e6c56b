// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace jpegdeblock_test {

struct StopPipeline {
    void operator()(GstElement* pipeline) const {
        gst_element_set_state(pipeline, GST_STATE_NULL);
        gst_object_unref(pipeline);
    }
};
/// Stopped and freed also where a test ends early.
using ParsedPipeline = std::unique_ptr<GstElement, StopPipeline>;

/// As gst-launch would make it; nullptr after a failure.
inline ParsedPipeline parse_pipeline(const std::string& description) {
    GError* error = nullptr;
    ParsedPipeline pipeline(gst_parse_launch(description.c_str(), &error));
    if (error) {
        ADD_FAILURE() << error->message;
        g_error_free(error);
        return nullptr;
    }
    return pipeline;
}

}  // namespace jpegdeblock_test
