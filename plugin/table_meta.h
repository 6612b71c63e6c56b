// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <jpegdeblock/quantization.h>
#include <array>
#include <optional>
#include <vector>

// What jpegdeblockdec knows of a JPEG travels with its raw frames as a GstCustomMeta, so that any element or
// application can read and write it: gst_buffer_get_custom_meta(buffer, "GstJpegDeblockTableMeta"), then
// gst_custom_meta_get_structure(). The structure's fields:
//
//   luma      GBytes    64 guint16 in the CPU's byte order: the steps of the luma quantization table in row
//                       order (not zigzag); for two fields 128 of them, first field first. Before the last
//                       scan of a progressive JPEG: the steps that what is known of the coefficients amounts
//                       to
//   restored  gboolean  whether the compression's artefacts have been removed from luma already
//   chroma    GBytes    as luma, of Cb and Cr: 128 steps, for two fields 256 of them. Missing where unknown
//   chroma-restored
//             gboolean  whether they have been removed from chroma already
//
// The 8x8 grid begins at the frame's, or field's, top left corner. The meta is copied with whole buffers and
// goes with buffers that elements pass on or change in place. Elements that make a new picture of a buffer's,
// which flip, crop, scale or convert, drop it.

namespace jpegdeblock_plugin {

/// Makes the meta known to GStreamer. Call it once, when the plugin is loaded; false on failure.
bool register_table_meta();

struct TableMeta {
    std::vector<jpegdeblock::QuantizationTable> tables = {};  ///< One for each field.
    /// Those of Cb and Cr, likewise, or empty.
    std::vector<std::array<jpegdeblock::QuantizationTable, 2>> chroma_tables = {};
    bool restored = false;
    bool chroma_restored = false;

    bool operator==(const TableMeta&) const = default;
};

/// buffer: writable.
void add_table_meta(GstBuffer* buffer, const TableMeta& meta);

/// Nothing where the buffer has no such meta, or one that is not as described above.
std::optional<TableMeta> table_meta_of(GstBuffer* buffer);

}  // namespace jpegdeblock_plugin
