// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/scan_tracker.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include <jpegdeblock/quantization.h>

namespace jpegdeblock {
namespace {

constexpr std::size_t kMostStates = 256;  // What a byte for each block can tell apart.

std::size_t row_index(int zigzag) {
    return kZigzagToRow[static_cast<std::size_t>(zigzag)];
}

}  // namespace

void ScanTracker::reset(const jpeg_decompress_struct& codec) {
    progressive_ = codec.progressive_mode;
    open_ = {};
    lost_.clear();
    scans_ = 0;
    cut_off_ = false;
    components_.clear();
    sizes_.clear();
    if (!progressive_) return;
    // All memory that the other members need.
    lost_.reserve(codec.total_iMCU_rows);
    ScanState nothing;
    nothing.missing_bits.fill(ScanState::kAbsent);
    for (int i = 0; i < codec.num_components; ++i) {
        const jpeg_component_info& info = codec.comp_info[i];
        sizes_.push_back({static_cast<int>(info.width_in_blocks), static_cast<int>(info.height_in_blocks)});
        Component& component = components_.emplace_back();
        component.states.reserve(kMostStates);
        component.states.push_back(nothing);
        component.of_block.resize(std::size_t{info.width_in_blocks} * info.height_in_blocks);
    }
}

void ScanTracker::begin_scan(const jpeg_decompress_struct& codec, const JpegErrors& errors) {
    open_.components = codec.comps_in_scan;
    const bool interleaved = codec.comps_in_scan > 1;
    for (int i = 0; i < codec.comps_in_scan; ++i) {
        const jpeg_component_info& info = *codec.cur_comp_info[i];
        open_.component[i] = info.component_index;
        open_.unit_width[i] = interleaved ? info.h_samp_factor : 1;
        open_.unit_height[i] = interleaved ? info.v_samp_factor : 1;
        open_.block_rows[i] = info.v_samp_factor;
    }
    open_.first = codec.Ss;
    open_.last = std::min(codec.Se, DCTSIZE2 - 1);
    open_.missing_before = codec.Ah == 0 ? ScanState::kAbsent : codec.Ah;
    open_.missing_after = codec.Al;
    open_.units_per_row = codec.MCUs_per_row;
    open_.units = open_.units_per_row * codec.MCU_rows_in_scan;
    open_.units_per_restart = codec.restart_interval;
    open_.row = 0;
    open_.rows = static_cast<int>(codec.total_iMCU_rows);
    open_.damages_before = errors.damages;
    open_.wrong_before = errors.wrong;
    open_.ended_before = errors.ended_early;
    lost_.clear();
}

void ScanTracker::complete_row(jpeg_decompress_struct& codec, const JpegErrors& errors,
                               jvirt_barray_ptr* arrays) {
    const bool last_row = open_.row + 1 == open_.rows;
    // Where its data end the arithmetic decoder reads zeros, as an encoder need not write them.
    const bool cut = codec.arith_code && errors.ended_early && !open_.ended_before && !last_row;
    const bool damaged = errors.damages != open_.damages_before;
    const bool wrong = errors.wrong != open_.wrong_before;
    cut_off_ = cut_off_ || cut;
    if (progressive_ && (damaged || cut)) {
        const std::int64_t rows_in_one = open_.components > 1 ? 1 : open_.block_rows[0];
        const std::int64_t begin = open_.row * rows_in_one * open_.units_per_row;
        const std::int64_t end = std::min(begin + rows_in_one * open_.units_per_row, open_.units);
        // Where the data just end, all before the last that they tell is right.
        const std::int64_t right = wrong || cut ? begin : std::max(begin, last_unit_added_to(codec, arrays));
        // After an error the mean of blocks is still the best that there is.
        const bool better_than_nothing = wrong && open_.first == 0 && open_.is_first();
        if (!better_than_nothing) lose({right, cut ? open_.units : end_of_restart(end - 1)});
    }
    open_.damages_before = errors.damages;
    open_.wrong_before = errors.wrong;
    ++open_.row;
}

void ScanTracker::complete_scan() {
    ++scans_;
    if (!progressive_) return;
    for (int i = 0; i < open_.components; ++i) apply_to_component(i);
}

/// The unit that holds the block (x, y) of the scan's component number `part`.
std::int64_t ScanTracker::unit_of(int part, int x, int y) const {
    return y / open_.unit_height[part] * open_.units_per_row + x / open_.unit_width[part];
}

/// Where the next restart marker is due.
std::int64_t ScanTracker::end_of_restart(std::int64_t unit) const {
    if (open_.units_per_restart == 0) return open_.units;
    return std::min((unit / open_.units_per_restart + 1) * open_.units_per_restart, open_.units);
}

/// Whether the scan has told anything of the block but zeros.
bool ScanTracker::adds_to(const JCOEF* block) const {
    for (int i = open_.first; i <= open_.last; ++i) {
        const int level = block[row_index(i)];
        const int told =
            open_.is_first() ? level : (i == 0 ? level : std::abs(level)) >> open_.missing_after & 1;
        if (told != 0) return true;
    }
    return false;
}

/// Of the row that was read last; -1 where the scan has told nothing of it but zeros.
std::int64_t ScanTracker::last_unit_added_to(jpeg_decompress_struct& codec, jvirt_barray_ptr* arrays) const {
    std::int64_t last = -1;
    for (int i = 0; i < open_.components; ++i) {
        const int component = open_.component[i];
        const Size size = sizes_[static_cast<std::size_t>(component)];
        const int top = open_.row * open_.block_rows[i];
        for (int y = top; y < std::min(top + open_.block_rows[i], size.high); ++y) {
            const JBLOCKARRAY rows =
                codec.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&codec), arrays[component],
                                              static_cast<JDIMENSION>(y), 1, FALSE);
            for (int x = size.wide - 1; x >= 0 && unit_of(i, x, y) > last; --x)
                if (adds_to(rows[0][x])) last = unit_of(i, x, y);
        }
    }
    return last;
}

