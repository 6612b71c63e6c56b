// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideofilter.h>

G_BEGIN_DECLS

#define GST_TYPE_JPEG_DEBLOCK (gst_jpeg_deblock_get_type())
G_DECLARE_FINAL_TYPE(GstJpegDeblock, gst_jpeg_deblock, GST, JPEG_DEBLOCK, GstVideoFilter)

GST_ELEMENT_REGISTER_DECLARE(jpegdeblock)

G_END_DECLS
