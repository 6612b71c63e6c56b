// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/kept_tables.h"

#include <cstddef>

namespace jpegdeblock {
namespace {

template <typename Table, std::size_t count>
bool take(Table* const (&from)[count], std::array<std::optional<Table>, count>& to) {
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
        if (from[i] == nullptr) continue;
        to[i] = *from[i];
        any = true;
    }
    return any;
}

template <typename Table, std::size_t count>
void give(const std::array<std::optional<Table>, count>& from, j_common_ptr codec,
          Table* (*allocate)(j_common_ptr), Table* (&to)[count]) {
    for (std::size_t i = 0; i < count; ++i) {
        if (!from[i]) continue;
        if (to[i] == nullptr) to[i] = allocate(codec);
        *to[i] = *from[i];
    }
}

}  // namespace

bool KeptTables::take_from(const jpeg_decompress_struct& codec) {
    const bool any_quantization = take(codec.quant_tbl_ptrs, quantization_);
    const bool any_dc = take(codec.dc_huff_tbl_ptrs, dc_);
    return take(codec.ac_huff_tbl_ptrs, ac_) || any_dc || any_quantization;
}

void KeptTables::give_to(jpeg_decompress_struct& codec) const {
    const auto common = reinterpret_cast<j_common_ptr>(&codec);
    give(quantization_, common, jpeg_alloc_quant_table, codec.quant_tbl_ptrs);
    give(dc_, common, jpeg_alloc_huff_table, codec.dc_huff_tbl_ptrs);
    give(ac_, common, jpeg_alloc_huff_table, codec.ac_huff_tbl_ptrs);
}

}  // namespace jpegdeblock
