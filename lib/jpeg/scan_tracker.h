// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdio>
#include <vector>

#include <jpeglib.h>

#include <jpegdeblock/progressive.h>

namespace jpegdeblock {

/// Follows what the scans of a progressive JPEG have told of the coefficients. Only scans that are whole
/// count, and in which nothing was wrong: of the coefficients of any other, what earlier scans told is still
/// true, as a scan adds low bits and changes none above (ITU-T T.81, G.1.2).
///
/// `damages`: how often anything has been wrong with the picture's data so far. No member but reset() may
/// throw or own anything, as libjpeg's errors jump over them.
class ScanTracker {
  public:
    /// Nothing has come of any component.
    void reset(int components);

    /// The header of another scan has been read.
    void begin_scan(const jpeg_decompress_struct& codec, int damages);

    /// The data of the scan have been read.
    void complete_scan(const jpeg_decompress_struct& codec, int damages);

    /// How many scans are complete.
    int scans() const { return scans_; }

    /// What is known of a component.
    const ScanState& state(int component) const { return states_[static_cast<std::size_t>(component)]; }

  private:
    struct Scan {
        int components = 0;
        int component[MAX_COMPS_IN_SCAN] = {};
        int first = 0, last = 0;                    ///< Spectral selection, in zigzag order.
        int missing_before = 0, missing_after = 0;  ///< Successive approximation.
        int damages_before = 0;
    };

    void apply_to(ScanState& state) const;

    std::vector<ScanState> states_;
    Scan open_;
    int scans_ = 0;  ///< Complete ones.
};

}  // namespace jpegdeblock
