// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include <jpegdeblock/plane.h>

#include "temporal/padded_plane.h"

namespace jpegdeblock {

/// A plane, and what is left of it at a half, a quarter and an eighth of its width and height.
class Pyramid {
  public:
    static constexpr int kLevels = 4;
    /// Rows of the plane that one task makes the reduced levels of.
    static constexpr int kTaskRows = 64;

    void resize(int width, int height);

    const PaddedPlane& level(int index) const { return levels_[static_cast<std::size_t>(index)]; }

    int tasks() const { return (level(0).height() + kTaskRows - 1) / kTaskRows; }

    /// The task's rows of level 0 become those of a plane of the same size. Thread safe for distinct tasks,
    /// as reduce.
    void copy(ConstPlane from, int task);

    /// Makes the task's rows of the other levels.
    void reduce(int task);

  private:
    std::array<PaddedPlane, kLevels> levels_;
};

}  // namespace jpegdeblock
