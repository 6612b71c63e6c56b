// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <jpeglib.h>

#include <jpegdeblock/progressive.h>

#include "jpeg/jpeg_errors.h"

namespace jpegdeblock {

/// Follows what the scans of a progressive JPEG have told of the coefficients of each block. Where the data
/// of a scan end early or are wrong, what came before counts, and of all after it what earlier scans told is
/// still true, as a scan adds low bits and changes none above (ITU-T T.81, G.1.2).
///
/// `errors`: those of the codec. No member but reset() may throw or own anything, as libjpeg's errors jump
/// over them.
class ScanTracker {
  public:
    /// What is known of a component.
    struct Component {
        std::vector<ScanState> states;       ///< Those that blocks have, each once.
        std::vector<std::uint8_t> of_block;  ///< For each block, row by row, which of them it has.
    };

    /// The headers have been read; nothing has come of any component.
    void reset(const jpeg_decompress_struct& codec);

    /// The header of another scan has been read.
    void begin_scan(const jpeg_decompress_struct& codec, const JpegErrors& errors);

    /// The data of a row of the largest coding units that a scan can have have been read. arrays: the
    /// coefficients.
    void complete_row(jpeg_decompress_struct& codec, const JpegErrors& errors, jvirt_barray_ptr* arrays);

    /// The data of the scan have been read, its last row included.
    void complete_scan();

    /// How many scans are complete.
    int scans() const { return scans_; }

    /// Whether the end of the file has cut a scan off without libjpeg's noticing (arithmetic coding).
    bool cut_off() const { return cut_off_; }

    /// Progressive JPEGs alone.
    const Component& component(int index) const { return components_[static_cast<std::size_t>(index)]; }

  private:
    /// A stretch of a scan's minimum coded units, counted in the order of the scan.
    struct Stretch {
        std::int64_t begin, end;
    };
    /// Blocks of a component.
    struct Size {
        int wide = 0, high = 0;
    };
    struct Scan {
        int components = 0;
        int component[MAX_COMPS_IN_SCAN] = {};
        int unit_width[MAX_COMPS_IN_SCAN] = {};  ///< Of a minimum coded unit, in blocks of the component.
        int unit_height[MAX_COMPS_IN_SCAN] = {};
        int block_rows[MAX_COMPS_IN_SCAN] = {};     ///< For each row that libjpeg completes.
        int first = 0, last = 0;                    ///< Spectral selection, in zigzag order.
        int missing_before = 0, missing_after = 0;  ///< Successive approximation.
        std::int64_t units = 0, units_per_row = 0, units_per_restart = 0;
        int row = 0, rows = 0;
        int damages_before = 0, wrong_before = 0;
        bool ended_before = false;
        bool is_first() const { return missing_before == ScanState::kAbsent; }
    };

    std::int64_t unit_of(int part, int x, int y) const;
    std::int64_t end_of_restart(std::int64_t unit) const;
    bool adds_to(const JCOEF* block) const;
    std::int64_t last_unit_added_to(jpeg_decompress_struct& codec, jvirt_barray_ptr* arrays) const;
    bool is_lost(std::int64_t unit) const;
    void lose(Stretch stretch);
    bool can_add_to(const ScanState& state) const;
    ScanState added_to(ScanState state) const;
    void apply_to_component(int part);
    void drop_unused(Component& component) const;

    bool progressive_ = false;
    std::vector<Component> components_;
    std::vector<Size> sizes_;
    Scan open_;
    std::vector<Stretch> lost_;  ///< Of the open scan, in order, apart from each other.
    int scans_ = 0;              ///< Complete ones.
    bool cut_off_ = false;
};

}  // namespace jpegdeblock
