// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The engine's figure of merit: the time that a network's convolutions alone take in oneDNN, each layer's
// shape by itself in the layout oneDNN likes best, over the time of a whole frame through the engine. Counter
// "ratio"; 0.75 is the target. Both are measured alternately, so that a busy machine slows both. Where it is
// busy with other things, look at "cpu_ratio" with one thread: the same from the time that the process spent
// on the CPU. With several threads set OMP_WAIT_POLICY=passive: OpenMP's threads, which compute the bare
// convolutions, otherwise spin on into the engine's frame.
#include <chrono>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "engine/engine.h"
#include "engine/onednn_compatibility.h"

#include "../engine/reference_network.h"
#include "networks.h"
#include "run_benchmarks.h"

namespace jpegdeblock {
namespace {

using dnnl::memory;

struct Seconds {
    double wall = 0, cpu = 0;
};

Seconds now() {
    timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
            static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec)};
}

Seconds seconds_since(const Seconds& start) {
    const Seconds end = now();
    return {end.wall - start.wall, end.cpu - start.cpu};
}

void add(Seconds& sum, const Seconds& seconds, int times = 1) {
    sum.wall += times * seconds.wall;
    sum.cpu += times * seconds.cpu;
}

memory zeros(const memory::desc& layout, const dnnl::engine& engine) {
    memory result(layout, engine);
    if (layout.get_size() > 0) std::memset(result.get_data_handle(), 0, layout.get_size());
    return result;
}

struct Types {
    memory::data_type activations, weights;
};

Types types_of(Precision precision) {
    using type = memory::data_type;
    if (precision == Precision::kInt8) return {type::u8, type::s8};
    if (precision == Precision::kBf16) return {type::bf16, type::bf16};
    return {type::f32, type::f32};
}

/// One layer without anything around it, on as many OpenMP threads as are set.
class BareConvolution {
  public:
    BareConvolution(int inputs, int outputs, int height, int width, Precision precision, bool last)
        : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
        const auto any = memory::format_tag::any;
        const Types types = types_of(precision);
        const memory::data_type output_type = last ? memory::data_type::f32 : types.activations;
        dnnl::primitive_attr attributes;
        dnnl::post_ops chain;
        onednn::OutputScaling scaling;
        if (precision == Precision::kInt8)
            scaling.scales.assign(static_cast<std::size_t>(outputs), 0.01f);
        else if (!last)
            onednn::append_relu(chain);
        const memory::desc factors = onednn::factors_layout(scaling, outputs);
        onednn::set_output_scaling(scaling, factors, attributes, chain);
        attributes.set_post_ops(chain);
        const dnnl::convolution_forward::primitive_desc primitive = onednn::create_convolution(
            engine_, {{1, inputs, height, width}, types.activations, any},
            {{outputs, inputs, 3, 3}, types.weights, any},
            {{outputs}, memory::data_type::f32, memory::format_tag::x},
            {{1, outputs, height, width}, output_type, any}, {1, 1}, {1, 1}, attributes);
        convolution_ = dnnl::convolution_forward(primitive);
        arguments_ = {{DNNL_ARG_SRC, zeros(primitive.src_desc(), engine_)},
                      {DNNL_ARG_WEIGHTS, zeros(primitive.weights_desc(), engine_)},
                      {DNNL_ARG_BIAS, zeros(primitive.bias_desc(), engine_)},
                      {DNNL_ARG_DST, zeros(primitive.dst_desc(), engine_)}};
        if (!factors.is_zero()) arguments_[onednn::factors_argument()] = zeros(factors, engine_);
        time();
    }

    Seconds time() {
        const Seconds start = now();
        convolution_.execute(stream_, arguments_);
        stream_.wait();
        return seconds_since(start);
    }

  private:
    dnnl::engine engine_;
    dnnl::stream stream_;
    dnnl::convolution_forward convolution_;
    std::unordered_map<int, memory> arguments_;
};

