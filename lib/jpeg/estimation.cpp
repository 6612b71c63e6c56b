// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/estimation.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"
#include "jpeg/ijg_tables.h"

namespace jpegdeblock {
namespace {

constexpr int kFewestDetailedBlocks = 4;

/// What independent_evidence must exceed. Patterns that were never compressed (stripes, checkers, waves) stay
/// below 14, photographs of 0.15 megapixels exceed 100 up to a quality of 94 or so and 30 up to 97.
constexpr float kLeastIndependentEvidence = 20.0f;

/// How the decoder rounds its steps.
enum Decoder { kAccurate, kFast, kDecoders };

/// The combs of all qualities; each distinct one once.
struct Combs {
    struct OfFrequency {
        std::vector<std::array<Comb, kDecoders>> comb;
        std::array<std::uint8_t, kQualities> of_quality;  // Index into `comb`, at quality - 1.
    };
    std::array<OfFrequency, kSampledFrequencies> frequency;

    Combs() {
        for (std::size_t i = 0; i < kSampledFrequencies; ++i) {
            int last_step = 0;
            for (std::size_t quality = 0; quality < kQualities; ++quality) {
                const int step = ijg_luma_tables()[quality].step[kSampledFrequency[i]];
                // Steps fall as the quality rises, so equal ones are neighbours.
                if (step != last_step)
                    frequency[i].comb.push_back(
                        {Comb(step), Comb(ifast_step(step, static_cast<int>(kSampledFrequency[i])))});
                last_step = step;
                frequency[i].of_quality[quality] = static_cast<std::uint8_t>(frequency[i].comb.size() - 1);
            }
        }
    }

    const Comb& at(std::size_t i, std::size_t quality, Decoder decoder) const {
        return frequency[i].comb[frequency[i].of_quality[quality]][decoder];
    }
};

struct Hypothesis {
    std::size_t quality = 0;  // Less 1.
    Decoder decoder = kAccurate;
    float evidence = -std::numeric_limits<float>::infinity();
};

Hypothesis most_likely(const CoefficientSample& sample, const Combs& combs) {
    std::array<std::array<float, kQualities>, kDecoders> sums{};
    for (std::size_t i = 0; i < kSampledFrequencies; ++i) {
        const Combs::OfFrequency& of_frequency = combs.frequency[i];
        for (std::size_t decoder = 0; decoder < kDecoders; ++decoder) {
            std::array<float, kQualities> of_comb{};
            for (std::size_t j = 0; j < of_frequency.comb.size(); ++j)
                of_comb[j] = evidence(of_frequency.comb[j][decoder], sample.coefficients[i]);
            for (std::size_t quality = 0; quality < kQualities; ++quality)
                sums[decoder][quality] += of_comb[of_frequency.of_quality[quality]];
        }
    }
    Hypothesis best;
    for (const Decoder decoder : {kAccurate, kFast})
        for (std::size_t quality = 0; quality < kQualities; ++quality)
            if (sums[decoder][quality] > best.evidence) best = {quality, decoder, sums[decoder][quality]};
    return best;
}

/// The evidence for a hypothesis where each value of a coefficient counts once, to whole levels and without
/// its sign. Gradients, stripes and checkers repeat a few values in hundreds of blocks; these may lie near to
/// multiples by accident.
float independent_evidence(const CoefficientSample& sample, const Combs& combs,
                           const Hypothesis& hypothesis) {
    constexpr std::size_t kLargest = 1024;  // An 8x8 block of 8-bit samples has no larger coefficient.
    float sum = 0;
    for (std::size_t i = 0; i < kSampledFrequencies; ++i) {
        const Comb& comb = combs.at(i, hypothesis.quality, hypothesis.decoder);
        std::array<bool, kLargest + 1> seen{};
        for (const float value : sample.coefficients[i]) {
            bool& seen_before = seen[static_cast<std::size_t>(std::lrint(std::abs(value)))];
            if (!seen_before) sum += evidence(comb, value);
            seen_before = true;
        }
    }
    return sum;
}

}  // namespace

std::optional<QuantizationEstimate> estimate_quantization(ConstPlane luma, GridOffset offset) {
    static const Combs combs;
    const CoefficientSample sample = sample_coefficients(luma, offset);
    if (sample.detailed_blocks < kFewestDetailedBlocks) return std::nullopt;
    const Hypothesis best = most_likely(sample, combs);
    if (best.evidence < kLeastIndependentEvidence ||
        independent_evidence(sample, combs, best) < kLeastIndependentEvidence)
        return std::nullopt;
    return QuantizationEstimate{static_cast<int>(best.quality) + 1, ijg_luma_tables()[best.quality]};
}

}  // namespace jpegdeblock
