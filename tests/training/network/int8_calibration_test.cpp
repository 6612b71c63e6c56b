// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/int8_calibration.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>
#include "engine/engine.h"

#include "../../support/drawn_pictures.h"
#include "network/network.h"
#include "patches/jpeg_degradation.h"

namespace jpegdeblock::training {
namespace {

Model trained_looking_model() {
    NetworkDescription description;
    description.channels = 16;
    description.depth = 6;
    const Network network(description, false, 1);
    torch::NoGradGuard no_gradient;
    torch::manual_seed(3);
    for (const auto& [name, value] : network.parameters()) value.add_(torch::randn_like(value) * 0.03);
    return network.export_model("test", {});
}

std::vector<CalibrationBatch> batches() {
    std::vector<CalibrationBatch> result;
    for (const int quality : {10, 30, 80}) {
        LumaImage picture = draw_picture(64, 48, static_cast<unsigned>(quality));
        degrade_luma(picture.samples.data(), 64, 48, ijg_luma_table(quality), picture.samples.data());
        result.push_back(
            {ijg_luma_table(quality),
             torch::from_blob(picture.samples.data(), {1, 1, 48, 64}, torch::kByte).to(torch::kFloat)});
    }
    return result;
}

TEST(LayerEvaluationTest, F32EqualsTheEngine) {
    const Model model = trained_looking_model();
    const CalibrationBatch batch = batches()[1];
    const torch::Tensor expected = evaluate_layers(model, batch.table, batch.input).contiguous();
    const torch::Tensor bytes = batch.input.luma.to(torch::kByte).contiguous();
    Engine engine(std::make_shared<Model>(model), Precision::kF32, make_workers(1));
    torch::Tensor actual = torch::empty_like(expected);
    engine.run({bytes.data_ptr<std::uint8_t>(), 64, 48, 64}, {}, batch.table, actual.data_ptr<float>(), 64);
    EXPECT_LT((actual - expected).abs().max().item<float>(), 1e-3f * expected.abs().max().item<float>());
}

TEST(Int8CalibrationTest, StaysCloseToF32AndClippingNeverMakesItWorse) {
    const Model model = trained_looking_model();
    const auto calibration = batches();
    const Int8Parameters parameters = calibrate_int8(model, calibration);
    EXPECT_LT(int8_error(model, parameters, calibration), 0.01);
    Model stored = model;
    set_int8_parameters(stored, parameters);
    EXPECT_NO_THROW(validate(stored, "the model"));
    const Int8Parameters read = int8_parameters(stored);
    EXPECT_NEAR(int8_error(stored, read, calibration), int8_error(model, parameters, calibration), 1e-6);
}

TEST(Int8CalibrationTest, TheEngineMatchesTheReferenceWithinOneLevel) {
    auto model = std::make_shared<Model>(trained_looking_model());
    const auto calibration = batches();
    set_int8_parameters(*model, calibrate_int8(*model, calibration));
    const Int8Parameters parameters = int8_parameters(*model);
    std::unique_ptr<Engine> engine;
    try {
        engine = std::make_unique<Engine>(model, Precision::kInt8, make_workers(1));
    } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::kUnsupported) << error.what();
        GTEST_SKIP() << "this CPU has no int8: " << error.what();
    }
    for (const CalibrationBatch& batch : calibration) {
        const torch::Tensor expected =
            evaluate_layers(*model, batch.table, batch.input, &parameters).contiguous();
        const torch::Tensor bytes = batch.input.luma.to(torch::kByte).contiguous();
        torch::Tensor actual = torch::empty_like(expected);
        engine->run({bytes.data_ptr<std::uint8_t>(), 64, 48, 64}, {}, batch.table, actual.data_ptr<float>(),
                    64);
        EXPECT_LE((actual - expected).abs().max().item<float>(), 1.0f);
        EXPECT_LT((actual - expected).abs().mean().item<float>(), 0.02f);
        EXPECT_GT(expected.abs().max().item<float>(), 1.0f);
    }
}

TEST(Int8CalibrationTest, WeightsFillEightBits) {
    const Model model = trained_looking_model();
    const Int8Parameters parameters = calibrate_int8(model, batches());
    for (int c = 0; c < 16; ++c) {
        const float* weights = model.tensor("layers.2.weight").as<float>() + c * 144;
        const float scale = parameters.weight_scale[2].data_ptr<float>()[c];
        float largest = 0;
        for (int i = 0; i < 144; ++i) largest = std::max(largest, std::abs(weights[i]));
        EXPECT_FLOAT_EQ(largest, 127 * scale);
    }
    EXPECT_GT(int8_weight_scales(torch::zeros({2, 1, 3, 3})).min().item<float>(), 0);
}

}  // namespace
}  // namespace jpegdeblock::training
