// SPDX-License-Identifier: LGPL-2.1-or-later
// The shipped networks for videos: whatever a video does, no frame is worse than restored by itself.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "metrics/metrics.h"
#include "model/model.h"
#include "restore/deblocker.h"

#include "sample_pictures.h"

namespace jpegdeblock {
namespace {

using test::kSampleSide;
using test::part_of;

constexpr int kFrames = 12;

/// Of a frame and of the mean of a kind, dB.
constexpr double kWorstFrame = 0.1, kWorstMean = 0.02;

struct Kind {
    const char* name;
    /// Frame `index` of a video of a photograph; another: something else to show.
    std::function<LumaImage(const LumaImage& photograph, const LumaImage& another, int index)> frame;
    double noise = 0;  ///< Deviation of the sensor's, in what is compressed.
    double worst_frame = kWorstFrame;
};

LumaImage changed(LumaImage picture, const std::function<double(int x, int y, double level)>& change) {
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            std::uint8_t& sample = picture.view().row(y)[x];
            sample = static_cast<std::uint8_t>(std::lround(std::clamp(change(x, y, sample), 0.0, 255.0)));
        }
    return picture;
}

LumaImage panned(const LumaImage& photograph, int step) {
    return part_of(photograph, 20 + 3 * step, 30 + step);
}

LumaImage grain(LumaImage picture, double deviation, int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    std::normal_distribution<double> normal(0, deviation);
    return changed(std::move(picture), [&](int, int, double level) { return level + normal(random); });
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> kKinds = {
        {"Cut", [](auto& a, auto& b, int i) { return panned(i % 8 < 4 ? a : b, i); }},
        {"Flash",
         [](auto& a, auto&, int i) {
             return changed(panned(a, i),
                            [i](int, int, double level) { return level + (i % 4 == 2 ? 70 : 0); });
         }},
        {"Fade",
         [](auto& a, auto&, int i) {
             return changed(panned(a, i), [i](int, int, double level) { return level * (1 - 0.06 * i); });
         }},
        {"CrossFade",
         [](auto& a, auto& b, int i) {
             const LumaImage other = panned(b, i);
             return changed(panned(a, i), [&](int x, int y, double level) {
                 return std::lerp(level, double(other.view().row(y)[x]), i / 12.0);
             });
         }},
        {"Occlusion",
         [](auto& a, auto& b, int i) {
             const LumaImage other = part_of(b, 40, 40);
             return changed(panned(a, i), [&](int x, int y, double level) {
                 const bool covered = std::hypot(x - 15.0 * i, y - 100.0) < 50;
                 return covered ? other.view().row(y)[std::clamp(x - 15 * i + 100, 0, kSampleSide - 1)]
                                : level;
             });
         }},
        {"Strobing", [](auto& a, auto& b, int i) { return panned(i % 2 == 0 ? a : b, 0); }},
        {"RepeatedFrames", [](auto& a, auto&, int i) { return panned(a, i / 2); }},
        {"DroppedFrames", [](auto& a, auto&, int i) { return panned(a, i + i / 3 * 2); }},
        {"BlackFrames",
         [](auto& a, auto&, int i) {
             return changed(panned(a, i), [i](int, int, double level) { return i % 4 == 1 ? 0 : level; });
         }},
        {"NoiseAlone",
         [](auto&, auto&, int) {
             const std::vector<std::uint8_t> grey(std::size_t{kSampleSide} * kSampleSide, 120);
             return LumaImage{kSampleSide, kSampleSide, grey};
         },
         // At quality 15 fast-temporal makes a little of what the JPEGs leave of it.
         8, 0.16},
        {"JumpsOfBlocks", [](auto& a, auto&, int i) { return part_of(a, 8 * (i * 5 % 7), 8 * (i * 3 % 5)); }},
        {"StillWithNoise", [](auto& a, auto&, int) { return panned(a, 0); }, 3},
        {"Still", [](auto& a, auto&, int) { return panned(a, 0); }},
    };
    return kKinds;
}

class TemporalNeverWorse : public testing::TestWithParam<std::string> {
  protected:
    /// Restores a video frame by frame both ways and adds what the frames before gain.
    void restore(const std::vector<LumaImage>& frames, int quality, double noise = 0,
                 double worst_frame = kWorstFrame) {
        const DeblockerOptions options = {.temporal = true};
        Deblocker followed(model, Precision::kAuto, workers, options),
            alone(model, Precision::kAuto, workers);
        int seed = 0;
        for (const LumaImage& pristine : frames) {
            const LumaImage captured = noise > 0 ? grain(pristine, noise, ++seed) : pristine;
            const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(captured.view(), quality);
            JpegReader reader;
            const JpegComponent& luma = reader.read(jpeg).components[0];
            LumaImage with = pristine, without = pristine;
            followed.process(luma, with.view());
            alone.process(luma, without.view());
            const double gain = psnr(pristine.view(), with.view()) - psnr(pristine.view(), without.view());
            if (!std::isfinite(gain)) continue;  // Black frames are restored exactly.
            EXPECT_GE(gain, -worst_frame) << "frame " << &pristine - frames.data() << ", quality " << quality;
            sum += gain;
            ++count;
        }
    }

    void expect_no_loss() const { EXPECT_GE(sum / count, -kWorstMean); }

    std::shared_ptr<const Model> model = load_video_model(GetParam());
    std::shared_ptr<Workers> workers = make_workers(2);
    double sum = 0;
    int count = 0;
};

TEST_P(TemporalNeverWorse, OnPhotographs) {
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos of this preset.";
    const std::vector<LumaImage> photographs = test::whole_photographs();
    for (const Kind& kind : kinds()) {
        SCOPED_TRACE(kind.name);
        sum = count = 0;
        for (const int quality : {15, 40, 75})
            for (std::size_t i = 0; i < photographs.size(); ++i) {
                std::vector<LumaImage> frames;
                for (int frame = 0; frame < kFrames; ++frame)
                    frames.push_back(
                        kind.frame(photographs[i], photographs[(i + 1) % photographs.size()], frame));
                restore(frames, quality, kind.noise, GetParam() == "fast" ? kind.worst_frame : kWorstFrame);
            }
        expect_no_loss();
        RecordProperty(kind.name, std::to_string(sum / count));
    }
}

TEST_P(TemporalNeverWorse, WhatIsAddedDoesNotAddUp) {
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos of this preset.";
    constexpr int kManyFrames = 60;
    const LumaImage photograph = part_of(test::whole_photographs().front(), 20, 30);
    for (const int quality : {10, 40})
        for (const double noise : {1.0, 4.0})
            restore(std::vector<LumaImage>(kManyFrames, photograph), quality, noise);
    expect_no_loss();
}

TEST_P(TemporalNeverWorse, OnScreensThatScroll) {
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos of this preset.";
    for (const int quality : {15, 40, 75})
        for (const LumaImage& screen : test::screens()) {
            std::vector<LumaImage> frames;
            for (int frame = 0; frame < kFrames; ++frame) {
                LumaImage scrolled = screen;
                for (int y = 0; y < kSampleSide; ++y)
                    std::copy_n(screen.view().row((y + 5 * frame) % kSampleSide), kSampleSide,
                                scrolled.view().row(y));
                frames.push_back(scrolled);
            }
            restore(frames, quality);
        }
    expect_no_loss();
}

INSTANTIATE_TEST_SUITE_P(Presets, TemporalNeverWorse, testing::Values("fast", "balanced"),
                         [](const auto& preset) { return preset.param; });

}  // namespace
}  // namespace jpegdeblock
