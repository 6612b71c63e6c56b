// SPDX-License-Identifier: LGPL-2.1-or-later
// Unchanged tiles: whatever is reused, every byte must be as if nothing had been.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"

#include "../engine/reference_network.h"
#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

using Samples = std::vector<std::uint8_t>;

NetworkDescription grid_network(int scale, int channels, int depth) {
    NetworkDescription network;
    network.scale = scale;
    network.channels = channels;
    network.depth = depth;
    network.condition_width = 8;
    return network;
}

NetworkDescription blind_network() {
    NetworkDescription network = grid_network(1, 16, 5);
    network.architecture = Architecture::kDncnn;
    network.conditioned = network.phase_bias = false;
    network.skip_interval = 0;
    network.output_scale = 10.0f;
    network.range = LumaRange::kLimited;
    return network;
}

/// A stream that is restored with and without reuse.
class Stream {
  public:
    Stream(const NetworkDescription& network, Precision precision, int width, int height)
        : width_(width), height_(height) {
        const auto model = std::make_shared<const Model>(test::random_model(network, 5));
        reusing = std::make_unique<Deblocker>(model, precision, make_workers(2));
        plain = std::make_unique<Deblocker>(model, precision, make_workers(1),
                                            DeblockerOptions{.reuse_unchanged = false});
        frame = test::synthetic_picture(width, height).samples;
    }

    /// Restores `frame` both ways.
    FrameReport expect_equal(const std::string& what) {
        const int stride = width_ + 3;
        Samples expected(frame.size());
        plain->process(plane(frame), {expected.data(), width_, height_, width_}, table, offset);

        Samples padded(static_cast<std::size_t>(stride * height_), 77);
        const FrameReport report =
            reusing->process(plane(frame), {padded.data(), width_, height_, stride}, table, offset);
        for (int y = 0; y < height_; ++y) {
            const auto row = padded.begin() + y * stride;
            EXPECT_TRUE(std::equal(row, row + width_, expected.begin() + y * width_))
                << what << ", row " << y;
            EXPECT_EQ(std::count(row + width_, row + stride, 77), stride - width_) << what << ", row " << y;
            if (testing::Test::HasFailure()) break;
        }
        EXPECT_EQ(report.tiles_computed + report.tiles_reused, tiles()) << what;
        EXPECT_EQ(report.tiles_passed, 0) << what;
        return report;
    }

    /// Two frames, so that the second is kept.
    void begin() {
        expect_equal("first");
        expect_equal("second");
    }

    void change(int left, int top, int width, int height) {
        for (int y = std::max(0, top); y < std::min(height_, top + height); ++y)
            for (int x = std::max(0, left); x < std::min(width_, left + width); ++x)
                frame[static_cast<std::size_t>(y * width_ + x)] ^= 1 + generator() % 255;
    }

    int tiles() const { return (width_ + offset.x + 7) / 8 * ((height_ + offset.y + 7) / 8); }
    ConstPlane plane(const Samples& samples) const { return {samples.data(), width_, height_, width_}; }

    std::unique_ptr<Deblocker> reusing, plain;
    Samples frame;
    QuantizationTable table = ijg_luma_table(25);
    GridOffset offset;
    std::mt19937 generator{7};

  private:
    int width_, height_;
};

TEST(Reuse, StillFramesAreComputedUntilTheyAreKnownToBeAStream) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 203, 117);
    EXPECT_EQ(stream.expect_equal("first").tiles_computed, stream.tiles());
    EXPECT_EQ(stream.expect_equal("second, which is kept").tiles_computed, stream.tiles());
    for (int i = 0; i < 5; ++i) EXPECT_EQ(stream.expect_equal("still").tiles_reused, stream.tiles());
}

class ReuseOfNetworks : public testing::TestWithParam<std::tuple<NetworkDescription, Precision>> {};

TEST_P(ReuseOfNetworks, ChangesAnywhere) {
    const auto& [network, precision] = GetParam();
    const int width = 381, height = 290;
    std::unique_ptr<Stream> made;
    try {
        made = std::make_unique<Stream>(network, precision, width, height);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::kUnsupported) GTEST_SKIP() << error.what();
        throw;
    }
    Stream& stream = *made;
    stream.offset = {5, 2};
    stream.begin();
    for (const auto& [x, y] : {std::pair{0, 0}, std::pair{width - 1, 0}, std::pair{0, height - 1},
                               std::pair{width - 1, height - 1}, std::pair{width / 2, 0},
                               std::pair{0, height / 2}, std::pair{190, 140}, std::pair{91, 93}}) {
        stream.change(x, y, 1, 1);
        const std::string what = "a sample at " + std::to_string(x) + ", " + std::to_string(y);
        EXPECT_GT(stream.expect_equal(what).tiles_reused, stream.tiles() / 2) << what;
    }
    for (int x = -8; x < width; x += 61) {
        stream.change(x, x / 2, 24, 24);
        EXPECT_GT(stream.expect_equal("a moving block").tiles_reused, 0);
    }
    stream.change(0, 100, width, 3);
    EXPECT_GT(stream.expect_equal("rows").tiles_reused, 0);
    stream.change(200, 0, 3, height);
    EXPECT_GT(stream.expect_equal("columns").tiles_reused, 0);
    stream.change(0, 0, 9, 9);
    stream.change(width - 9, height - 9, 9, 9);
    EXPECT_GT(stream.expect_equal("opposite corners").tiles_reused, stream.tiles() / 4);
    stream.change(0, 0, width, height);
    EXPECT_EQ(stream.expect_equal("everything").tiles_reused, 0);
}

