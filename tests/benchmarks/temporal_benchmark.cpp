// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What following a stream's blocks costs, against restoring a frame with a network of the shape of `fast`.
// Both are measured alternately, so that a busy machine slows both:
//   search_ms, warp_ms  the motion search with all it needs, and moving the frame before
//   fast_ms             the network's frame
//   share               of both together in the network's time
// Content: `moving` is a pan of a quarter and more of a pixel in which each frame differs everywhere, `still`
// is the same with sensor noise, and `unchanged` repeats a frame, as the caller knows.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/engine.h"
#include "jpeg/luma_codec.h"

#include "../engine/reference_network.h"
#include "../jpeg/synthetic_picture.h"
#include "engine/workers.h"
#include "networks.h"
#include "run_benchmarks.h"
#include "temporal/history.h"

namespace jpegdeblock {
namespace {

enum class Content { kMoving, kStill, kUnchanged };

constexpr int kQuality = 50;
constexpr int kFrames = 6;

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Decoded frames; a seventh of a large picture's pixels further on each, by halves and quarters of a pixel.
std::vector<LumaImage> make_frames(int width, int height, Content content) {
    const LumaImage picture = test::synthetic_picture(width + 3 * kFrames + 1, height + 2 * kFrames);
    std::vector<LumaImage> frames;
    for (int t = 0; t < kFrames; ++t) {
        const int shift = content == Content::kMoving ? t : 0;
        LumaImage frame{width, height, {}};
        unsigned noise = static_cast<unsigned>(t);
        for (int y = 0; y < height; ++y) {
            const std::uint8_t* from = picture.view().row(y + 2 * shift) + 3 * shift;
            for (int x = 0; x < width; ++x) {
                noise = noise * 1664525u + 1013904223u;
                const int grain = content == Content::kUnchanged ? 0 : static_cast<int>(noise >> 30);
                const int sample = ((4 - t % 4) * from[x] + t % 4 * from[x + 1]) / 4 + grain;
                frame.samples.push_back(static_cast<std::uint8_t>(sample < 255 ? sample : 255));
            }
        }
        frames.push_back(decode_jpeg_luma(encode_grey_jpeg(frame.view(), kQuality)));
    }
    return frames;
}

void follow(benchmark::State& state, int width, int height, Content content, int threads) {
    const std::vector<LumaImage> frames = make_frames(width, height, content);
    const auto workers = make_workers(threads);
    Engine engine(std::make_shared<const Model>(test::random_int8_model(preset_network("fast"), 1)),
                  Precision::kAuto, workers);
    const BlockGrid grid = {width, height, {}};
    const BlockMap none(grid.columns(), grid.rows(), 0);
    History history;
    std::vector<float> residual(frames[0].samples.size());
    std::vector<std::uint8_t> moved(residual.size());
    const auto restore = [&](const LumaImage& frame) {
        engine.run(frame.view(), {}, ijg_luma_table(kQuality), residual.data(), width);
    };
    restore(frames[0]);
    double searching = 0, warping = 0, network = 0;
    std::size_t t = 0;
    for (auto _ : state) {
        const LumaImage& frame = frames[++t % kFrames];
        const double found = seconds([&] {
            history.follow(frame.view(), grid, std::nullopt, content == Content::kUnchanged ? &none : nullptr,
                           *workers);
        });
        Stage stage{grid.rows(), [&](int row, int) {
                        history.move(frame.view(), row, {moved.data(), width, height, width});
                    }};
        const double moving = seconds([&] { workers->run({&stage, 1}); });
        const double keeping = seconds([&] { history.keep(frame.view(), *workers); });
        network += seconds([&] { restore(frame); });
        searching += found + keeping;
        warping += moving;
        state.SetIterationTime(found + moving + keeping);
    }
    const double to_ms = 1e3 / static_cast<double>(state.iterations());
    state.counters["search_ms"] = searching * to_ms;
    state.counters["warp_ms"] = warping * to_ms;
    state.counters["fast_ms"] = network * to_ms;
    state.counters["share"] = (searching + warping) / network;
}

void register_all() {
    const std::pair<int, int> sizes[] = {{640, 480}, {1280, 720}, {1920, 1080}};
    const std::pair<const char*, Content> contents[] = {
        {"moving", Content::kMoving}, {"still", Content::kStill}, {"unchanged", Content::kUnchanged}};
    for (const auto& [name, content] : contents)
        for (const auto& [width, height] : sizes)
            for (const int threads : {1, 2})
                benchmark::RegisterBenchmark((std::string(name) + "/" + std::to_string(width) + "x" +
                                              std::to_string(height) + "/threads:" + std::to_string(threads))
                                                 .c_str(),
                                             follow, width, height, content, threads)
                    ->UseManualTime()
                    ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace jpegdeblock

int main(int count, char** arguments) {
    jpegdeblock::register_all();
    return jpegdeblock::run_benchmarks(count, arguments);
}
