// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/precision.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <jpegdeblock/error.h>

#include "engine/aligned_memory.h"
#include "engine/convolution.h"
#include "engine/cpu.h"
#include "engine/layer_plan.h"
#include "engine/onednn.h"
#include "engine/workers.h"

namespace jpegdeblock {

namespace {

using dnnl::memory;

/// Whether oneDNN has kernels for integers, not just code that shows how they work.
bool cpu_has_int8() {
    return cpu_has(dnnl::cpu_isa::sse41);
}

/// Seconds that a small hidden layer takes on this thread.
double seconds_for_layer(int channels, Precision precision) {
    constexpr int kWidth = 64, kRows = 8, kRepetitions = 5;
    const ConvolutionTypes types = types_of(precision);
    ConvolutionShape shape{.input_channels = channels,
                           .output_channels = channels,
                           .input_width = kWidth,
                           .input_type = types.activations,
                           .weights_type = types.weights,
                           .output_type = types.activations};
    if (precision == Precision::kInt8)
        shape.scaling.scales.assign(static_cast<std::size_t>(channels), 1.0f);
    else
        shape.relu = true;
    const auto convolution = std::make_shared<const BandConvolution>(shape, kRows);
    BandConvolutionCall call(convolution);
    const auto zeros = [](std::size_t bytes) {
        AlignedMemory result(bytes);
        if (bytes > 0) std::memset(result.data(), 0, bytes);
        return result;
    };
    const AlignedMemory input = zeros(shape.input_row_bytes() * shape.input_rows(kRows));
    const AlignedMemory output = zeros(shape.output_row_bytes() * kRows);
    const AlignedMemory weights_data = zeros(convolution->weights_layout().get_size());
    const AlignedMemory bias_data = zeros(sizeof(float) * channels);
    const AlignedMemory factors_data = zeros(convolution->factors_layout().get_size());
    const AlignedMemory scratchpad = zeros(convolution->scratchpad_bytes());
    const memory weights(convolution->weights_layout(), cpu_engine(), weights_data.data());
    const memory bias({{channels}, memory::data_type::f32, memory::format_tag::x}, cpu_engine(),
                      bias_data.data());
    const memory factors(convolution->factors_layout(), cpu_engine(), factors_data.data());
    const dnnl::stream stream(cpu_engine());
    const auto run_once = [&] {
        const auto start = std::chrono::steady_clock::now();
        call.execute(stream, {.input = input.data(),
                              .weights = &weights,
                              .bias = &bias,
                              .factors = factors_data.data() ? &factors : nullptr,
                              .output = output.data(),
                              .scratchpad = scratchpad.data()});
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    double best = run_once();
    for (int i = 1; i < kRepetitions; ++i) best = std::min(best, run_once());
    return best;
}

/// Which of the candidates runs layers of so many channels fastest. CPUs exist that have bfloat16
/// instructions and run them at less than half the rate of their f32 ones, so it is measured, once a process.
Precision fastest(const std::vector<Precision>& candidates, int channels) {
    if (candidates.size() == 1) return candidates.front();
    static std::mutex mutex;
    static std::map<std::pair<Precision, int>, double> measured;
    std::lock_guard lock(mutex);
    SingleThreadedOpenMp single_threaded;
    const auto seconds = [&](Precision precision) {
        const auto known = measured.find({precision, channels});
        if (known != measured.end()) return known->second;
        return measured[{precision, channels}] =
                   with_onednn("time the precisions", [&] { return seconds_for_layer(channels, precision); });
    };
    return *std::min_element(candidates.begin(), candidates.end(),
                             [&](Precision a, Precision b) { return seconds(a) < seconds(b); });
}

Precision choose_among_all(const Model& model) {
    std::vector<Precision> candidates = {Precision::kF32};
    if (cpu_has(dnnl::cpu_isa::avx512_core_bf16)) candidates.push_back(Precision::kBf16);
    if (has_int8(model) && cpu_has_int8()) candidates.push_back(Precision::kInt8);
    return fastest(candidates, stored_channels(model.network));
}

void check_int8(const Model& model) {
    if (!has_int8(model))
        throw Error(ErrorCode::kUnsupported, "The model '" + model.name +
                                                 "' carries no scales for int8; add them with "
                                                 "'jpegdeblock-train quantize', or use f32, bf16 or auto.");
    if (!cpu_has_int8())
        throw Error(ErrorCode::kUnsupported,
                    "This CPU cannot run the model '" + model.name +
                        "' in int8, which needs an x86 processor with SSE4.1; use f32 or auto.");
}

}  // namespace

const char* name_of(Precision precision) {
    switch (precision) {
        case Precision::kAuto:
            return "auto";
        case Precision::kF32:
            return "f32";
        case Precision::kBf16:
            return "bf16";
        case Precision::kInt8:
            return "int8";
    }
    return "unknown";
}

Precision choose_precision(const Model& model, Precision wanted) {
    warn_of_slow_cpu();
    switch (wanted) {
        case Precision::kAuto:
            return choose_among_all(model);
        case Precision::kF32:
            return wanted;
        case Precision::kBf16:
            if (cpu_has(dnnl::cpu_isa::avx512_core)) return wanted;
            throw Error(ErrorCode::kUnsupported, "This CPU cannot run the model '" + model.name +
                                                     "' in bf16, which needs AVX-512; use f32 or auto.");
        case Precision::kInt8:
            check_int8(model);
            return wanted;
    }
    throw Error(ErrorCode::kInvalidArgument, "The precision is none of auto, f32, bf16 and int8.");
}

}  // namespace jpegdeblock
