// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/estimation.h"

#include <cstdio>
#include <cstdlib>

#include "jpeg/coefficient_sample.h"
#include "jpeg/flat_blocks.h"
#include "jpeg/grid_search.h"
#include "jpeg/ijg_fit.h"
#include "jpeg/ijg_tables.h"
#include "jpeg/table_fit.h"

namespace jpegdeblock {
namespace {

constexpr int kFewestDetailedBlocks = 4;

/// What the evidence for an IJG table must exceed, also where each value counts once. Patterns that were
/// never compressed (stripes, checkers, waves) stay below 14, photographs of 0.15 megapixels exceed 100 up to
/// a quality of 94 or so and 30 up to 97.
constexpr float kLeastForIjg = 20.0f;

/// As above, for tables whose steps were chosen one by one: whatever this freedom costs on average is
/// subtracted already, but patterns fit some comb or other more easily.
constexpr float kLeastForOthers = 40.0f;

/// Missed evidence that makes tables of other families worth a look.
constexpr float kWorthALook = 6.0f;

/// How much better than the IJG's another table must explain the coefficients.
constexpr float kLead = 10.0f;

std::optional<QuantizationEstimate> estimate_from_detail(const CoefficientSample& sample, GridOffset offset) {
    if (sample.detailed_blocks < kFewestDetailedBlocks) return std::nullopt;
    const IjgFit ijg = fit_ijg_table(sample);
    const bool plausible = ijg.evidence > kLeastForIjg && ijg.independent_evidence > kLeastForIjg;
    const QuantizationTable& ijg_table = ijg_luma_tables()[static_cast<std::size_t>(ijg.quality - 1)];
    if (!plausible || ijg.missed > kWorthALook) {
        const TableFit other = fit_table(sample);
        if (other.independent_evidence > kLeastForOthers &&
            other.evidence > evidence(ijg_table, ijg.decoder, sample) + kLead)
            return QuantizationEstimate{ijg_quality_of(other.table), other.table, offset};
    }
    if (!plausible) return std::nullopt;
    return QuantizationEstimate{ijg.quality, ijg_table, offset};
}

std::optional<QuantizationEstimate> estimate(const CoefficientSample& sample, ConstPlane luma,
                                             GridOffset offset) {
    if (const auto found = estimate_from_detail(sample, offset)) return found;
    const std::optional<int> quality = quality_of_flat_blocks(sample, luma, offset);
    if (!quality) return std::nullopt;
    return QuantizationEstimate{*quality, ijg_luma_table(*quality), offset};
}

}  // namespace

std::optional<QuantizationEstimate> estimate_quantization(ConstPlane luma, GridOffset offset) {
    return estimate(sample_coefficients(luma, offset, SampleSize()), luma, offset);
}

std::optional<QuantizationEstimate> estimate_quantization_anywhere(ConstPlane luma) {
    const CoefficientSample sample = sample_coefficients(luma, {}, SampleSize());
    if (const auto found = estimate(sample, luma, {})) return found;
    if (sample.detailed_blocks < kFewestDetailedBlocks) return std::nullopt;
    for (const GridOffset offset : likely_grids(luma))
        if (const auto found = estimate_quantization(luma, offset)) return found;
    return std::nullopt;
}

}  // namespace jpegdeblock
