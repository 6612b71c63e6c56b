// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/quantization.h>

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"

namespace jpegdeblock {

/// A table of no known family that explains a sample.
struct TableFit {
    QuantizationTable table;
    Decoder decoder = kAccurate;
    /// Logarithm of the likelihood ratio against "was not quantized", the freedom to choose steps accounted
    /// for, so that it compares with a given table's sum of evidence over the coefficients 1 .. 63.
    float evidence = 0;
    /// The same where each value of a coefficient counts once, see estimation.cpp.
    float independent_evidence = 0;
};

/// The most likely step of each coefficient (Fan and de Queiroz, "Identification of bitmap compression
/// history", IEEE TIP 12(2), 2003), given that tables are smooth: the ratio of a step to that of the IJG's
/// table varies little from a coefficient to its neighbours. Coefficients that are zero throughout take the
/// ratio of those around them.
TableFit fit_table(const CoefficientSample& sample);

/// The evidence for a table from the coefficients 1 .. 63 that fit_table looked at.
float evidence(const QuantizationTable& table, Decoder decoder, const CoefficientSample& sample);

/// The evidence for `comb` where each value counts once, to whole levels and without its sign. Gradients,
/// stripes and checkers repeat a few values in hundreds of blocks; these may lie near to multiples by
/// accident.
float independent_evidence(const Comb& comb, const std::vector<float>& values);

}  // namespace jpegdeblock
