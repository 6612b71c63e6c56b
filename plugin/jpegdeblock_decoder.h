// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

G_BEGIN_DECLS

#define GST_TYPE_JPEG_DEBLOCK_DEC (gst_jpeg_deblock_dec_get_type())
G_DECLARE_FINAL_TYPE(GstJpegDeblockDec, gst_jpeg_deblock_dec, GST, JPEG_DEBLOCK_DEC, GstVideoDecoder)

GST_ELEMENT_REGISTER_DECLARE(jpegdeblockdec)

G_END_DECLS
