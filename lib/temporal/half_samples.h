// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "temporal/padded_plane.h"
#include "temporal/smoothing.h"

namespace jpegdeblock {

/// The samples of a smoothed plane (smoothing.h) half a pixel to the right, half a pixel below, and both:
/// rounded means of two, and of four. For matching they do better than longer filters; nothing that is seen
/// is made of them.
class HalfSamples {
  public:
    /// Rows that one task makes.
    static constexpr int kTaskRows = 16;
    /// Columns and rows around the plane in which there are half samples.
    static constexpr int kPadding = kSmoothedPadding - 3;

    /// What was made before is forgotten.
    void begin(const PaddedPlane& plane);

    int tasks() const { return (plane_->height() + 2 * kPadding + kTaskRows - 1) / kTaskRows; }

    /// Makes the task's rows: kTaskRows from row task * kTaskRows - kPadding on. Thread safe for distinct
    /// tasks.
    void make(int task);

    /// The sample whose place is x, y halves of a pixel; samples of the same phase follow each other, rows
    /// stride() apart. Phases other than 0 only in rows that were made.
    const std::uint8_t* at(int x, int y) const {
        const int phase = (x & 1) + 2 * (y & 1);
        return planes_[static_cast<std::size_t>(phase)] + (y >> 1) * stride() + (x >> 1);
    }
    std::ptrdiff_t stride() const { return plane_->stride(); }

  private:
    const PaddedPlane* plane_ = nullptr;
    std::array<PaddedPlane, 3> halves_;
    std::array<const std::uint8_t*, 4> planes_{};  ///< Sample (0, 0) of each phase.
};

}  // namespace jpegdeblock
