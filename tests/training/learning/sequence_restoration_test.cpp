// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/sequence_restoration.h"

#include <gtest/gtest.h>

#include <vector>

#include "../../support/drawn_pictures.h"
#include "learning/moved_frame.h"
#include "patches/jpeg_degradation.h"
#include "restore/deblocker.h"
#include "restore/projection.h"
#include "sequences/sequence_source.h"
#include "temporal/padded_plane.h"
#include "temporal/warp.h"

namespace jpegdeblock::training {
namespace {

torch::Tensor to_tensor(const std::vector<std::uint8_t>& samples, int width, int height) {
    return torch::from_blob(const_cast<std::uint8_t*>(samples.data()), {1, 1, height, width}, torch::kByte)
        .to(torch::kFloat);
}

torch::Tensor to_tensor(const QuantizationTable& table) {
    torch::Tensor steps = torch::empty({1, 64});
    std::copy(table.step.begin(), table.step.end(), steps.data_ptr<float>());
    return steps;
}

TEST(SequenceRestorationTest, ProjectsAsTheLibraryDoes) {
    constexpr int kWidth = 72, kHeight = 48;
    const LumaImage picture = draw_picture(kWidth, kHeight, 3), other = draw_picture(kWidth, kHeight, 4);
    const QuantizationTable table = ijg_luma_table(25);
    std::vector<std::uint8_t> decoded(picture.samples.size()), expected = decoded, shown = decoded;
    degrade_luma(picture.samples.data(), kWidth, kHeight, table, decoded.data());
    const std::vector<float> share(kWidth / 8 * kHeight / 8, 0.5f);
    const auto plane = [](std::vector<std::uint8_t>& samples) {
        return Plane{samples.data(), kWidth, kHeight, kWidth};
    };
    std::vector<std::int8_t> lighter(share.size());
    project_history(plane(decoded), {}, table, other.view(), share.data(), 0, kHeight / 8,
                    {plane(expected), plane(shown), lighter.data()});
    const torch::Tensor projected = project(to_tensor(other.samples, kWidth, kHeight),
                                            to_tensor(decoded, kWidth, kHeight), to_tensor(table));
    const torch::Tensor difference = (projected.clamp(0, 255) - to_tensor(expected, kWidth, kHeight)).abs();
    EXPECT_LT(difference.max().item<float>(), 0.51f);
}

TEST(MovedFrameTest, PassesGradientsTheWayThatSamplesCame) {
    constexpr int kSide = 40;
    LumaImage before = draw_picture(kSide, kSide, 5);
    MotionField motion(kSide / 8, kSide / 8);
    BlockMap ages(kSide / 8, kSide / 8, 3);
    for (int y = 0; y < motion.rows(); ++y)
        for (int x = 0; x < motion.columns(); ++x)
            motion.row(y)[x] = {static_cast<std::int16_t>(7 * x - 13), static_cast<std::int16_t>(5 - 3 * y)};
    ages.row(2)[2] = 0;
    const auto moved_from = [&](const LumaImage& picture) {
        PaddedPlane padded;
        padded.resize(kSide, kSide);
        padded.copy_rows(picture.view(), 0, kSide);
        LumaImage moved{kSide, kSide, std::vector<std::uint8_t>(kSide * kSide, 100)};
        for (int row = 0; row < kSide / 8; ++row) warp(padded, motion, {kSide, kSide, {}}, row, moved.view());
        for (int y = 16; y < 24; ++y) std::fill_n(moved.view().row(y) + 16, 8, std::uint8_t{100});
        return moved;
    };
    // Filters are linear: what the gradient of a weighted sum predicts for a change of some samples is what
    // comes of it, but for rounding.
    torch::manual_seed(1);
    const torch::Tensor weight = torch::randn({1, 1, kSide, kSide});
    torch::Tensor state = to_tensor(before.samples, kSide, kSide).requires_grad_();
    const LumaImage moved = moved_from(before);
    const torch::Tensor output =
        moved_frame(state, {{motion, ages}}, to_tensor(moved.samples, kSide, kSide).to(torch::kByte));
    EXPECT_TRUE(torch::equal(output, to_tensor(moved.samples, kSide, kSide)));
    (output * weight).sum().backward();
    LumaImage changed = before;
    for (int y = 10; y < 26; ++y)
        for (int x = 6; x < 30; ++x) {
            std::uint8_t& sample = changed.view().row(y)[x];
            sample = static_cast<std::uint8_t>(sample < 128 ? sample + 60 : sample - 60);
        }
    const torch::Tensor step = to_tensor(changed.samples, kSide, kSide) - state.detach();
    const torch::Tensor effect = to_tensor(moved_from(changed).samples, kSide, kSide) - output.detach();
    const double predicted = (state.grad() * step).sum().item<double>();
    const double found = (effect * weight).sum().item<double>();
    EXPECT_NEAR(predicted, found, 0.02 * std::abs(found) + 30);
    EXPECT_GT(std::abs(found), 100);
}

TEST(SequenceRestorationTest, DoesWhatTheLibraryDoes) {
    NetworkDescription description;
    description.channels = 16;
    description.depth = 4;
    description.temporal = true;
    Network network(description, false, 3);
    torch::NoGradGuard no_gradient;
    for (const auto& [name, value] : network.parameters())
        if (name == "layers.3.weight") value.mul_(30);
    const auto model = std::make_shared<const Model>(network.export_model("temporal", {}));

    std::vector<LumaImage> drawn = {draw_picture(160, 160, 1), draw_picture(160, 160, 2)};
    const PatchBatch batch = SequenceSource({{drawn, 1.0}}, 3, 64, 4, QualityDistribution(), 5).make_batch(1);
    const RestoredSequences restored = restore_sequences(network, to_tensors(batch, description));
    double difference = 0, change = 0;
    for (int patch = 0; patch < batch.count; ++patch) {
        Deblocker deblocker(model, Precision::kF32, make_workers(1), {.temporal = true});
        for (int frame = 0; frame < batch.frames; ++frame) {
            const auto index = static_cast<std::size_t>(frame * batch.count + patch);
            LumaImage decoded{64, 64, {}};
            for (std::size_t i = 0; i < 64 * 64; ++i)
                decoded.samples.push_back(static_cast<std::uint8_t>(batch.compressed[index * 64 * 64 + i]));
            LumaImage shown = decoded;
            deblocker.process(decoded.view(), shown.view(), batch.tables[index], GridOffset());
            const torch::Tensor before = to_tensor(decoded.samples, 64, 64);
            const torch::Tensor expected =
                project(before + restored.residuals[static_cast<std::int64_t>(index)].unsqueeze(0), before,
                        to_tensor(batch.tables[index]))
                    .clamp(0, 255);
            const torch::Tensor found = to_tensor(shown.samples, 64, 64);
            difference += (found - expected).abs().mean().item<double>();
            change += (found - before).abs().mean().item<double>();
        }
    }
    EXPECT_GT(change / 12, 1.0);
    // Rounding to levels is a quarter of one in the mean; where it decides a vector the frames differ more.
    EXPECT_LT(difference / 12, 0.4);
    EXPECT_GT(restored.history.abs().max().item<float>(), 0.05f);
    EXPECT_EQ(restored.history.narrow(0, 0, 3).abs().max().item<float>(), 0.0f);
}

}  // namespace
}  // namespace jpegdeblock::training
