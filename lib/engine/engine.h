// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>
#include "model/model.h"

namespace jpegdeblock {

/// Rows first .. last - 1 of the blocks of a plane's grid.
struct BlockRows {
    int first = 0;
    int last = 0;
};

/// Runs one network on planes of luma. Keeps its memory between frames; the first frame of a new size
/// allocates. Not thread safe: one engine for each stream. Weights in the form the kernels want are shared by
/// all engines of the same model and precision.
class Engine {
  public:
    /// Errors: kUnsupported when the CPU or the model lacks the precision, kEngine.
    Engine(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Estimates the residual of `luma` for strength 1, in levels, without clamping.
    /// luma: any size from 1x1; the grid lies at `offset`. Where the plane ends within a block, it is
    /// extended by edge replication to whole blocks before the network sees it.
    /// table: what the plane was quantized with (ignored by networks without conditioning).
    /// residual: row y at residual + y * residual_stride, luma.width floats each; residual_stride in floats.
    /// history: what a temporal network is shown of the frames before (restore/projection.h), as large as
    /// luma; without samples: nothing, and the model's without_history restores the plane where it has one.
    /// Networks that are not temporal do not look at it. The result does not depend on the number of threads.
    /// Errors: kInvalidArgument, kEngine.
    void run(ConstPlane luma, GridOffset offset, const QuantizationTable& table, float* residual,
             std::ptrdiff_t residual_stride, ConstPlane history = {});

    /// The same for some rows of blocks alone, at little more than their share of the time: the other rows of
    /// the residual are left as they are. What it writes is what run writes, bit for bit.
    void run_rows(ConstPlane luma, GridOffset offset, const QuantizationTable& table, BlockRows rows,
                  float* residual, std::ptrdiff_t residual_stride, ConstPlane history = {});

    /// What kAuto became.
    Precision precision() const;
    const Model& model() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace jpegdeblock
