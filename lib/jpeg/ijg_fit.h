// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"

namespace jpegdeblock {

/// The IJG table that explains a sample best.
struct IjgFit {
    int quality = 0;
    Decoder decoder = kAccurate;
    float evidence = 0;              ///< From the low frequencies.
    float independent_evidence = 0;  ///< See table_fit.h.
    /// Evidence that other steps would find in excess of what chance gives them: a table of another family.
    float missed = 0;
};

IjgFit fit_ijg_table(const CoefficientSample& sample);

}  // namespace jpegdeblock