INSTANTIATE_TEST_SUITE_P(All, ReuseOfNetworks,
                         testing::Combine(testing::Values(grid_network(2, 32, 5), grid_network(2, 16, 6),
                                                          grid_network(1, 16, 4), grid_network(4, 24, 3),
                                                          blind_network()),
                                          testing::Values(Precision::kF32, Precision::kBf16)),
                         [](const auto& info) {
                             const NetworkDescription& network = std::get<0>(info.param);
                             return "s" + std::to_string(network.scale) + "c" +
                                    std::to_string(network.channels) + "d" + std::to_string(network.depth) +
                                    name_of(std::get<1>(info.param));
                         });

TEST(Reuse, RandomChanges) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 330, 250);
    int reused = 0;
    for (int i = 0; i < 60; ++i) {
        const int changes = static_cast<int>(stream.generator() % 6);
        for (int j = 0; j < changes; ++j)
            stream.change(
                static_cast<int>(stream.generator() % 330), static_cast<int>(stream.generator() % 250),
                static_cast<int>(1 + stream.generator() % 40), static_cast<int>(1 + stream.generator() % 40));
        reused += stream.expect_equal("frame " + std::to_string(i)).tiles_reused;
    }
    EXPECT_GT(reused, 10 * stream.tiles());
}

TEST(Reuse, ManySmallChangesAtOnce) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 640, 480);
    stream.begin();
    for (const int distance : {64, 90, 130, 200}) {
        for (int y = 0; y < 480; y += distance)
            for (int x = 0; x < 640; x += distance) stream.change(x, y, 1, 1);
        stream.expect_equal("samples every " + std::to_string(distance));
    }
}

TEST(Reuse, NothingSurvivesAnotherTableOptionGridSizeOrReset) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 160, 120);
    const auto computes_all = [&](const std::string& what) {
        EXPECT_EQ(stream.expect_equal(what).tiles_computed, stream.tiles()) << what;
        EXPECT_EQ(stream.expect_equal(what + ", again").tiles_computed, stream.tiles()) << what;
        EXPECT_EQ(stream.expect_equal(what + ", once more").tiles_reused, stream.tiles()) << what;
    };
    const auto set = [&](DeblockerOptions options) {
        stream.reusing->set_options(options);
        options.reuse_unchanged = false;
        stream.plain->set_options(options);
    };
    computes_all("first");
    stream.table = ijg_luma_table(40);
    computes_all("table");
    ++stream.table.step[63];
    computes_all("one step of the table");
    set({.strength = 0.5f});
    computes_all("strength");
    set({.strength = 0.5f, .bounded = false});
    computes_all("bounded");
    stream.offset = {4, 0};
    computes_all("offset");
    stream.reusing->reset();
    computes_all("reset");

    const Samples small(32 * 24, 100);
    Samples out(small.size());
    const FrameReport report =
        stream.reusing->process({small.data(), 32, 24, 32}, {out.data(), 32, 24, 32}, stream.table);
    EXPECT_EQ(report.tiles_computed, 12);
    computes_all("size");
}

TEST(Reuse, CanBeSwitchedOff) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 160, 120);
    stream.reusing->set_options({.reuse_unchanged = false});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(stream.expect_equal("off").tiles_reused, 0);
    stream.reusing->set_options({});
    stream.expect_equal("on");
    EXPECT_EQ(stream.expect_equal("on").tiles_reused, stream.tiles());
}

TEST(Reuse, IsFoundAgainAfterMovingContent) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 160, 120);
    for (int i = 0; i < 30; ++i) {
        stream.change(0, 0, 160, 120);
        EXPECT_EQ(stream.expect_equal("moving").tiles_reused, 0);
    }
    int frames = 0;
    while (stream.expect_equal("still").tiles_reused == 0) ASSERT_LT(++frames, 30);
}