/// The layers of a network; those of one shape share memory and are timed once.
class BareNetwork {
  public:
    BareNetwork(const NetworkDescription& network, int width, int height, Precision precision) {
        std::map<std::pair<int, int>, int> layers;
        for (int layer = 0; layer < network.depth; ++layer)
            ++layers[{input_channels(network, layer), output_channels(network, layer)}];
        for (const auto& [channels, count] : layers)
            layers_.push_back({std::make_unique<BareConvolution>(
                                   channels.first, channels.second, height / network.scale,
                                   width / network.scale, precision, channels.second < network.channels),
                               count});
    }

    Seconds time() {
        Seconds sum;
        for (const Layer& layer : layers_) add(sum, layer.convolution->time(), layer.count);
        return sum;
    }

  private:
    struct Layer {
        std::unique_ptr<BareConvolution> convolution;
        int count;
    };
    std::vector<Layer> layers_;
};

void engine_frame(benchmark::State& state, const NetworkDescription& network, int width, int height,
                  Precision precision, int threads) {
    const auto model = std::make_shared<const Model>(test::random_int8_model(network, 1));
    Engine engine(model, precision, make_workers(threads));
    const auto luma = test::random_luma(width, height, 2);
    std::vector<float> residual(luma.size());
    const auto run_frame = [&] {
        const Seconds start = now();
        engine.run({luma.data(), width, height, width}, {}, ijg_luma_table(30), residual.data(), width);
        return seconds_since(start);
    };
    omp_set_num_threads(threads);
    BareNetwork bare(network, width, height, precision);
    run_frame();
    Seconds bare_seconds, frame_seconds;
    for (auto _ : state) {
        add(bare_seconds, bare.time());
        const Seconds seconds = run_frame();
        add(frame_seconds, seconds);
        state.SetIterationTime(seconds.wall);
    }
    const double frames = static_cast<double>(state.iterations());
    state.counters["bare_ms"] = 1e3 * bare_seconds.wall / frames;
    state.counters["cpu_ms"] = 1e3 * frame_seconds.cpu / frames;
    state.counters["ratio"] = bare_seconds.wall / frame_seconds.wall;
    state.counters["cpu_ratio"] = bare_seconds.cpu / frame_seconds.cpu;
    state.counters["GMAC/s"] = macs_per_pixel(network) * width * height * frames / frame_seconds.wall / 1e9;
}

/// A table the engine has never seen in every frame.
void engine_new_table(benchmark::State& state, const NetworkDescription& network, Precision precision) {
    const auto model = std::make_shared<const Model>(test::random_int8_model(network, 1));
    Engine engine(model, precision, make_workers(1));
    const std::vector<std::uint8_t> luma(64);
    std::vector<float> residual(64);
    QuantizationTable table = ijg_luma_table(30);
    for (auto _ : state) {
        ++table.step[0];
        engine.run({luma.data(), 8, 8, 8}, {}, table, residual.data(), 8);
    }
}

void register_all() {
    const std::pair<int, int> sizes[] = {{640, 480}, {1280, 720}, {1920, 1080}};
    for (const NamedNetwork& named : preset_networks()) {
        if (named.network.conditioned)
            for (const Precision precision : {Precision::kF32, Precision::kInt8})
                benchmark::RegisterBenchmark(("new_table/" + named.name + "/" + name_of(precision)).c_str(),
                                             engine_new_table, named.network, precision)
                    ->Unit(benchmark::kMillisecond);
        for (const Precision precision : {Precision::kF32, Precision::kBf16, Precision::kInt8})
            for (const auto& [width, height] : sizes)
                for (const int threads : {1, 2})
                    benchmark::RegisterBenchmark(
                        ("frame/" + named.name + "/" + name_of(precision) + "/" + std::to_string(width) +
                         "x" + std::to_string(height) + "/threads:" + std::to_string(threads))
                            .c_str(),
                        engine_frame, named.network, width, height, precision, threads)
                        ->UseManualTime()
                        ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace
}  // namespace jpegdeblock

int main(int count, char** arguments) {
    jpegdeblock::register_all();
    return jpegdeblock::run_benchmarks(count, arguments);
}
