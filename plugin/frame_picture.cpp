// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_picture.h"

#include <cstddef>

namespace jpegdeblock_plugin {

bool has_planar_chroma(const GstVideoInfo& info) {
    switch (GST_VIDEO_INFO_FORMAT(&info)) {
        case GST_VIDEO_FORMAT_I420:
        case GST_VIDEO_FORMAT_YV12:
        case GST_VIDEO_FORMAT_Y42B:
        case GST_VIDEO_FORMAT_Y444:
        case GST_VIDEO_FORMAT_NV12:
        case GST_VIDEO_FORMAT_NV21:
            return true;
        default:
            return false;
    }
}

jpegdeblock::Picture picture_of(const GstVideoFrame& frame) {
    jpegdeblock::Picture picture;
    picture.is_rgb = GST_VIDEO_INFO_IS_RGB(&frame.info);
    picture.interlaced = GST_VIDEO_FRAME_IS_INTERLACED(&frame);
    const int components = picture.is_rgb || has_planar_chroma(frame.info) ? 3 : 1;
    for (int i = 0; i < components; ++i) {
        picture.components[static_cast<std::size_t>(i)] = {
            static_cast<std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, i)),
            GST_VIDEO_FRAME_COMP_WIDTH(&frame, i), GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i),
            GST_VIDEO_FRAME_COMP_STRIDE(&frame, i), GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, i)};
    }
    return picture;
}

}  // namespace jpegdeblock_plugin
