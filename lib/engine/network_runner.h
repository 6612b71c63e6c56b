// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/engine.h"

#include "engine/aligned_memory.h"
#include "engine/network_plan.h"
#include "engine/pixel_shuffle.h"
#include "engine/prepared_network.h"
#include "engine/workers.h"

namespace jpegdeblock {

/// Runs a network in one precision. Each layer is cut into bands of rows, the same for every number of
/// threads, that the workers take one by one; a layer starts when the one before is done.
class NetworkRunner {
  public:
    /// Activations that would need more are computed window by window.
    static constexpr std::size_t kActivationBytes = std::size_t{512} << 20;

    /// precision: not kAuto; kInt8 only where the model has_int8.
    NetworkRunner(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers,
                  std::size_t activation_bytes = kActivationBytes);

    /// As Engine::run_rows; the arguments are valid.
    void run(const AlignedPlane& plane, const AlignedPlane& history, const QuantizationTable& table,
             BlockRows rows, float* residual, std::ptrdiff_t residual_stride);

    /// Frees what the next run makes anew, and keeps the weights.
    void release_activations();

  private:
    /// What one worker needs for itself.
    struct WorkerMemory {
        dnnl::stream stream;
        std::vector<std::array<BandConvolutionCall, kBandHeights>> calls;  ///< For each layer.
        AlignedMemory scratchpad;
        AlignedMemory input;   ///< A band of the unshuffled plane.
        AlignedMemory output;  ///< A band of the unshuffled residual.
        std::vector<std::uint8_t> bytes, lines;
    };

    /// One call of run.
    struct Frame {
        const AlignedPlane& plane;
        const AlignedPlane& history;  ///< Without samples: there is none.
        const PreparedNetwork& network;
        float gain;
        float* residual;
        std::ptrdiff_t residual_stride;
    };

    void adapt_to(std::int64_t width, std::int64_t rows);
    std::vector<Window> windows_for(BlockRows rows) const;
    std::shared_ptr<const PreparedNetwork> prepared_for(const QuantizationTable& table);
    Stage stage_for(const Frame& frame, const Window& window, int layer);
    void compute_band(const Frame& frame, const Window& window, int layer, const Band& band,
                      WorkerMemory& memory) const;
    void unshuffle_band(const Frame& frame, const Window& window, const Band& band,
                        WorkerMemory& memory) const;
    /// Row `row` of what the first layer sees, in bytes.
    void unshuffle(const Frame& frame, std::int64_t row, std::uint8_t* bytes,
                   std::vector<std::uint8_t>& lines) const;
    void shuffle_band(const Frame& frame, const Window& window, const Band& band,
                      const WorkerMemory& memory) const;

    std::shared_ptr<const Model> model_;
    Precision precision_;
    std::shared_ptr<Workers> workers_;
    std::size_t activation_bytes_;

    std::unique_ptr<NetworkPlan> plan_;
    std::vector<WorkerMemory> memories_;

    struct Prepared {
        QuantizationTable table;
        std::shared_ptr<const PreparedNetwork> network;
    };
    std::list<Prepared> prepared_;      ///< The latest used first.
    std::vector<LayerLayout> layouts_;  ///< Those of the last plan, and what prepared_ is for.
};

}  // namespace jpegdeblock
