// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/ijg_fit.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "jpeg/ijg_tables.h"
#include "jpeg/table_fit.h"

namespace jpegdeblock {
namespace {

/// Excess of the best step's evidence over the true one's that a coefficient's few values may give by chance.
constexpr float kChance = 3.0f;

/// The combs of all qualities at one coefficient; each distinct one once.
struct CombsOfFrequency {
    std::vector<std::array<Comb, kDecoders>> comb;
    std::array<std::uint8_t, kQualities> of_quality;  // Index into `comb`, at quality - 1.
};

std::array<CombsOfFrequency, kLowFrequencies> make_combs() {
    std::array<CombsOfFrequency, kLowFrequencies> combs;
    for (std::size_t i = 0; i < kLowFrequencies; ++i) {
        const auto coefficient = static_cast<int>(kLowFrequency[i]);
        int last_step = 0;
        for (std::size_t quality = 0; quality < kQualities; ++quality) {
            const int step = ijg_luma_tables()[quality].step[kLowFrequency[i]];
            // Steps fall as the quality rises, so equal ones are neighbours.
            if (step != last_step)
                combs[i].comb.push_back(
                    {comb_of(step, coefficient, kAccurate), comb_of(step, coefficient, kFast)});
            last_step = step;
            combs[i].of_quality[quality] = static_cast<std::uint8_t>(combs[i].comb.size() - 1);
        }
    }
    return combs;
}

}  // namespace

IjgFit fit_ijg_table(const CoefficientSample& sample) {
    static const auto combs = make_combs();
    // Of each distinct comb and, summed over the frequencies, of each quality.
    std::array<std::array<std::array<float, kQualities>, kLowFrequencies>, kDecoders> of_comb;
    std::array<std::array<float, kQualities>, kDecoders> of_quality{};
    for (std::size_t decoder = 0; decoder < kDecoders; ++decoder)
        for (std::size_t i = 0; i < kLowFrequencies; ++i) {
            const CombsOfFrequency& of_frequency = combs[i];
            for (std::size_t j = 0; j < of_frequency.comb.size(); ++j)
                of_comb[decoder][i][j] =
                    evidence(of_frequency.comb[j][decoder], sample.coefficients[kLowFrequency[i]]);
            for (std::size_t quality = 0; quality < kQualities; ++quality)
                of_quality[decoder][quality] += of_comb[decoder][i][of_frequency.of_quality[quality]];
        }
    std::size_t best_decoder = 0, best_quality = 0;
    for (std::size_t decoder = 0; decoder < kDecoders; ++decoder)
        for (std::size_t quality = 0; quality < kQualities; ++quality)
            if (of_quality[decoder][quality] > of_quality[best_decoder][best_quality]) {
                best_decoder = decoder;
                best_quality = quality;
            }
    IjgFit fit;
    fit.quality = static_cast<int>(best_quality) + 1;
    fit.decoder = static_cast<Decoder>(best_decoder);
    fit.evidence = of_quality[best_decoder][best_quality];
    for (std::size_t i = 0; i < kLowFrequencies; ++i) {
        const std::size_t chosen = combs[i].of_quality[best_quality];
        const auto& evidences = of_comb[best_decoder][i];
        fit.independent_evidence +=
            independent_evidence(combs[i].comb[chosen][best_decoder], sample.coefficients[kLowFrequency[i]]);
        const auto end = evidences.begin() + static_cast<std::ptrdiff_t>(combs[i].comb.size());
        fit.missed += std::max(0.0f, *std::max_element(evidences.begin(), end) - evidences[chosen] - kChance);
    }
    return fit;
}

}  // namespace jpegdeblock
