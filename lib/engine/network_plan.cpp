// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/network_plan.h"

#include <algorithm>
#include <cstring>

namespace jpegdeblock {

namespace {

/// A multiple of the phase bias's period at every scale. Few rows share the work evenly, and more gain
/// nothing: oneDNN's kernels are as fast on 8 rows as on 240.
constexpr std::int64_t kBandRows = 8;

std::array<std::shared_ptr<const BandConvolution>, kBandHeights> create_bands(
    const ConvolutionShape& shape, const std::array<std::int64_t, kBandHeights>& heights) {
    std::array<std::shared_ptr<const BandConvolution>, kBandHeights> bands;
    for (int i = 0; i < kBandHeights; ++i)
        bands[i] = i > 0 && heights[i] == heights[0]
                       ? bands[0]
                       : std::make_shared<const BandConvolution>(shape, heights[i] / shape.stride);
    return bands;
}

}  // namespace

NetworkPlan::NetworkPlan(const Model& model, Precision precision, std::int64_t width, std::int64_t rows,
                         std::size_t activation_bytes)
    : width_(width), rows_(rows) {
    const NetworkDescription& network = model.network;
    const std::vector<LayerPlan> plans = plan_layers(model, precision, width);
    const int buffers = buffers_used(plans);
    activation_row_bytes_ = plans.front().shape.output_row_bytes();
    windows_ =
        divide_into_windows(rows, network.depth, 8 / network.scale,
                            static_cast<std::int64_t>(activation_bytes / activation_bytes_of_row(plans)));

    const std::array<std::int64_t, kBandHeights> heights = {band_rows(), band(bands() - 1).rows};
    for (const LayerPlan& plan : plans) {
        const auto same = std::find_if(layers_.begin(), layers_.end(),
                                       [&](const Layer& other) { return other.plan.shape == plan.shape; });
        layers_.push_back({plan, same == layers_.end() ? create_bands(plan.shape, heights) : same->bands});
        const auto& created = layers_.back().bands;
        layouts_.push_back({plan.shape,
                            {created[0]->weights_layout(), created[1]->weights_layout()},
                            created[0]->factors_layout(),
                            created[0]->addend_layout()});
    }

    const std::size_t inner_bytes = activation_row_bytes_ * static_cast<std::size_t>(windows_.height);
    for (int i = 0; i < buffers; ++i) {
        const AlignedMemory& memory = activations_.emplace_back(inner_bytes + 2 * activation_row_bytes_);
        std::memset(memory.data(), 0, activation_row_bytes_);
        std::memset(memory.data() + activation_row_bytes_ + inner_bytes, 0, activation_row_bytes_);
    }
}

std::size_t NetworkPlan::scratchpad_bytes() const {
    std::size_t most = 0;
    for (const Layer& layer : layers_)
        for (const auto& band : layer.bands) most = std::max(most, band->scratchpad_bytes());
    return most;
}

std::int64_t NetworkPlan::band_rows() const {
    return std::min(kBandRows, windows_.height);
}

int NetworkPlan::bands() const {
    return static_cast<int>((windows_.height + kBandRows - 1) / kBandRows);
}

Band NetworkPlan::band(int index) const {
    Band band;
    band.height = index == bands() - 1 ? 1 : 0;
    band.first = index * kBandRows;
    band.rows = std::min(kBandRows, windows_.height - band.first);
    return band;
}

std::byte* NetworkPlan::activation(int buffer, std::int64_t row) const {
    return activations_[static_cast<std::size_t>(buffer)].data() +
           static_cast<std::size_t>(row + 1) * activation_row_bytes_;
}

}  // namespace jpegdeblock
