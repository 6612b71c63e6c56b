// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jpegdeblock {

/// Where a block of a frame lies in the frame before: its own place plus this, in quarters of a pixel.
struct MotionVector {
    std::int16_t x = 0;
    std::int16_t y = 0;

    bool operator==(const MotionVector&) const = default;
};

/// A vector for each block of a grid, row by row.
class MotionField {
  public:
    MotionField() = default;
    MotionField(int columns, int rows)
        : columns_(columns),
          rows_(rows),
          vectors_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {}

    int columns() const { return columns_; }
    int rows() const { return rows_; }

    MotionVector* row(int y) { return vectors_.data() + static_cast<std::ptrdiff_t>(y) * columns_; }
    const MotionVector* row(int y) const {
        return vectors_.data() + static_cast<std::ptrdiff_t>(y) * columns_;
    }

    bool operator==(const MotionField&) const = default;

  private:
    int columns_ = 0;
    int rows_ = 0;
    std::vector<MotionVector> vectors_;
};

}  // namespace jpegdeblock
