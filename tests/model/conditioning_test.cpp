// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>

#include "model/model.h"

#include "expect_error.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;
using testing::SizeIs;

void fill(Model& model, const char* tensor, const std::vector<float>& values) {
    Tensor& target = model.tensors.at(tensor);
    ASSERT_EQ(static_cast<std::size_t>(target.elements()), values.size());
    std::copy(values.begin(), values.end(), target.as<float>());
}

/// One channel, two modulated layers, two hidden units: the first sees steps 0 and 8, the second step 63.
Model tiny_model() {
    NetworkDescription network;
    network.channels = 1;
    network.depth = 3;
    network.condition_width = 2;
    Model model = test::sample_model(network);
    std::vector<float> first(2 * 64, 0.0f);
    first[0] = 1.0f;
    first[8] = -0.5f;
    first[64 + 63] = 2.0f;
    fill(model, "condition.0.weight", first);
    fill(model, "condition.0.bias", {0.25f, -0.5f});
    fill(model, "condition.1.weight", {1, 0, 0, 1, 2, 3, -1, -2});
    fill(model, "condition.1.bias", {0, 0.125f, -1, 10});
    return model;
}

TEST(Conditioning, RefusesAStepOfZero) {
    QuantizationTable table;
    table.step[17] = 0;
    expect_error(ErrorCode::kInvalidArgument, {"step is 0"},
                 [&] { evaluate_conditioning(tiny_model(), table); });
}

TEST(Conditioning, NamesAMissingTensor) {
    Model model = tiny_model();
    model.tensors.erase("condition.1.bias");
    expect_error(ErrorCode::kInvalidFile, {"'sample'", "'condition.1.bias'"},
                 [&] { evaluate_conditioning(model, {}); });
}

TEST(Conditioning, IsNeutralForBlindNetworks) {
    const Conditioning result = evaluate_conditioning(test::sample_dncnn(), ijg_luma_table(10));
    EXPECT_THAT(result.gain, AllOf(SizeIs(9), Each(1.0f)));
    EXPECT_THAT(result.shift, AllOf(SizeIs(9), Each(0.0f)));
}

TEST(Conditioning, EqualsThePerceptronWorkedOutByHand) {
    QuantizationTable table;
    table.step[0] = 100;  // z = ln(100) / 2 - 1 = 1.3025851
    table.step[8] = 16;   // z = ln(16) / 2 - 1 = 0.3862944
    table.step[63] = 20;  // z = ln(20) / 2 - 1 = 0.4978661
    // hidden: 1.3025851 - 0.5 * 0.3862944 + 0.25 = 1.3594379; 2 * 0.4978661 - 0.5 = 0.4957323
    // outputs: 1.3594379; 0.4957323 + 0.125; 2 * 1.3594379 + 3 * 0.4957323 - 1; 10 - 1.3594379 - 2 *
    // 0.4957323
    const Conditioning result = evaluate_conditioning(tiny_model(), table);
    EXPECT_THAT(result.gain, ElementsAre(FloatNear(2.3594379f, 1e-6f), FloatNear(4.2060727f, 1e-6f)));
    EXPECT_THAT(result.shift, ElementsAre(FloatNear(0.6207323f, 1e-6f), FloatNear(7.6490975f, 1e-6f)));
}

TEST(Conditioning, RectifiesHiddenUnits) {
    // All steps 1, z = -1: both hidden units are negative, so that the last bias alone remains.
    const Conditioning result = evaluate_conditioning(tiny_model(), QuantizationTable());
    EXPECT_THAT(result.gain, ElementsAre(1.0f, 0.0f));
    EXPECT_THAT(result.shift, ElementsAre(0.125f, 10.0f));
}

TEST(Conditioning, SeparatesLayersBeforeGainsAndShifts) {
    Model model = test::sample_grid();  // 2 channels, 2 modulated layers
    fill(model, "condition.1.weight", std::vector<float>(8, 0.0f));
    fill(model, "condition.1.bias", {1, 2, 3, 4, 5, 6, 7, 8});
    const Conditioning result = evaluate_conditioning(model, ijg_luma_table(50));
    EXPECT_THAT(result.gain, ElementsAre(2, 3, 6, 7));
    EXPECT_THAT(result.shift, ElementsAre(3, 4, 7, 8));
}

}  // namespace
}  // namespace jpegdeblock