bool ScanTracker::is_lost(std::int64_t unit) const {
    const auto after =
        std::upper_bound(lost_.begin(), lost_.end(), unit,
                         [](std::int64_t at, const Stretch& other) { return at < other.begin; });
    return after != lost_.begin() && unit < (after - 1)->end;
}

void ScanTracker::lose(Stretch stretch) {
    if (!lost_.empty() && stretch.begin <= lost_.back().end) {
        lost_.back().end = std::max(lost_.back().end, stretch.end);
    } else {
        lost_.push_back(stretch);
    }
}

/// A refinement is read correctly only if all that it refines was (T.81, G.1.2.3).
bool ScanTracker::can_add_to(const ScanState& state) const {
    if (open_.is_first()) return true;
    for (int i = open_.first; i <= open_.last; ++i)
        if (state.missing_bits[row_index(i)] != open_.missing_before) return false;
    return true;
}

ScanState ScanTracker::added_to(ScanState state) const {
    for (int i = open_.first; i <= open_.last; ++i) {
        std::int8_t& bits = state.missing_bits[row_index(i)];
        // A first scan that comes again replaces DC, of the others those that are not 0.
        const int least = open_.is_first() && i > 0 ? bits : 0;
        bits = static_cast<std::int8_t>(std::max(open_.missing_after, least));
    }
    return state;
}

void ScanTracker::apply_to_component(int part) {
    const auto index = static_cast<std::size_t>(open_.component[part]);
    Component& component = components_[index];
    std::vector<ScanState>& states = component.states;
    if (lost_.empty() && states.size() == 1) {
        if (can_add_to(states[0])) states[0] = added_to(states[0]);
        return;
    }
    // What each state becomes; itself where the scan adds nothing to it.
    std::array<std::uint8_t, kMostStates> after{};
    std::array<bool, kMostStates> fits{};
    for (std::size_t i = 0, before = states.size(); i < before; ++i) {
        after[i] = static_cast<std::uint8_t>(i);
        fits[i] = can_add_to(states[i]);
        if (!fits[i]) continue;
        const ScanState state = added_to(states[i]);
        const auto found = std::find(states.begin(), states.end(), state);
        if (found == states.end() && states.size() == kMostStates) continue;
        after[i] = static_cast<std::uint8_t>(found - states.begin());
        if (found == states.end()) states.push_back(state);
    }
    // How many bits the refinement of a block takes depends on what was known of it.
    const bool in_step = open_.first > 0 && !open_.is_first();
    std::int64_t lost_until = 0;
    const Size size = sizes_[index];
    std::uint8_t* of_block = component.of_block.data();
    for (int y = 0; y < size.high; ++y)
        for (int x = 0; x < size.wide; ++x, ++of_block) {
            const std::int64_t unit = unit_of(part, x, y);
            if (in_step && !fits[*of_block]) lost_until = std::max(lost_until, end_of_restart(unit));
            if (unit >= lost_until && !is_lost(unit)) *of_block = after[*of_block];
        }
    drop_unused(component);
}

void ScanTracker::drop_unused(Component& component) const {
    std::array<bool, kMostStates> used{};
    for (const std::uint8_t state : component.of_block) used[state] = true;
    std::array<std::uint8_t, kMostStates> now{};
    std::size_t kept = 0;
    for (std::size_t i = 0; i < component.states.size(); ++i) {
        if (!used[i]) continue;
        now[i] = static_cast<std::uint8_t>(kept);
        component.states[kept++] = component.states[i];
    }
    component.states.resize(kept);
    for (std::uint8_t& state : component.of_block) state = now[state];
}

}  // namespace jpegdeblock
