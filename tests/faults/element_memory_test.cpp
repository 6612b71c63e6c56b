// SPDX-License-Identifier: LGPL-2.1-or-later
// The elements where memory runs out for the plugin: a message, and a clean end. Run with libfailing_malloc
// preloaded. What GLib and GStreamer allocate does not fail here: they end the process then, by their own
// design.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "failing_allocations.h"
#include "jpeg/luma_codec.h"
#include "libjpeg_reference.h"
#include "parsed_pipeline.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::FailingAllocations;

/// What came of a pipeline that was let run to its end.
struct Outcome {
    bool ended = false;  ///< With its last frame or an error, not by giving up.
    std::string told;    ///< What the errors and warnings said.
};

Outcome run(GstElement* pipeline) {
    Outcome outcome;
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline);
    while (!outcome.ended) {
        GstMessage* message = gst_bus_timed_pop_filtered(
            bus, 60 * GST_SECOND,
            static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING));
        if (message == nullptr) {
            break;
        }
        if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
            GError* error = nullptr;
            (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR
                 ? gst_message_parse_error
                 : gst_message_parse_warning)(message, &error, nullptr);
            outcome.told += error->message;
            g_error_free(error);
        }
        outcome.ended = GST_MESSAGE_TYPE(message) != GST_MESSAGE_WARNING;
        gst_message_unref(message);
    }
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return outcome;
}

void run_with_failing_allocations(const std::string& description) {
    for (const bool all_after : {false, true}) {
        FailingAllocations failing("libgstjpegdeblock:libjpeg");
        while (failing.next(all_after)) {
            const ParsedPipeline pipeline = parse_pipeline(description);
            ASSERT_NE(pipeline, nullptr);
            Outcome outcome;
            {
                const FailingAllocations::Armed armed = failing.arm();
                outcome = run(pipeline.get());
            }
            EXPECT_TRUE(outcome.ended) << failing.number();
            // One that nobody misses, as of a cache, need not be told of.
            if (all_after) {
                EXPECT_TRUE(outcome.told != "" || failing.is_done()) << failing.number();
            }
        }
        EXPECT_GT(failing.number(), 1);
        // Nothing is left of the failures.
        const ParsedPipeline pipeline = parse_pipeline(description);
        const Outcome outcome = run(pipeline.get());
        EXPECT_TRUE(outcome.ended);
        EXPECT_EQ(outcome.told, "");
    }
}

TEST(PluginsMemoryRunsOut, Filter) {
    run_with_failing_allocations(
        "videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=64,height=48 ! "
        "jpegdeblock threads=2 quality=20 planes=all ! fakesink");
}

TEST(PluginsMemoryRunsOut, FilterThatEstimates) {
    run_with_failing_allocations(
        "videotestsrc num-buffers=2 ! video/x-raw,format=RGB,width=64,height=48,framerate=25/1 ! "
        "jpegdeblock threads=1 model=" +
        test_model("temporal") + " ! fakesink");
}

TEST(PluginsMemoryRunsOut, Decoder) {
    const TemporaryFolder folder;
    std::ofstream file(folder.file("three.mjpeg"), std::ios::binary);
    for (int frame = 0; frame < 3; ++frame) {
        jpegdeblock::LumaImage luma{64, 48, {}};
        for (int i = 0; i < 64 * 48; ++i) {
            luma.samples.push_back(static_cast<std::uint8_t>(i / 5 + 40 * frame));
        }
        const std::vector<std::uint8_t> jpeg = jpegdeblock::encode_grey_jpeg(luma.view(), 30);
        file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    }
    file.close();
    run_with_failing_allocations("filesrc location=" + folder.file("three.mjpeg") +
                                 " ! jpegdeblockdec threads=2 ! fakesink");
}

TEST(PluginsMemoryRunsOut, DecoderOfProgressiveColours) {
    const TemporaryFolder folder;
    std::ofstream file(folder.file("two.mjpeg"), std::ios::binary);
    const std::vector<std::uint8_t> jpeg = jpegdeblock::test::compress({.width = 48,
                                                                        .height = 32,
                                                                        .quality = 30,
                                                                        .progressive = true,
                                                                        .horizontal_sampling = {2, 1},
                                                                        .vertical_sampling = {2, 1}});
    for (int frame = 0; frame < 2; ++frame) {
        file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    }
    file.close();
    // In pieces, so that scans are shown.
    run_with_failing_allocations(
        "filesrc blocksize=300 location=" + folder.file("two.mjpeg") +
        " ! jpegdeblockdec threads=1 progressive=true temporal=on planes=all model=" +
        test_model("temporal") + " ! fakesink");
}

}  // namespace
}  // namespace jpegdeblock_test
