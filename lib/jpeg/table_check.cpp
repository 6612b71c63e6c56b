// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/table_check.h"

#include <algorithm>
#include <limits>

#include "jpeg/grid_search.h"
#include "jpeg/ijg_fit.h"

namespace jpegdeblock {
namespace {

constexpr SampleSize kFewBlocks = {.blocks = 64, .low_values = 300};
constexpr std::size_t kFewestValues = 24;
constexpr int kBlocksForGrid = 24;

/// Half the squared distance to expect of a normal distribution, in units of its variance.
constexpr float kUsualDistance = 0.5f;

/// Expected evidence below this tells nothing of the table.
constexpr float kTellsNothing = 10.0f;

/// The part of the usual fit that samples of other blocks have at least.
constexpr float kLeastFit = 0.8f;

float total(const std::vector<Comb>& combs, const CoefficientSample& sample) {
    float sum = 0;
    for (std::size_t i = 0; i < kLowFrequencies; ++i)
        sum += evidence(combs[i], sample.coefficients[kLowFrequency[i]]);
    return sum;
}

}  // namespace

bool has_detail(ConstPlane luma) {
    return sample_coefficients(luma, {}, kFewBlocks).low_values >= kFewestValues;
}

float trace_of_quantization(ConstPlane luma, std::optional<GridOffset> offset) {
    const auto trace_at = [luma](GridOffset place) {
        const IjgFit fit = fit_ijg_table(sample_coefficients(luma, place, kFewBlocks));
        return std::max(0.0f, fit.evidence + fit.missed);
    };
    float strongest = trace_at(offset.value_or(GridOffset()));
    if (!offset)
        for (const GridOffset place : likely_grids(luma, kBlocksForGrid))
            strongest = std::max(strongest, trace_at(place));
    return strongest;
}

TableCheck::TableCheck(const QuantizationEstimate& estimate, ConstPlane luma) : offset_(estimate.offset) {
    for (const Decoder decoder : {kAccurate, kFast})
        for (int multiple = 1; multiple <= kMultiples; ++multiple)
            for (const std::size_t low : kLowFrequency)
                combs_[decoder][static_cast<std::size_t>(multiple - 1)].push_back(
                    comb_of(multiple * estimate.table.step[low], static_cast<int>(low), decoder));
    usual_fit_ = measure(luma).fit;
}

TableCheck::Measured TableCheck::measure(ConstPlane luma) const {
    const CoefficientSample sample = sample_coefficients(luma, offset_, kFewBlocks);
    if (sample.low_values < kFewestValues) return {true, 0, false};
    float expected = 0;
    for (std::size_t i = 0; i < kLowFrequencies; ++i)
        expected += static_cast<float>(sample.coefficients[kLowFrequency[i]].size()) *
                    (combs_[kAccurate][0][i].peak - kUsualDistance);
    if (expected < kTellsNothing) return {false, 0, false};
    float best = -std::numeric_limits<float>::infinity(), best_of_multiples = best;
    for (const auto& multiples : combs_)
        for (std::size_t i = 0; i < multiples.size(); ++i) {
            float& which = i == 0 ? best : best_of_multiples;
            which = std::max(which, total(multiples[i], sample));
        }
    return {false, best / expected, best_of_multiples > best};
}

TableCheck::Result TableCheck::check(ConstPlane luma) const {
    const Measured measured = measure(luma);
    if (measured.silent) return Result::kSilent;
    const bool holds = measured.fit > 0 && measured.fit >= kLeastFit * usual_fit_ && !measured.coarser;
    return holds ? Result::kHolds : Result::kDoubtful;
}

}  // namespace jpegdeblock
