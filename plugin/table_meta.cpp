// SPDX-License-Identifier: LGPL-2.1-or-later
#include "table_meta.h"

#include <gst/video/video.h>

#include <algorithm>
#include <cstring>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::QuantizationTable;

constexpr char kName[] = "GstJpegDeblockTableMeta";
constexpr char kLumaField[] = "luma";
constexpr char kRestoredField[] = "restored";
constexpr gsize kTableSize = sizeof(QuantizationTable::step);

gboolean transform(GstBuffer* to, GstCustomMeta* meta, GstBuffer*, GQuark type, gpointer data, gpointer) {
    if (GST_META_TRANSFORM_IS_COPY(type)) {
        if (static_cast<GstMetaTransformCopy*>(data)->region) {
            return FALSE;
        }
    } else if (GST_VIDEO_META_TRANSFORM_IS_SCALE(type)) {
        const auto* scale = static_cast<GstVideoMetaTransform*>(data);
        if (GST_VIDEO_INFO_WIDTH(scale->in_info) != GST_VIDEO_INFO_WIDTH(scale->out_info) ||
            GST_VIDEO_INFO_HEIGHT(scale->in_info) != GST_VIDEO_INFO_HEIGHT(scale->out_info)) {
            return FALSE;
        }
    } else {
        return FALSE;
    }
    GstCustomMeta* copy = gst_buffer_add_custom_meta(to, kName);
    gst_structure_foreach(
        gst_custom_meta_get_structure(meta),
        [](GQuark field, const GValue* value, gpointer structure) -> gboolean {
            gst_structure_id_set_value(static_cast<GstStructure*>(structure), field, value);
            return TRUE;
        },
        gst_custom_meta_get_structure(copy));
    return TRUE;
}

}  // namespace

bool register_table_meta() {
    const gchar* tags[] = {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR, nullptr};
    return gst_meta_get_info(kName) != nullptr ||
           gst_meta_register_custom(kName, tags, transform, nullptr, nullptr) != nullptr;
}

void add_table_meta(GstBuffer* buffer, const TableMeta& meta) {
    std::vector<guint16> steps;
    for (const QuantizationTable& table : meta.tables) {
        steps.insert(steps.end(), table.step.begin(), table.step.end());
    }
    GBytes* luma = g_bytes_new(steps.data(), steps.size() * sizeof(guint16));
    GstStructure* structure = gst_custom_meta_get_structure(gst_buffer_add_custom_meta(buffer, kName));
    gst_structure_set(structure, kLumaField, G_TYPE_BYTES, luma, kRestoredField, G_TYPE_BOOLEAN,
                      meta.restored ? TRUE : FALSE, nullptr);
    g_bytes_unref(luma);
}

std::optional<TableMeta> table_meta_of(GstBuffer* buffer) {
    GstCustomMeta* meta = gst_buffer_get_custom_meta(buffer, kName);
    if (meta == nullptr) {
        return std::nullopt;
    }
    TableMeta result;
    GBytes* luma = nullptr;
    gboolean restored = FALSE;
    GstStructure* structure = gst_custom_meta_get_structure(meta);
    gst_structure_get(structure, kLumaField, G_TYPE_BYTES, &luma, nullptr);
    gst_structure_get_boolean(structure, kRestoredField, &restored);
    if (luma == nullptr) {
        return std::nullopt;
    }
    gsize size = 0;
    const auto* bytes = static_cast<const guint8*>(g_bytes_get_data(luma, &size));
    bool valid = size == kTableSize || size == 2 * kTableSize;
    for (gsize position = 0; valid && position < size; position += kTableSize) {
        QuantizationTable& table = result.tables.emplace_back();
        std::memcpy(table.step.data(), bytes + position, kTableSize);
        valid = std::find(table.step.begin(), table.step.end(), 0) == table.step.end();
    }
    g_bytes_unref(luma);
    result.restored = restored;
    return valid ? std::optional(result) : std::nullopt;
}

}  // namespace jpegdeblock_plugin
