// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording.h"

#include <gst/gst.h>

#include <stdexcept>

#include "command.h"

namespace jpegdeblock_test {

Recording::Recording(const std::string& muxer) : path_(folder_.file("recording")) {
    const Ending ending =
        launch("videotestsrc num-buffers=10 ! video/x-raw,width=320,height=240 ! jpegenc quality=20 ! " +
               muxer + " ! filesink location=" + path_);
    if (!ending.success) {
        throw std::runtime_error(ending.output);
    }
}

bool has_element(const std::string& name) {
    GstElementFactory* factory = gst_element_factory_find(name.c_str());
    const bool found = factory != nullptr;
    gst_clear_object(&factory);
    return found;
}

}  // namespace jpegdeblock_test
