// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/progressive.h>

#include <random>
#include <string>
#include <utility>

#include "patches/patch_source.h"
#include "patches/picture_set.h"

namespace jpegdeblock::training {

/// How qualities are drawn: with probability low_share uniformly from lowest..middle, else from
/// middle+1..highest.
struct QualityDistribution {
    int lowest = 4;
    int middle = 50;
    int highest = 98;
    double low_share = 0.75;
    /// Whether the IJG's tables are those of chroma.
    bool chroma = false;
    /// Share of patches whose table is not an IJG one: scaled by a random smooth tilt over frequency and
    /// noise, as the tables of cameras differ.
    double varied_table_share = 0.15;
    /// Share of patches of progressive JPEGs of which only the first scans have arrived. Their table is the
    /// effective_steps of what is known.
    double partial_scan_share = 0.1;
};

/// A table drawn from a distribution.
QuantizationTable draw_table(const QualityDistribution& distribution, std::mt19937_64& generator);

/// A state that progressive JPEGs pass through: the DC alone, a part of the spectrum, or all of it without
/// its lowest bits, where the refining may have begun. Never complete.
ScanState draw_scan_state(std::mt19937_64& generator);

/// Cuts random patches out of planes of pristine pictures and compresses them on the fly, so that every
/// offset of the grid and every quality occurs. Augmented by rotations by multiples of 90 degrees and
/// reflection.
class DegradingPatchSource : public PatchSource {
  public:
    /// side: a multiple of 8, at most every picture's sides.
    DegradingPatchSource(std::vector<PictureSet> sets, int count, int side, QualityDistribution distribution,
                         std::uint64_t seed);
    PatchBatch make_batch(std::uint64_t index) const override;

  private:
    std::vector<PictureSet> sets_;
    int count_;
    int side_;
    QualityDistribution distribution_;
    std::uint64_t seed_;
};

}  // namespace jpegdeblock::training
