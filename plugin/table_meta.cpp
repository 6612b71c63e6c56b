// SPDX-License-Identifier: LGPL-2.1-or-later
#include "table_meta.h"

#include <algorithm>
#include <cstring>

#include "frame_checksum.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::QuantizationTable;

constexpr char kName[] = "GstJpegDeblockTableMeta";
constexpr char kLumaField[] = "luma";
constexpr char kChromaField[] = "chroma";
constexpr char kRestoredField[] = "restored";
constexpr char kChromaRestoredField[] = "chroma-restored";
constexpr char kChecksumField[] = "checksum";
constexpr char kChromaChecksumField[] = "chroma-checksum";
constexpr std::size_t kMostFields = 2;
constexpr char kGridTag[] = "jpeg-grid";
constexpr gsize kTableSize = sizeof(QuantizationTable::step);

// Elements that make a new picture of an old one either do not ask (see register_table_meta), or for a change
// of size or format.
gboolean transform(GstBuffer* to, GstCustomMeta* meta, GstBuffer*, GQuark type, gpointer data, gpointer) {
    if (!GST_META_TRANSFORM_IS_COPY(type) || static_cast<GstMetaTransformCopy*>(data)->region) {
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

void set_tables(GstStructure* structure, const char* field, const std::vector<QuantizationTable>& tables) {
    std::vector<guint16> steps;
    for (const QuantizationTable& table : tables) {
        steps.insert(steps.end(), table.step.begin(), table.step.end());
    }
    GBytes* bytes = g_bytes_new(steps.data(), steps.size() * sizeof(guint16));
    gst_structure_set(structure, field, G_TYPE_BYTES, bytes, nullptr);
    g_bytes_unref(bytes);
}

// None where the field is missing, or is not as described.
std::vector<QuantizationTable> tables_in(const GstStructure* structure, const char* field) {
    GBytes* bytes = nullptr;
    gst_structure_get(structure, field, G_TYPE_BYTES, &bytes, nullptr);
    if (bytes == nullptr) {
        return {};
    }
    gsize size = 0;
    const auto* steps = static_cast<const guint8*>(g_bytes_get_data(bytes, &size));
    std::vector<QuantizationTable> tables(size % kTableSize == 0 ? size / kTableSize : 0);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        std::memcpy(tables[i].step.data(), steps + i * kTableSize, kTableSize);
    }
    g_bytes_unref(bytes);
    const bool valid = std::none_of(tables.begin(), tables.end(), [](const QuantizationTable& table) {
        return std::find(table.step.begin(), table.step.end(), 0) != table.step.end();
    });
    return valid ? tables : std::vector<QuantizationTable>();
}

bool flag_in(const GstStructure* structure, const char* field) {
    gboolean flag = FALSE;
    gst_structure_get_boolean(structure, field, &flag);
    return flag;
}

// Whether the field is missing, or says this.
bool agrees(const GstStructure* structure, const char* field, std::uint64_t checksum) {
    guint64 said = 0;
    return !gst_structure_get_uint64(structure, field, &said) || said == checksum;
}

}  // namespace

bool register_table_meta() {
    // Transforming elements keep metas of which they know all tags. None knows the last one, so that those
    // that flip, crop, scale or convert drop the meta, although some of them say nothing of it when they copy
    // metas.
    const gchar* tags[] = {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR, kGridTag, nullptr};
    return gst_meta_get_info(kName) != nullptr ||
           gst_meta_register_custom(kName, tags, transform, nullptr, nullptr) != nullptr;
}

void set_table_meta(GstBuffer* buffer, const TableMeta& meta,
                    const std::optional<FrameChecksums>& checksums) {
    if (GstCustomMeta* former = gst_buffer_get_custom_meta(buffer, kName)) {
        gst_buffer_remove_meta(buffer, &former->meta);
    }
    GstStructure* structure = gst_custom_meta_get_structure(gst_buffer_add_custom_meta(buffer, kName));
    gst_structure_set(structure, kRestoredField, G_TYPE_BOOLEAN, gboolean{meta.luma_restored},
                      kChromaRestoredField, G_TYPE_BOOLEAN, gboolean{meta.chroma_restored}, nullptr);
    if (checksums) {
        gst_structure_set(structure, kChecksumField, G_TYPE_UINT64, guint64{checksums->first},
                          kChromaChecksumField, G_TYPE_UINT64, guint64{checksums->other}, nullptr);
    }
    if (!meta.luma.empty()) {
        set_tables(structure, kLumaField, meta.luma);
    }
    std::vector<QuantizationTable> chroma;
    for (const auto& field : meta.chroma) {
        chroma.insert(chroma.end(), field.begin(), field.end());
    }
    if (!chroma.empty()) {
        set_tables(structure, kChromaField, chroma);
    }
}

std::optional<TableMeta> table_meta_of(GstBuffer* buffer) {
    GstCustomMeta* meta = gst_buffer_get_custom_meta(buffer, kName);
    if (meta == nullptr) {
        return std::nullopt;
    }
    const GstStructure* structure = gst_custom_meta_get_structure(meta);
    TableMeta result;
    result.luma = tables_in(structure, kLumaField);
    result.luma_restored = flag_in(structure, kRestoredField);
    if (result.luma.size() > kMostFields || (result.luma.empty() && !result.luma_restored)) {
        return std::nullopt;
    }
    const std::vector<QuantizationTable> chroma = tables_in(structure, kChromaField);
    if (chroma.size() == 2 * result.luma.size()) {
        for (std::size_t i = 0; i < chroma.size(); i += 2) {
            result.chroma.push_back({chroma[i], chroma[i + 1]});
        }
    }
    result.chroma_restored = flag_in(structure, kChromaRestoredField);
    return result;
}

std::optional<TableMeta> table_meta_of(const GstVideoFrame& frame) {
    std::optional<TableMeta> meta = table_meta_of(frame.buffer);
    if (!meta) {
        return std::nullopt;
    }
    const GstStructure* structure =
        gst_custom_meta_get_structure(gst_buffer_get_custom_meta(frame.buffer, kName));
    const FrameChecksums checksums = checksums_of(frame);
    if (!agrees(structure, kChecksumField, checksums.first)) {
        return std::nullopt;
    }
    if (!agrees(structure, kChromaChecksumField, checksums.other)) {
        meta->chroma.clear();
        meta->chroma_restored = false;
    }
    return meta;
}

}  // namespace jpegdeblock_plugin
