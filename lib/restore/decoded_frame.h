// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/plane.h>

#include "grid/block_grid.h"

namespace jpegdeblock {

/// The decoded samples of a frame: they lie in a plane, or are still to be made of a JPEG's coefficients, all
/// whole blocks of the component. A view of either or both, which must outlive it.
class DecodedFrame {
  public:
    explicit DecodedFrame(ConstPlane plane) : plane_(plane) {}
    explicit DecodedFrame(const JpegComponent& component) : component_(&component) {}
    /// samples: what decode_component makes of all its blocks.
    DecodedFrame(const JpegComponent& component, ConstPlane samples)
        : plane_(samples), component_(&component) {}

    /// Null: there are samples alone.
    const JpegComponent* component() const { return component_; }
    bool has_samples() const { return plane_.data != nullptr; }
    /// Where has_samples().
    ConstPlane plane() const { return plane_; }

    /// Writes what `blocks` of the frame's grid hold to `to`, which is as large as they are or, for a
    /// component, shows their top left part.
    void read(const BlockGrid& grid, const BlockRectangle& blocks, Plane to) const;

  private:
    ConstPlane plane_{};
    const JpegComponent* component_ = nullptr;
};

/// Does nothing where both are the same memory.
void copy(ConstPlane from, Plane to);

}  // namespace jpegdeblock
