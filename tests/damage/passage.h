// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <array>
#include <string>
#include <vector>

#include "jpeg_parts.h"

namespace jpegdeblock_test {

/// How packets reach a restored picture.
enum class Route {
    kDecoder,  ///< jpegdeblockdec; packets with times, as demuxers give them.
    kFrames,   ///< jpegdeblockdec; packets that the caps promise to be frames (parsed=true).
    kBytes,    ///< jpegdeblockdec; a stream of bytes in pieces of any size, without times.
    kParser,   ///< jpegparse ! jpegdeblockdec
    kFilter,   ///< jpegdec ! jpegdeblock
};
inline constexpr std::array kRoutes = {Route::kDecoder, Route::kFrames, Route::kBytes, Route::kParser,
                                       Route::kFilter};
const char* name_of(Route route);

/// A frame that came out.
struct Shown {
    Bytes samples;  ///< After its format and size.
    bool flagged = false;
    GstClockTime time = GST_CLOCK_TIME_NONE;
};

/// What came of a stream.
struct Passage {
    std::vector<Shown> frames;
    std::vector<std::string> warnings;  ///< Of this project's element.
    std::string error;                  ///< Of any element; empty: the stream went to its end.
    guint64 damaged = 0, lost = 0;      ///< Of the element's `stats`.
};

/// Sends the packets through a pipeline, 40 ms each, to the end of the stream. announced_height: what the
/// caps say (96 wide), 0: nothing. properties: of this project's element.
Passage pass(const std::vector<Bytes>& packets, Route route, int announced_height = 0,
             const std::string& properties = "temporal=off");

}  // namespace jpegdeblock_test
