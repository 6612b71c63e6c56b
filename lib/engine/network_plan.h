// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/engine.h"

#include "engine/aligned_memory.h"
#include "engine/convolution.h"
#include "engine/layer_plan.h"
#include "engine/prepared_network.h"
#include "engine/windows.h"

namespace jpegdeblock {

/// Rows of a window that are computed by one call of a primitive.
struct Band {
    int height = 0;          ///< Which of the kBandHeights.
    std::int64_t first = 0;  ///< Counted from the window's first row.
    std::int64_t rows = 0;
};

/// All that running a network on planes of one size takes, but the weights: windows, primitives and memory
/// for the activations.
class NetworkPlan {
  public:
    /// width, rows: of the unshuffled plane, whole blocks. Planes whose activations would exceed
    /// activation_bytes are divided into windows. Errors: kEngine.
    NetworkPlan(const Model& model, Precision precision, std::int64_t width, std::int64_t rows,
                std::size_t activation_bytes);

    struct Layer {
        LayerPlan plan;
        std::array<std::shared_ptr<const BandConvolution>, kBandHeights> bands;
    };

    std::int64_t width() const { return width_; }
    std::int64_t rows() const { return rows_; }
    const std::vector<Window>& windows() const { return windows_.windows; }
    const std::vector<Layer>& layers() const { return layers_; }
    const std::vector<LayerLayout>& layouts() const { return layouts_; }
    std::size_t scratchpad_bytes() const;

    /// Of the higher bands.
    std::int64_t band_rows() const;
    int bands() const;
    Band band(int index) const;

    /// Row -1 .. window height of a layer's output; the two outer rows are zero, the padding of the 3x3
    /// kernels.
    std::byte* activation(int buffer, std::int64_t row) const;

  private:
    std::int64_t width_, rows_;
    Windows windows_;
    std::vector<Layer> layers_;
    std::vector<LayerLayout> layouts_;
    std::size_t activation_row_bytes_ = 0;
    std::vector<AlignedMemory> activations_;
};

}  // namespace jpegdeblock
