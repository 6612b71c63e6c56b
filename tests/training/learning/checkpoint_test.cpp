// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/checkpoint.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>

#include "../../support/temporary_folder.h"

namespace jpegdeblock::training {
namespace {

NetworkDescription small_network() {
    NetworkDescription description;
    description.channels = 4;
    description.depth = 3;
    return description;
}

struct Fixture {
    explicit Fixture(std::uint64_t seed)
        : network(small_network(), false, seed), optimizer(tensors(), torch::optim::AdamOptions(0.01)) {
        for (const auto& [name, value] : network.parameters())
            average.emplace_back(name, value.detach().clone());
    }
    std::vector<torch::Tensor> tensors() const {
        std::vector<torch::Tensor> result;
        for (const auto& [name, value] : network.parameters()) result.push_back(value);
        return result;
    }
    void step() {
        optimizer.zero_grad();
        network.forward(torch::full({1, 1, 16, 16}, 90.0f), torch::full({1, 64}, 9.0f))
            .square()
            .sum()
            .backward();
        optimizer.step();
    }
    Network network;
    NamedTensors average;
    torch::optim::Adam optimizer;
};

TEST(CheckpointTest, GoesOnExactlyWhereItStopped) {
    const test::TemporaryFolder folder;
    Fixture original(1), restored(2);
    for (int i = 0; i < 3; ++i) original.step();
    save_checkpoint(folder.file("c"), "settings", {3, 1.5, 768, 0.25}, original.network, original.average,
                    original.optimizer);
    const TrainingState state =
        load_checkpoint(folder.file("c"), "settings", restored.network, restored.average, restored.optimizer);
    EXPECT_EQ(state.step, 3u);
    EXPECT_EQ(state.seconds, 1.5);
    EXPECT_EQ(state.pixels, 768);
    EXPECT_EQ(state.smoothed_loss, 0.25);
    for (int i = 0; i < 2; ++i) {
        original.step();
        restored.step();
    }
    for (std::size_t i = 0; i < original.average.size(); ++i) {
        EXPECT_TRUE(torch::equal(original.average[i].second, restored.average[i].second));
        EXPECT_TRUE(
            torch::equal(original.network.parameters()[i].second, restored.network.parameters()[i].second));
    }
}

TEST(CheckpointTest, RefusesOtherSettingsAndDamage) {
    const test::TemporaryFolder folder;
    Fixture fixture(1);
    fixture.step();
    save_checkpoint(folder.file("c"), "settings", {}, fixture.network, fixture.average, fixture.optimizer);
    try {
        load_checkpoint(folder.file("c"), "others", fixture.network, fixture.average, fixture.optimizer);
        FAIL() << "other settings were accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
        EXPECT_NE(std::string(error.what()).find("settings"), std::string::npos);
    }
    const auto size = std::filesystem::file_size(folder.file("c"));
    std::filesystem::resize_file(folder.file("c"), size / 2);
    EXPECT_THROW(
        load_checkpoint(folder.file("c"), "settings", fixture.network, fixture.average, fixture.optimizer),
        Error);
    EXPECT_THROW(load_checkpoint(folder.file("absent"), "settings", fixture.network, fixture.average,
                                 fixture.optimizer),
                 Error);
}

}  // namespace
}  // namespace jpegdeblock::training
