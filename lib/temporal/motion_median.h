// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "temporal/motion_field.h"

namespace jpegdeblock {

/// The median of each component of the vectors of a block and of the eight around it, for row `row` of the
/// field, whose edges are repeated. median: as many vectors as the field has columns. Pure.
class MotionMedian {
  public:
    const MotionVector* row(const MotionField& field, int row);

  private:
    std::vector<std::int16_t> lines_[3];  ///< x and y take turns; with a vector before and one behind.
    std::vector<MotionVector> median_;
};

}  // namespace jpegdeblock
