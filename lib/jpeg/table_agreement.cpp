// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/estimation.h>

#include <algorithm>

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"

namespace jpegdeblock {

bool agrees_with_table(ConstPlane decoded, const QuantizationTable& table, GridOffset offset) {
    const CoefficientSample sample = sample_coefficients(decoded, offset);
    float accurate = 0, fast = 0;
    for (std::size_t i = 0; i < kSampledFrequencies; ++i) {
        const int step = table.step[kSampledFrequency[i]];
        accurate += evidence(Comb(step), sample.coefficients[i]);
        fast +=
            evidence(Comb(ifast_step(step, static_cast<int>(kSampledFrequency[i]))), sample.coefficients[i]);
    }
    return std::max(accurate, fast) >= 0.0f;
}

}  // namespace jpegdeblock
