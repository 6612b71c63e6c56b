// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/table_fit.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

constexpr int kLargestStep = 255;
constexpr std::size_t kEnoughValues = 128;

/// Half width, in octaves, of the distribution of a step around what its neighbours let expect. It is
/// Cauchy's, so that tables with a sudden change are unlikely but possible.
constexpr float kRoughness = 0.2f;

/// Evidence that makes a coefficient's step count fully for its neighbours.
constexpr float kFullEvidence = 15.0f;

/// libjpeg's fast transform truncates where the others round, which makes samples half a level darker.
constexpr float kFastBias = -4.0f;

/// The steps with most evidence that are looked at closely.
constexpr std::size_t kCandidates = 6;

/// Arrays over the steps 1 .. 255 at [step]; [0] is not used.
using PerStep = std::array<float, kLargestStep + 1>;

std::span<const float> some_of(const std::vector<float>& values) {
    return {values.data(), std::min(values.size(), kEnoughValues)};
}

/// The combs of all steps of a coefficient, for loops over the steps.
struct Combs {
    PerStep step, inverse_step, peak, weight;

    Combs(Decoder decoder, int coefficient) {
        for (int i = 0; i <= kLargestStep; ++i) {
            const Comb comb = comb_of(std::max(i, 1), coefficient, decoder);
            const auto at = static_cast<std::size_t>(i);
            step[at] = comb.step;
            inverse_step[at] = comb.inverse_step;
            peak[at] = comb.peak;
            weight[at] = comb.weight;
        }
    }
};

const Combs& combs_of(Decoder decoder, std::size_t coefficient) {
    static const auto combs = [] {
        std::array<std::vector<Combs>, kDecoders> all;
        for (const Decoder each : {kAccurate, kFast})
            for (int i = 0; i < 64; ++i) all[each].emplace_back(each, i);
        return all;
    }();
    return combs[decoder][coefficient];
}

JPEGDEBLOCK_TARGET_CLONES
void add_evidence(const Combs& combs, std::span<const float> values, PerStep& sum) {
    for (const float value : values)
        for (std::size_t i = 0; i < sum.size(); ++i) {
            const float multiple = round_to_integer(value * combs.inverse_step[i]);
            const float distance = value - multiple * combs.step[i];
            const float ratio =
                (multiple != 0.0f ? combs.peak[i] : 0.0f) - combs.weight[i] * distance * distance;
            sum[i] += ratio > kLeastEvidence ? ratio : kLeastEvidence;
        }
}

/// Logarithms of the steps to base 2.
const PerStep& octaves() {
    static const PerStep result = [] {
        PerStep logarithms{};
        for (std::size_t step = 1; step <= kLargestStep; ++step)
            logarithms[step] = std::log2(static_cast<float>(step));
        return logarithms;
    }();
    return result;
}

/// How likely steps are where one of 2^centre is expected.
class Prior {
  public:
    explicit Prior(float centre) : centre_(centre) {
        for (std::size_t step = 1; step <= kLargestStep; ++step) sum_ += likelihood(step);
    }
    float logarithm(std::size_t step) const { return std::log(likelihood(step) / sum_); }

  private:
    float likelihood(std::size_t step) const {
        const float distance = (octaves()[step] - centre_) / kRoughness;
        return 1 / ((1 + distance * distance) * static_cast<float>(step));
    }

    float centre_;
    float sum_ = 0;
};

/// What the values of one coefficient tell.
struct Evidence {
    PerStep of_step{};
    std::array<std::size_t, kCandidates> candidate;

