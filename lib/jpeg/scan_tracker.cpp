// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/scan_tracker.h"

#include <algorithm>

#include <jpegdeblock/quantization.h>

namespace jpegdeblock {
namespace {

/// Whether anything but a marker follows the data of the scan that libjpeg has just read.
bool has_data_left(const jpeg_decompress_struct& codec) {
    if (codec.unread_marker != 0 || codec.src->bytes_in_buffer < 2) return false;
    const JOCTET* next = codec.src->next_input_byte;
    return next[0] != 0xff || next[1] == 0;
}

}  // namespace

void ScanTracker::reset(int components) {
    ScanState nothing;
    nothing.missing_bits.fill(ScanState::kAbsent);
    states_.assign(static_cast<std::size_t>(components), nothing);
    open_ = {};
    scans_ = 0;
}

void ScanTracker::begin_scan(const jpeg_decompress_struct& codec, int damages) {
    open_.components = codec.comps_in_scan;
    for (int i = 0; i < codec.comps_in_scan; ++i)
        open_.component[i] = codec.cur_comp_info[i]->component_index;
    open_.first = codec.Ss;
    open_.last = std::min(codec.Se, DCTSIZE2 - 1);
    open_.missing_before = codec.Ah == 0 ? ScanState::kAbsent : codec.Ah;
    open_.missing_after = codec.Al;
    open_.damages_before = damages;
}

void ScanTracker::complete_scan(const jpeg_decompress_struct& codec, int damages) {
    ++scans_;
    if (damages != open_.damages_before || has_data_left(codec)) return;
    for (int i = 0; i < open_.components; ++i)
        apply_to(states_[static_cast<std::size_t>(open_.component[i])]);
}

void ScanTracker::apply_to(ScanState& state) const {
    const auto bits = [&](int zigzag) -> std::int8_t& {
        return state.missing_bits[kZigzagToRow[static_cast<std::size_t>(zigzag)]];
    };
    // A refinement is read correctly only if all that it refines was (T.81, G.1.2.3).
    for (int i = open_.first; i <= open_.last; ++i)
        if (bits(i) != open_.missing_before) return;
    for (int i = open_.first; i <= open_.last; ++i) bits(i) = static_cast<std::int8_t>(open_.missing_after);
}

}  // namespace jpegdeblock
