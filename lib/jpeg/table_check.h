// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <jpegdeblock/plane.h>
#include "jpeg/estimation.h"

#include "jpeg/coefficient_sample.h"
#include "jpeg/comb.h"

namespace jpegdeblock {

/// Whether there is enough in the plane for an estimate to be worth its time: a look at a few blocks.
bool has_detail(ConstPlane luma);

/// How strongly a few blocks speak for some quantization, on the most likely grid (or the given one): the
/// evidence of what explains each coefficient best. A small part of what an estimate costs.
float trace_of_quantization(ConstPlane luma, std::optional<GridOffset> offset);

/// Checks frame by frame whether the table found in a stream still holds, for a small part of what finding it
/// costs.
class TableCheck {
  public:
    enum class Result {
        kHolds,
        kSilent,    ///< The few blocks looked at have no detail.
        kDoubtful,  ///< It does not explain this plane as well as it did the one given to the constructor.
    };

    /// The estimate is that of this plane.
    TableCheck(const QuantizationEstimate& estimate, ConstPlane luma);

    Result check(ConstPlane luma) const;

  private:
    /// Multiples of all steps up to this are tried too: coefficients of a table of twice the steps lie on the
    /// old one's combs as well.
    static constexpr int kMultiples = 5;

    using Combs = std::vector<Comb>;  // Of the low frequencies.
    struct Measured {
        bool silent;
        float fit;  // Evidence in units of what is expected of the table.
        bool coarser;
    };
    Measured measure(ConstPlane luma) const;

    GridOffset offset_;
    std::array<std::array<Combs, kMultiples>, kDecoders> combs_;
    float usual_fit_;
};

}  // namespace jpegdeblock
