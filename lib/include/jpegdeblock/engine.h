// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include <jpegdeblock/export.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// Arithmetic of the convolutions.
enum class Precision {
    kAuto,  ///< What this CPU does fastest among those the model carries.
    kF32,
    kBf16,  ///< bfloat16 weights and activations, f32 sums. Needs AVX-512 (emulated below AVX512_BF16).
    kInt8   ///< u8 activations, s8 weights (see Model); for models that has_int8, on CPUs with VNNI.
};

/// "auto", "f32", "bf16", "int8".
JPEGDEBLOCK_API const char* name_of(Precision precision);

/// Threads that run an engine's work. The caller's thread is one of them; no other thread spins or runs while
/// nothing is to be done. May be shared by engines: their calls then take turns, in the order
/// in which they came.
/// Thread safe.
class Workers;

/// threads: 1.. ; 0 = as many as the process may run on (sched_getaffinity).
JPEGDEBLOCK_API std::shared_ptr<Workers> make_workers(int threads);

/// The process's workers of that number of threads: the same object as long as somebody holds it, so that the
/// streams of one process take turns at the processors instead of crowding them. With one thread, which is
/// always the caller's, each call gives its own.
JPEGDEBLOCK_API std::shared_ptr<Workers> shared_workers(int threads);

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
    JPEGDEBLOCK_API Engine(std::shared_ptr<const Model> model, Precision precision,
                           std::shared_ptr<Workers> workers);
    JPEGDEBLOCK_API ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Estimates the residual of `luma` for strength 1, in levels, without clamping.
    /// luma: any size from 1x1; the grid lies at `offset`. Where the plane ends within a block, it is
    /// extended by edge replication to whole blocks before the network sees it.
    /// table: what the plane was quantized with (ignored by networks without conditioning).
    /// residual: row y at residual + y * residual_stride, luma.width floats each; residual_stride in floats.
    /// The result does not depend on the number of threads. Errors: kInvalidArgument, kEngine.
    JPEGDEBLOCK_API void run(ConstPlane luma, GridOffset offset, const QuantizationTable& table,
                             float* residual, std::ptrdiff_t residual_stride);

    /// The same for some rows of blocks alone, at little more than their share of the time: the other rows of
    /// the residual are left as they are. What it writes is what run writes, bit for bit.
    JPEGDEBLOCK_API void run_rows(ConstPlane luma, GridOffset offset, const QuantizationTable& table,
                                  BlockRows rows, float* residual, std::ptrdiff_t residual_stride);

    /// What kAuto became.
    JPEGDEBLOCK_API Precision precision() const;
    JPEGDEBLOCK_API const Model& model() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace jpegdeblock
