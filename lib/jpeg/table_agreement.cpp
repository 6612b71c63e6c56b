// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/estimation.h"

#include <algorithm>

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"

namespace jpegdeblock {

bool agrees_with_table(ConstPlane decoded, const QuantizationTable& table, GridOffset offset) {
    const CoefficientSample sample = sample_coefficients(decoded, offset, SampleSize());
    float accurate = 0, fast = 0;
    for (const std::size_t low : kLowFrequency) {
        const auto coefficient = static_cast<int>(low);
        accurate += evidence(comb_of(table.step[low], coefficient, kAccurate), sample.coefficients[low]);
        fast += evidence(comb_of(table.step[low], coefficient, kFast), sample.coefficients[low]);
    }
    return std::max(accurate, fast) >= 0.0f;
}

}  // namespace jpegdeblock
