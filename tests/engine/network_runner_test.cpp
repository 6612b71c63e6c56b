// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/network_runner.h"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

#include <jpegdeblock/error.h>

#include "engine/precision.h"
#include "reference_network.h"

namespace jpegdeblock {
namespace {

NetworkDescription network_of(int scale, int skip_interval) {
    NetworkDescription network;
    network.scale = scale;
    network.channels = 16;
    network.depth = 6;
    network.skip_interval = skip_interval;
    return network;
}

/// What the runner leaves alone keeps this value.
constexpr float kUntouched = 1e30f;

std::vector<float> run(NetworkRunner& runner, ConstPlane luma, GridOffset offset, BlockRows rows) {
    std::vector<float> residual(static_cast<std::size_t>(luma.width) * luma.height, kUntouched);
    runner.run({luma, offset}, {{}, offset}, ijg_luma_table(35), rows, residual.data(), luma.width);
    return residual;
}

std::vector<float> run(NetworkRunner& runner, ConstPlane luma, GridOffset offset) {
    return run(runner, luma, offset, {0, (luma.height + offset.y + 7) / 8});
}

bool cpu_has(const Model& model, Precision precision) {
    try {
        return choose_precision(model, precision) == precision;
    } catch (const Error&) {
        return false;
    }
}

TEST(NetworkRunner, WindowsDoNotShow) {
    for (const auto& [scale, precision] : {std::pair{1, Precision::kF32},
                                           {2, Precision::kF32},
                                           {4, Precision::kF32},
                                           {8, Precision::kF32},
                                           {2, Precision::kInt8}}) {
        const auto model =
            std::make_shared<const Model>(test::random_int8_model(network_of(scale, scale == 4 ? 3 : 2), 7));
        if (!cpu_has(*model, precision)) continue;
        const int width = 24, height = 1000;
        const auto samples = test::random_luma(width, height, 8);
        const ConstPlane luma{samples.data(), width, height, width};
        NetworkRunner whole(model, precision, make_workers(1));
        const auto expected = run(whole, luma, {2, 5});
        // Bytes of activations: for the fewest rows that its halo allows, and for more.
        for (const std::size_t bytes : {std::size_t{1}, std::size_t{200000}}) {
            NetworkRunner runner(model, precision, make_workers(2), bytes);
            EXPECT_EQ(run(runner, luma, {2, 5}), expected)
                << scale << ", " << name_of(precision) << ", " << bytes;
        }
    }
}

TEST(NetworkRunner, RowsAreThoseOfTheWhole) {
    for (const auto& [scale, precision] : {std::pair{1, Precision::kF32},
                                           {2, Precision::kF32},
                                           {4, Precision::kBf16},
                                           {8, Precision::kF32},
                                           {2, Precision::kInt8}}) {
        const auto model = std::make_shared<const Model>(test::random_int8_model(network_of(scale, 2), 7));
        if (!cpu_has(*model, precision)) continue;
        const int width = 40, height = 397;
        const GridOffset offset = {3, 6};
        const int all = (height + offset.y + 7) / 8;
        const auto samples = test::random_luma(width, height, 8), other = test::random_luma(width, height, 9);
        const ConstPlane luma{samples.data(), width, height, width};
        for (const std::size_t bytes : {NetworkRunner::kActivationBytes, std::size_t{1}}) {
            NetworkRunner runner(model, precision, make_workers(2), bytes);
            const auto expected = run(runner, luma, offset);
            for (const BlockRows rows :
                 {BlockRows{0, 1}, {0, 20}, {7, 8}, {13, 30}, {all - 1, all}, {1, all}, {0, all}}) {
                // What lies in the memory of the activations must not show.
                run(runner, {other.data(), width, height, width}, offset);
                const auto part = run(runner, luma, offset, rows);
                const int first = std::max(0, 8 * rows.first - offset.y) * width,
                          last = std::min(height, 8 * rows.last - offset.y) * width;
                for (int i = 0; i < width * height; ++i)
                    ASSERT_EQ(part[static_cast<std::size_t>(i)],
                              i >= first && i < last ? expected[static_cast<std::size_t>(i)] : kUntouched)
                        << "scale " << scale << ", " << name_of(precision) << ", blocks " << rows.first
                        << " to " << rows.last << ", row " << i / width;
            }
        }
    }
}

TEST(NetworkRunner, PreparedWeightsAreSharedAndForgotten) {
    const auto model = std::make_shared<const Model>(test::random_model(network_of(2, 2), 7));
    const NetworkPlan plan(*model, Precision::kF32, 32, 32, NetworkRunner::kActivationBytes);
    const QuantizationTable first = ijg_luma_table(30), second = ijg_luma_table(31);
    auto prepared = prepare_network(model, first, plan.layouts());
    EXPECT_EQ(prepare_network(model, first, plan.layouts()), prepared);
    EXPECT_NE(prepare_network(model, second, plan.layouts()), prepared);
    const std::weak_ptr<const PreparedNetwork> watched = prepared;
    prepared.reset();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(model.use_count(), 1);
}

TEST(NetworkRunner, Int8WeightsServeEveryTable) {
    const auto model = std::make_shared<const Model>(test::random_int8_model(network_of(2, 2), 7));
    if (!cpu_has(*model, Precision::kInt8)) GTEST_SKIP() << "oneDNN has no kernels for integers on this CPU.";
    const NetworkPlan plan(*model, Precision::kInt8, 32, 32, NetworkRunner::kActivationBytes);
    const auto first = prepare_network(model, ijg_luma_table(30), plan.layouts());
    const auto second = prepare_network(model, ijg_luma_table(60), plan.layouts());
    for (std::size_t layer = 0; layer < first->layers.size(); ++layer)
        EXPECT_EQ(first->layers[layer].weights[0].get_data_handle(),
                  second->layers[layer].weights[0].get_data_handle())
            << "layer " << layer;
    const auto gain = [](const PreparedNetwork& network) {
        return *static_cast<const float*>(network.layers.front().factors.get_data_handle());
    };
    EXPECT_NE(gain(*first), gain(*second));
}

TEST(NetworkRunner, UnconditionedWeightsServeEveryTable) {
    NetworkDescription network = network_of(2, 2);
    network.conditioned = false;
    const auto model = std::make_shared<const Model>(test::random_model(network, 7));
    const NetworkPlan plan(*model, Precision::kF32, 32, 32, NetworkRunner::kActivationBytes);
    EXPECT_EQ(prepare_network(model, ijg_luma_table(30), plan.layouts()),
              prepare_network(model, ijg_luma_table(31), plan.layouts()));
}

}  // namespace
}  // namespace jpegdeblock
