// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Whole frames through the Deblocker. Each benchmark restores moving content (every frame differs everywhere)
// and its own content alternately, so that a busy machine slows both:
//   still_ratio     time of this content over that of moving content
//   add_share       share of the residual's addition and projection in the frame's time, on one thread
//   estimate_share  share of estimating the quality from the pixels
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "jpeg/estimation.h"
#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"
#include "restore/projection.h"
#include "run_benchmarks.h"

#include "../engine/reference_network.h"
#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

struct NamedNetwork {
    const char* name;
    int channels, depth;
};

/// How the frames of a stream differ.
enum class Content { kMoving, kStill, kBlock };

const char* name_of(Content content) {
    return content == Content::kMoving ? "moving" : content == Content::kStill ? "still" : "block";
}

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A stream of frames with a Deblocker of its own.
class Stream {
  public:
    Stream(const std::shared_ptr<const Model>& model, Precision precision, int threads, int width, int height,
           Content content)
        : deblocker_(model, precision, make_workers(threads)) {
        for (const unsigned seed : {1u, 2u})
            frames_.push_back(
                decode_jpeg_luma(encode_grey_jpeg(test::synthetic_picture(width, height, seed).view(), 40)));
        if (content == Content::kStill) frames_[1] = frames_[0];
        if (content == Content::kBlock) {
            frames_[1] = frames_[0];
            for (int y = height / 2; y < height / 2 + height / 10; ++y)
                for (int x = width / 2; x < width / 2 + width / 10; ++x)
                    frames_[1].samples[static_cast<std::size_t>(y * width + x)] ^= 1;
        }
        restored_ = frames_[0];
        for (int i = 0; i < 4; ++i) next();
    }

    double next() {
        const LumaImage& frame = frames_[static_cast<std::size_t>(index_++ % 2)];
        return seconds([&] { deblocker_.process(frame.view(), restored_.view()); });
    }

    double estimate() {
        return seconds([&] { benchmark::DoNotOptimize(estimate_quantization(frames_[0].view(), {})); });
    }

    double add(const std::vector<float>& residual) {
        const LumaImage& frame = frames_[0];
        return seconds([&] {
            add_residual(frame.view(), {}, ijg_luma_table(40), residual.data(), frame.width, 1.0f, true, 0,
                         block_rows(frame.height, {}), restored_.view());
        });
    }

  private:
    Deblocker deblocker_;
    std::vector<LumaImage> frames_;
    LumaImage restored_;
    int index_ = 0;
};

void deblocker_frame(benchmark::State& state, const NamedNetwork& named, Precision precision, int width,
                     int height, int threads, Content content) {
    NetworkDescription network;
    network.channels = named.channels;
    network.depth = named.depth;
    const auto model = std::make_shared<const Model>(test::random_model(network, 1));
    Stream moving(model, precision, threads, width, height, Content::kMoving);
    Stream stream(model, precision, threads, width, height, content);
    const std::vector<float> residual(static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
                                      0.5f);
    double moving_seconds = 0, stream_seconds = 0, add_seconds = 0, estimate_seconds = 0;
    for (auto _ : state) {
        moving_seconds += moving.next();
        const double frame = stream.next();
        stream_seconds += frame;
        add_seconds += stream.add(residual);
        estimate_seconds += stream.estimate();
        state.SetIterationTime(frame);
    }
    state.counters["still_ratio"] = stream_seconds / moving_seconds;
    state.counters["add_share"] = add_seconds / moving_seconds;
    state.counters["estimate_share"] = estimate_seconds / moving_seconds;
}

void register_all() {
    for (const NamedNetwork& named : {NamedNetwork{"s2_c16_d8", 16, 8}, NamedNetwork{"s2_c32_d10", 32, 10}})
        for (const Precision precision : {Precision::kF32, Precision::kBf16})
            for (const auto& [width, height] : {std::pair{640, 480}, std::pair{1280, 720}})
                for (const Content content : {Content::kMoving, Content::kStill, Content::kBlock})
                    benchmark::RegisterBenchmark(
                        (std::string("deblocker/") + named.name + "/" + jpegdeblock::name_of(precision) +
                         "/" + std::to_string(width) + "x" + std::to_string(height) + "/threads:1/" +
                         name_of(content))
                            .c_str(),
                        deblocker_frame, named, precision, width, height, 1, content)
                        ->UseManualTime()
                        ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace jpegdeblock

int main(int count, char** arguments) {
    jpegdeblock::register_all();
    return jpegdeblock::run_benchmarks(count, arguments);
}
