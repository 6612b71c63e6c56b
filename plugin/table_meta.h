// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/picture.h>
#include <optional>

#include "frame_checksum.h"

// What jpegdeblockdec knows of a JPEG, and what jpegdeblock did, travels with raw frames as a GstCustomMeta,
// so that any element or application can read and write it: gst_buffer_get_custom_meta(buffer,
// "GstJpegDeblockTableMeta"), then gst_custom_meta_get_structure(). The structure's fields:
//
//   luma      GBytes    64 guint16 in the CPU's byte order: the steps of the luma quantization table in row
//                       order (not zigzag); for two fields 128 of them, first field first. Before the last
//                       scan of a progressive JPEG: the steps that what is known of the coefficients amounts
//                       to. Missing where unknown, which only a frame that was restored can be
//   restored  gboolean  whether the compression's artefacts have been removed from luma already
//   chroma    GBytes    as luma, of Cb and Cr: 128 steps, for two fields 256 of them. Missing where unknown
//   chroma-restored
//             gboolean  whether they have been removed from chroma already
//   checksum, chroma-checksum
//             guint64   of the samples that the above is said of (see frame_checksum.h): of the first plane,
//                       and of the others. A meta whose checksum is another than its frame's counts as none.
//                       Missing: not checked; the writer vouches that nothing changes samples in between
//
// The 8x8 grid begins at the frame's, or field's, top left corner. The meta is copied with whole buffers and
// goes with buffers that elements pass on. Elements that make a new picture of a buffer's, which flip, crop,
// scale or convert, drop it. Those that change a buffer in place (videobalance, textoverlay) keep all metas
// and know nothing of this one: that is what the checksums are for.

namespace jpegdeblock_plugin {

/// Makes the meta known to GStreamer. Call it once, when the plugin is loaded; false on failure.
bool register_table_meta();

/// What the meta says.
using TableMeta = jpegdeblock::PictureTables;

/// Puts the meta on the buffer, in place of one that it had. buffer: writable. checksums: of the samples that
/// it is said of.
void set_table_meta(GstBuffer* buffer, const TableMeta& meta,
                    const std::optional<FrameChecksums>& checksums = std::nullopt);

/// What the buffer's meta says, of whatever samples. Nothing where it has no such meta, or one that is not as
/// described above.
std::optional<TableMeta> table_meta_of(GstBuffer* buffer);

/// What the meta of the frame's buffer says of the frame's samples. Where only chroma is another than it was
/// said of, nothing of chroma. frame: mapped for reading.
std::optional<TableMeta> table_meta_of(const GstVideoFrame& frame);

}  // namespace jpegdeblock_plugin