TEST(Reuse, InPlace) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 203, 117);
    for (int i = 0; i < 12; ++i) {
        if (i % 3 != 0) stream.change(16 * i, 8 * i, 20, 20);
        Samples expected(stream.frame.size()), in_place = stream.frame;
        stream.plain->process(stream.plane(stream.frame), {expected.data(), 203, 117, 203}, stream.table);
        const Plane same = {in_place.data(), 203, 117, 203};
        const FrameReport report = stream.reusing->process(same, same, stream.table);
        EXPECT_EQ(in_place, expected) << "frame " << i;
        EXPECT_EQ(report.tiles_reused > 0, i > 1);
    }
}

TEST(Reuse, FramesBetweenThatPassDoNoHarm) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 160, 120);
    stream.begin();
    stream.reusing->set_options({.strength = 0.0f});
    Samples out(stream.frame.size());
    const FrameReport report =
        stream.reusing->process(stream.plane(stream.frame), {out.data(), 160, 120, 160}, stream.table);
    EXPECT_FALSE(report.changed);
    EXPECT_EQ(report.tiles_computed + report.tiles_reused + report.tiles_passed, 0);
    stream.reusing->set_options({});
    stream.change(50, 50, 10, 10);
    stream.expect_equal("after");
}

TEST(Reuse, PlanesOfAFewSamples) {
    for (const auto& [width, height] : {std::pair{1, 1}, std::pair{7, 5}, std::pair{8, 8}, std::pair{9, 1}})
        for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{7, 7}, GridOffset{1, 4}}) {
            Stream stream(grid_network(2, 16, 4), Precision::kF32, width, height);
            stream.offset = offset;
            stream.begin();
            EXPECT_EQ(stream.expect_equal("still").tiles_reused, stream.tiles());
            stream.change(width - 1, height - 1, 1, 1);
            EXPECT_EQ(stream.expect_equal("changed").tiles_reused, 0);
        }
}

// The time left.

using std::chrono::hours;
using std::chrono::nanoseconds;

TEST(TimeLeft, NoneAtAllPassesTheFrame) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 203, 117);
    for (const nanoseconds time : {nanoseconds(0), nanoseconds(-5), nanoseconds(1)}) {
        Samples out(stream.frame.size());
        stream.expect_equal("a frame that tells the time needed");
        stream.change(0, 0, 203, 117);
        const FrameReport report = stream.reusing->process(
            stream.plane(stream.frame), {out.data(), 203, 117, 203}, stream.table, {}, time);
        EXPECT_TRUE(report.changed);
        EXPECT_EQ(report.tiles_passed, stream.tiles());
        EXPECT_EQ(out, stream.frame);
    }
    EXPECT_EQ(stream.expect_equal("caught up").tiles_computed, stream.tiles());
}

TEST(TimeLeft, EnoughChangesNothing) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 203, 117);
    for (int i = 0; i < 4; ++i) {
        stream.change(50, 50, 40, 40);
        Samples expected(stream.frame.size()), out(stream.frame.size());
        stream.plain->process(stream.plane(stream.frame), {expected.data(), 203, 117, 203}, stream.table);
        const FrameReport report = stream.reusing->process(
            stream.plane(stream.frame), {out.data(), 203, 117, 203}, stream.table, {}, hours(1));
        EXPECT_EQ(report.tiles_passed, 0);
        EXPECT_EQ(out, expected);
    }
}

TEST(TimeLeft, UnchangedTilesAreReusedEvenWithoutAny) {
    Stream stream(grid_network(2, 16, 4), Precision::kF32, 203, 117);
    stream.begin();
    Samples expected(stream.frame.size()), out(stream.frame.size());
    stream.plain->process(stream.plane(stream.frame), {expected.data(), 203, 117, 203}, stream.table);
    const FrameReport report = stream.reusing->process(
        stream.plane(stream.frame), {out.data(), 203, 117, 203}, stream.table, {}, nanoseconds(0));
    EXPECT_EQ(report.tiles_reused, stream.tiles());
    EXPECT_EQ(out, expected);
}

TEST(TimeLeft, AShortOneRestoresStripsUntilAStillPictureIsWhole) {
    Stream stream(grid_network(2, 32, 6), Precision::kF32, 640, 480);
    Samples expected(stream.frame.size()), out(stream.frame.size());
    stream.plain->process(stream.plane(stream.frame), {expected.data(), 640, 480, 640}, stream.table);
    const Plane to = {out.data(), 640, 480, 640};
    // The very first frame is not known to fit: one strip is tried.
    FrameReport report =
        stream.reusing->process(stream.plane(stream.frame), to, stream.table, {}, nanoseconds(1000));
    for (nanoseconds time = std::chrono::microseconds(100); report.tiles_passed > 0; time = time * 5 / 4) {
        ASSERT_LT(time, hours(1));
        for (std::size_t i = 0; i < out.size(); ++i)
            ASSERT_TRUE(out[i] == expected[i] || out[i] == stream.frame[i]) << i;
        report = stream.reusing->process(stream.plane(stream.frame), to, stream.table, {}, time);
    }
    EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace jpegdeblock