    Evidence(Decoder decoder, std::size_t coefficient, const std::vector<float>& values) {
        add_evidence(combs_of(decoder, coefficient), some_of(values), of_step);
        // Where nothing is known of a step, all octaves are alike.
        std::array<std::size_t, kLargestStep> order;
        std::iota(order.begin(), order.end(), 1);
        std::partial_sort_copy(order.begin(), order.end(), candidate.begin(), candidate.end(),
                               [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    }

  private:
    float score(std::size_t step) const { return of_step[step] - 0.7f * octaves()[step]; }
};

struct Choice {
    std::size_t step;
    float
        evidence;  ///< The logarithm of the likelihood ratio averaged over the steps, as likely as they are.
    float prior;   ///< The logarithm of the step's likelihood before its evidence.
};

Choice choose(const Evidence& evidence, float centre) {
    const Prior prior(centre);
    const auto expected = static_cast<std::size_t>(std::lround(std::exp2(centre)));
    Choice best = {expected, 0, prior.logarithm(expected)};
    float largest = evidence.of_step[expected] + best.prior;
    float sum = 1;
    for (const std::size_t step : evidence.candidate) {
        if (step == expected) continue;
        const float logarithm = prior.logarithm(step), posterior = evidence.of_step[step] + logarithm;
        if (posterior > largest) {
            sum *= std::exp(largest - posterior);
            largest = posterior;
            best = {step, 0, logarithm};
        }
        sum += std::exp(posterior - largest);
    }
    best.evidence = largest + std::log(sum);
    return best;
}

using Logarithms = std::array<float, 64>;

const Logarithms& ijg_logarithms() {
    static const Logarithms result = [] {
        Logarithms logarithms;
        const QuantizationTable table = ijg_luma_table(50);
        for (std::size_t i = 0; i < 64; ++i) logarithms[i] = octaves()[table.step[i]];
        return logarithms;
    }();
    return result;
}

/// A step and how much it counts for its neighbours.
struct Known {
    std::size_t step = 1;
    float weight = 0;
};
using KnownSteps = std::array<Known, 64>;

Known known(const Evidence& evidence, std::size_t step) {
    return {step, std::clamp(evidence.of_step[step] / kFullEvidence, 0.0f, 1.0f)};
}

/// What the other coefficients let expect of one's step, to base 2.
float expected(std::size_t coefficient, const KnownSteps& steps) {
    float sum = 0, weights = 0;
    for (std::size_t i = 0; i < 64; ++i) {
        if (i == coefficient || steps[i].weight == 0.0f) continue;
        const float du = static_cast<float>(i % 8) - static_cast<float>(coefficient % 8);
        const float dv = static_cast<float>(i / 8) - static_cast<float>(coefficient / 8);
        const float distance = du * du + dv * dv;
        const float weight = steps[i].weight / (distance * distance);
        sum += weight * (octaves()[steps[i].step] - ijg_logarithms()[i]);
        weights += weight;
    }
    return std::clamp(ijg_logarithms()[coefficient] + (weights > 0 ? sum / weights : 0.0f), 0.0f,
                      octaves()[kLargestStep]);
}

TableFit fit_table(const CoefficientSample& sample, Decoder decoder) {
    constexpr int kRounds = 4;
    std::vector<Evidence> evidences;
    KnownSteps steps;
    for (std::size_t i = 0; i < 64; ++i) {
        evidences.emplace_back(decoder, i, sample.coefficients[i]);
        // The mean takes part last: its step often leaves the smooth course of the others'.
        if (i > 0) steps[i] = known(evidences[i], evidences[i].candidate[0]);
    }
    for (int round = 0; round < kRounds; ++round) {
        const KnownSteps before = steps;
        for (std::size_t i = 1; i < 64; ++i)
            steps[i] = known(evidences[i], choose(evidences[i], expected(i, before)).step);
    }
    TableFit fit;
    fit.decoder = decoder;
    for (std::size_t i = 0; i < 64; ++i) {
        const Choice choice = choose(evidences[i], expected(i, steps));
        fit.table.step[i] = static_cast<std::uint16_t>(choice.step);
        if (i == 0 || sample.coefficients[i].empty()) continue;
        fit.evidence += choice.evidence;
        fit.independent_evidence +=
            independent_evidence(comb_of(static_cast<int>(choice.step), static_cast<int>(i), decoder),
                                 sample.coefficients[i]) +
            choice.prior;
    }
    return fit;
}

}  // namespace

TableFit fit_table(const CoefficientSample& sample) {
    const TableFit accurate = fit_table(sample, kAccurate);
    CoefficientSample lifted = sample;
    for (float& mean : lifted.coefficients[0]) mean -= kFastBias;
    const TableFit fast = fit_table(lifted, kFast);
    return fast.evidence > accurate.evidence ? fast : accurate;
}

float evidence(const QuantizationTable& table, Decoder decoder, const CoefficientSample& sample) {
    float sum = 0;
    for (std::size_t i = 1; i < 64; ++i)
        sum +=
            evidence(comb_of(table.step[i], static_cast<int>(i), decoder), some_of(sample.coefficients[i]));
    return sum;
}

float independent_evidence(const Comb& comb, const std::vector<float>& values) {
    constexpr std::size_t kLargest = 1024;  // An 8x8 block of 8-bit samples has no larger coefficient.
    float sum = 0;
    std::bitset<kLargest + 1> seen;
    for (const float value : values) {
        const auto level = static_cast<std::size_t>(std::lrint(std::min(std::abs(value), 1024.0f)));
        if (!seen[level]) sum += evidence(comb, value);
        seen.set(level);
    }
    return sum;
}

}  // namespace jpegdeblock
