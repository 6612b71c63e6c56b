// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "engine/engine.h"

#include "reference_network.h"

namespace jpegdeblock {
namespace {

using test::random_int8_model;
using test::random_luma;
using test::random_model;
using test::reference_int8_residual;
using test::reference_residual;
using test::with_weight_scales_of_this_cpu;

struct Size {
    int width, height;
};

struct Picture {
    Picture(Size size, std::uint32_t seed)
        : width(size.width), height(size.height), samples(random_luma(width, height, seed)) {}
    ConstPlane view() const { return {samples.data(), width, height, width}; }

    int width, height;
    std::vector<std::uint8_t> samples;
};

std::vector<float> run(Engine& engine, const Picture& picture, GridOffset offset,
                       const QuantizationTable& table) {
    std::vector<float> residual(picture.samples.size(), NAN);
    engine.run(picture.view(), offset, table, residual.data(), picture.width);
    return residual;
}

double largest(const std::vector<float>& values) {
    double result = 0;
    for (const float value : values) result = std::max(result, std::abs(double(value)));
    return result;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double result = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(double(a[i]) - b[i]);
        if (!(difference <= result)) result = difference;  // NaN stays.
    }
    return result;
}

/// Which part of the values differs by at most `tolerance`.
double share_within(double tolerance, const std::vector<float>& a, const std::vector<float>& b) {
    std::size_t within = 0;
    for (std::size_t i = 0; i < a.size(); ++i) within += std::abs(double(a[i]) - b[i]) <= tolerance;
    return double(within) / double(a.size());
}

std::shared_ptr<const Model> shared(Model model) {
    return std::make_shared<const Model>(std::move(model));
}

NetworkDescription grid(int scale, int channels, int depth, bool conditioned, bool phase, int skip) {
    NetworkDescription network;
    network.scale = scale;
    network.channels = channels;
    network.depth = depth;
    network.conditioned = conditioned;
    network.phase_bias = phase;
    network.skip_interval = skip;
    network.condition_width = 16;
    return network;
}

NetworkDescription dncnn(int channels, int depth) {
    NetworkDescription network = grid(1, channels, depth, false, false, 0);
    network.architecture = Architecture::kDncnn;
    network.input_offset = 0;
    network.input_scale = 1 / 255.0f;
    network.output_scale = 255;
    return network;
}

struct Case {
    NetworkDescription network;
    Size size;
    GridOffset offset;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {grid(2, 16, 4, true, true, 2), {100, 75}, {0, 0}},
        {grid(2, 32, 10, true, true, 2), {41, 33}, {3, 6}},
        {grid(2, 3, 2, true, true, 2), {9, 17}, {7, 7}},
        {grid(2, 17, 5, false, true, 3), {64, 40}, {1, 0}},
        {grid(2, 64, 7, true, false, 3), {24, 31}, {0, 5}},
        {grid(2, 24, 6, true, true, 1), {30, 50}, {4, 4}},
        {grid(2, 8, 20, true, true, 2), {16, 16}, {0, 0}},
        {grid(2, 16, 9, true, true, 7), {20, 44}, {2, 3}},
        {grid(1, 16, 5, true, true, 2), {37, 29}, {5, 2}},
        {grid(1, 5, 3, false, false, 0), {1, 1}, {0, 0}},
        {grid(1, 5, 3, true, true, 2), {1, 1}, {7, 7}},
        {grid(4, 20, 6, true, true, 2), {66, 90}, {6, 1}},
        {grid(4, 33, 3, false, false, 2), {7, 5}, {2, 2}},
        {grid(8, 12, 4, true, true, 3), {75, 100}, {1, 7}},
        {grid(8, 16, 2, false, false, 0), {8, 8}, {0, 0}},
        {dncnn(16, 6), {43, 21}, {0, 0}},
        {dncnn(7, 3), {12, 90}, {3, 3}},
    };
    return all;
}

std::string describe(const Case& test_case) {
    const NetworkDescription& network = test_case.network;
    return "scale " + std::to_string(network.scale) + ", channels " + std::to_string(network.channels) +
           ", depth " + std::to_string(network.depth) + ", skip " + std::to_string(network.skip_interval) +
           ", " + std::to_string(test_case.size.width) + "x" + std::to_string(test_case.size.height);
}

void expect_near_reference(Precision precision, double tolerance) {
    std::uint32_t seed = 1;
    for (const Case& test_case : cases()) {
        SCOPED_TRACE(describe(test_case));
        const auto model = shared(random_model(test_case.network, seed));
        const Picture picture(test_case.size, ++seed);
        const QuantizationTable table = ijg_luma_table(30);
        const auto expected = reference_residual(*model, picture.view(), test_case.offset, table);
        EXPECT_GT(largest(expected), 1e-3);
        Engine engine(model, precision, make_workers(2));
        EXPECT_EQ(engine.precision(), precision);
        const auto actual = run(engine, picture, test_case.offset, table);
        EXPECT_LE(largest_difference(expected, actual), tolerance * std::max(1.0, largest(expected)));
    }
}

template <typename Function>
void expect_error(ErrorCode code, const std::string& text, Function&& function) {
    try {
        function();
        FAIL() << "no error; expected one that says " << text;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_THAT(error.what(), testing::HasSubstr(text));
    }
}

bool cpu_has(Precision precision) {
    try {
        Engine(shared(random_int8_model(grid(2, 16, 2, true, true, 2), 1)), precision, make_workers(1));
        return true;
    } catch (const Error& error) {
        return error.code() != ErrorCode::kUnsupported;
    }
}

TEST(Engine, RejectsBadArguments) {
    const auto model = shared(random_model(grid(2, 16, 3, true, true, 2), 1));
    expect_error(ErrorCode::kInvalidArgument, "no model",
                 [] { Engine(nullptr, Precision::kF32, make_workers(1)); });
    expect_error(ErrorCode::kInvalidArgument, "no workers", [&] { Engine(model, Precision::kF32, nullptr); });

    Engine engine(model, Precision::kF32, make_workers(1));
    const Picture picture({8, 8}, 1);
    std::vector<float> residual(64);
    const QuantizationTable table = ijg_luma_table(50);
    ConstPlane empty = picture.view();
    empty.width = 0;
    expect_error(ErrorCode::kInvalidArgument, "0x8",
                 [&] { engine.run(empty, {}, table, residual.data(), 8); });
    ConstPlane narrow = picture.view();
    narrow.stride = 7;
    expect_error(ErrorCode::kInvalidArgument, "stride of 7",
                 [&] { engine.run(narrow, {}, table, residual.data(), 8); });
    ConstPlane null = picture.view();
    null.data = nullptr;
    expect_error(ErrorCode::kInvalidArgument, "no data",
                 [&] { engine.run(null, {}, table, residual.data(), 8); });
    expect_error(ErrorCode::kInvalidArgument, "(8, 0)", [&] {
        engine.run(picture.view(), {8, 0}, table, residual.data(), 8);
    });
    expect_error(ErrorCode::kInvalidArgument, "(0, -1)", [&] {
        engine.run(picture.view(), {0, -1}, table, residual.data(), 8);
    });
    expect_error(ErrorCode::kInvalidArgument, "width of 8",
                 [&] { engine.run(picture.view(), {}, table, residual.data(), 7); });
    expect_error(ErrorCode::kInvalidArgument, "no memory",
                 [&] { engine.run(picture.view(), {}, table, nullptr, 8); });
    QuantizationTable zero = table;
    zero.step[63] = 0;
    expect_error(ErrorCode::kInvalidArgument, "step is 0",
                 [&] { engine.run(picture.view(), {}, zero, residual.data(), 8); });

    // None of it spoilt the engine.
    EXPECT_LE(largest_difference(run(engine, picture, {}, table),
                                 reference_residual(*model, picture.view(), {}, table)),
              1e-2);
}

TEST(Engine, RejectsAModelThatDoesNotFitItsDescription) {
    Model model = random_model(grid(2, 16, 3, true, true, 2), 1);
    model.tensors["layers.1.weight"] = make_tensor(DataType::kF32, {16, 8, 3, 3});
    expect_error(ErrorCode::kInvalidFile, "layers.1.weight",
                 [&] { Engine(shared(model), Precision::kF32, make_workers(1)); });
}

TEST(Engine, F32EqualsTheFormula) {
    expect_near_reference(Precision::kF32, 1e-5);
}

TEST(Engine, Bf16IsWithinItsEightBitsOfTheFormula) {
    if (!cpu_has(Precision::kBf16)) GTEST_SKIP() << "This CPU has no AVX-512.";
    // 2^-8 for each rounding; the errors of the layers add like independent ones.
    expect_near_reference(Precision::kBf16, 0.03);
}

TEST(Engine, Int8EqualsTheFormula) {
    if (!cpu_has(Precision::kInt8)) GTEST_SKIP() << "oneDNN has no kernels for integers on this CPU.";
    std::uint32_t seed = 1;
    for (const Case& test_case : cases()) {
        SCOPED_TRACE(describe(test_case));
        const auto model = shared(random_int8_model(test_case.network, seed));
        const Picture picture(test_case.size, ++seed);
        const QuantizationTable table = ijg_luma_table(30);
        const auto expected = reference_int8_residual(with_weight_scales_of_this_cpu(*model), picture.view(),
                                                      test_case.offset, table);
        EXPECT_GT(largest(expected), 1e-3);
        Engine engine(model, Precision::kInt8, make_workers(2));
        EXPECT_EQ(engine.precision(), Precision::kInt8);
        const auto actual = run(engine, picture, test_case.offset, table);
        // The engine scales integers in float. Where that rounds an activation the other way (one in a
        // million does), its consequence grows to the size of what int8 itself loses, and up to a halo wide.
        // All other values differ as floats do, so that an error in the arithmetic would show in most of
        // them.
        const double largest_expected = std::max(1.0, largest(expected));
        EXPECT_LE(largest_difference(expected, actual), 0.03 * largest_expected);
        EXPECT_GE(share_within(1e-6 * largest_expected, expected, actual), 0.5);
    }
}

struct TemporalCase {
    int scale;
    Size size;
    GridOffset offset;
};

const TemporalCase kTemporalCases[] = {{2, {100, 75}, {0, 0}},
                                       {2, {41, 33}, {3, 6}},
                                       {1, {19, 30}, {5, 0}},
                                       {4, {66, 50}, {0, 7}},
                                       {8, {33, 9}, {1, 1}}};

NetworkDescription temporal_grid(int scale) {
    NetworkDescription network = grid(scale, 16, 4, true, true, 2);
    network.temporal = true;
    return network;
}

TEST(Engine, ATemporalNetworkIsShownTheHistory) {
    const auto expect_near = [](Precision precision, auto reference, double tolerance) {
        for (const TemporalCase& test_case : kTemporalCases) {
            SCOPED_TRACE(std::string(name_of(precision)) + ", scale " + std::to_string(test_case.scale));
            const auto used =
                shared(precision == Precision::kInt8 ? random_int8_model(temporal_grid(test_case.scale), 7)
                                                     : random_model(temporal_grid(test_case.scale), 7));
            const Picture picture(test_case.size, 8), history(test_case.size, 9);
            const QuantizationTable table = ijg_luma_table(40);
            Engine engine(used, precision, make_workers(2));
            std::vector<float> shown(picture.samples.size(), NAN);
            engine.run(picture.view(), test_case.offset, table, shown.data(), picture.width, history.view());
            const Model computed =
                precision == Precision::kInt8 ? with_weight_scales_of_this_cpu(*used) : *used;
            const auto expected =
                reference(computed, picture.view(), test_case.offset, table, history.view());
            const double most = tolerance * std::max(1.0, largest(expected));
            EXPECT_LE(largest_difference(expected, shown), most);
            const auto alone = run(engine, picture, test_case.offset, table);
            EXPECT_LE(largest_difference(
                          reference(computed, picture.view(), test_case.offset, table, ConstPlane()), alone),
                      most);
            EXPECT_GT(largest_difference(alone, shown), 10 * most);
        }
    };
    expect_near(Precision::kF32, reference_residual, 1e-5);
    if (cpu_has(Precision::kBf16)) expect_near(Precision::kBf16, reference_residual, 0.03);
    if (cpu_has(Precision::kInt8)) expect_near(Precision::kInt8, reference_int8_residual, 0.03);
}

TEST(Engine, OtherNetworksDoNotLookAtTheHistory) {
    const auto model = shared(random_model(grid(2, 16, 3, true, true, 2), 1));
    const Picture picture({40, 24}, 2), history({40, 24}, 3);
    Engine engine(model, Precision::kF32, make_workers(1));
    std::vector<float> residual(picture.samples.size());
    engine.run(picture.view(), {}, ijg_luma_table(30), residual.data(), picture.width, history.view());
    EXPECT_EQ(residual, run(engine, picture, {}, ijg_luma_table(30)));
}

TEST(Engine, AnotherModelRestoresPlanesWithoutHistory) {
    const auto temporal = shared(random_model(temporal_grid(2), 1));
    NetworkDescription description = temporal->network;
    description.temporal = false;
    const auto other = shared(random_model(description, 2));
    const Picture picture({40, 24}, 2), history({40, 24}, 3);
    const auto with_history = [&](Engine& engine) {
        std::vector<float> residual(picture.samples.size());
        engine.run(picture.view(), {}, ijg_luma_table(30), residual.data(), picture.width, history.view());
        return residual;
    };
    Engine pair(paired(temporal, other), Precision::kF32, make_workers(1));
    Engine engine(temporal, Precision::kF32, make_workers(1)), alone(other, Precision::kF32, make_workers(1));
    const auto of_history = with_history(engine), by_itself = run(alone, picture, {}, ijg_luma_table(30));
    for (int cut = 0; cut < 2; ++cut) {
        EXPECT_EQ(run(pair, picture, {}, ijg_luma_table(30)), by_itself);
        // So long that the other's memory has gone.
        for (int frame = 0; frame < 50; ++frame) ASSERT_EQ(with_history(pair), of_history);
    }
}

TEST(Engine, TheHistoryIsAsLargeAsThePlane) {
    Engine engine(shared(random_model(temporal_grid(2), 1)), Precision::kF32, make_workers(1));
    const Picture picture({40, 24}, 2), history({40, 23}, 3);
    std::vector<float> residual(picture.samples.size());
    expect_error(ErrorCode::kInvalidArgument, "40x23", [&] {
        engine.run(picture.view(), {}, ijg_luma_table(30), residual.data(), picture.width, history.view());
    });
}

TEST(Engine, Int8NeedsAModelThatWasQuantized) {
    const auto model = shared(random_model(grid(2, 16, 3, true, true, 2), 1));
    expect_error(ErrorCode::kUnsupported, "'random' carries no scales for int8",
                 [&] { Engine(model, Precision::kInt8, make_workers(1)); });
    expect_error(ErrorCode::kUnsupported, "jpegdeblock-train quantize",
                 [&] { Engine(model, Precision::kInt8, make_workers(1)); });
}

TEST(Engine, AutoIsOneOfThoseTheModelCarriesAndSaysWhich) {
    Engine engine(shared(random_model(grid(2, 16, 3, true, true, 2), 1)), Precision::kAuto, make_workers(1));
    EXPECT_THAT(engine.precision(), testing::AnyOf(Precision::kF32, Precision::kBf16));
    EXPECT_EQ(engine.model().name, "random");
    const auto quantized = shared(random_int8_model(grid(2, 16, 3, true, true, 2), 1));
    Engine any(quantized, Precision::kAuto, make_workers(1));
    EXPECT_THAT(any.precision(), testing::AnyOf(Precision::kF32, Precision::kBf16, Precision::kInt8));
    EXPECT_EQ(Engine(quantized, Precision::kF32, make_workers(1)).precision(), Precision::kF32);
}

TEST(Engine, EveryGridOffsetShiftsTheNetworkAlong) {
    const auto model = shared(random_int8_model(grid(2, 8, 3, true, true, 2), 5));
    const Picture picture({11, 10}, 6);
    const QuantizationTable table = ijg_luma_table(20);
    const auto expect_shifted = [&](Precision precision, auto reference, const Model& computed,
                                    double tolerance) {
        Engine engine(model, precision, make_workers(1));
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < 8; ++x) {
                const auto expected = reference(computed, picture.view(), {x, y}, table, ConstPlane());
                EXPECT_LE(largest_difference(run(engine, picture, {x, y}, table), expected),
                          tolerance * std::max(1.0, largest(expected)))
                    << name_of(precision) << " at " << x << ", " << y;
            }
    };
    expect_shifted(Precision::kF32, reference_residual, *model, 1e-5);
    if (cpu_has(Precision::kInt8))
        expect_shifted(Precision::kInt8, reference_int8_residual, with_weight_scales_of_this_cpu(*model),
                       0.03);
}

TEST(Engine, Int8TakesEveryByteForWhatItIs) {
    if (!cpu_has(Precision::kInt8)) GTEST_SKIP() << "oneDNN has no kernels for integers on this CPU.";
    // Sums of products of extremes would overflow 16 bits.
    NetworkDescription network = grid(2, 32, 3, false, true, 2);
    for (const float offset : {0.0f, 128.0f, 255.0f}) {
        network.input_offset = offset;
        const auto model = shared(random_int8_model(network, 4));
        Engine engine(model, Precision::kInt8, make_workers(1));
        for (const std::uint8_t level : {0, 255}) {
            Picture picture({24, 24}, 1);
            std::fill(picture.samples.begin(), picture.samples.end(), level);
            const auto expected =
                reference_int8_residual(with_weight_scales_of_this_cpu(*model), picture.view(), {}, {});
            EXPECT_LE(largest_difference(run(engine, picture, {}, {}), expected),
                      0.03 * std::max(1.0, largest(expected)))
                << offset << ", " << int{level};
        }
    }
}

TEST(Engine, ResultDoesNotDependOnTheNumberOfThreads) {
    for (const Precision precision : {Precision::kF32, Precision::kBf16, Precision::kInt8}) {
        if (!cpu_has(precision)) continue;
        const auto model = shared(random_int8_model(grid(2, 32, 6, true, true, 2), 3));
        const Picture picture({385, 289}, 4);
        Engine alone(model, precision, make_workers(1));
        const auto expected = run(alone, picture, {3, 1}, ijg_luma_table(40));
        for (const int threads : {2, 3}) {
            Engine engine(model, precision, make_workers(threads));
            EXPECT_EQ(run(engine, picture, {3, 1}, ijg_luma_table(40)), expected) << threads;
        }
    }
}

TEST(Engine, ReusedAcrossSizesAndTables) {
    const auto model = shared(random_int8_model(grid(2, 16, 5, true, true, 2), 8));
    const auto workers = make_workers(2);
    for (const Precision precision : {Precision::kF32, Precision::kInt8}) {
        if (!cpu_has(precision)) continue;
        Engine reused(model, precision, workers);
        const Size sizes[] = {{64, 48}, {7, 5}, {1, 1}, {100, 75}, {64, 48}, {9, 17}, {8, 8}};
        int quality = 5;
        for (const Size size : sizes) {
            const Picture picture(size, 9);
            // More tables than an engine remembers, then the first ones again.
            for (int i = 0; i < 12; ++i) {
                quality = 5 + (quality + 6) % 90;
                Engine fresh(model, precision, workers);
                const auto table = ijg_luma_table(i < 10 ? quality : 5 + i);
                EXPECT_EQ(run(reused, picture, {}, table), run(fresh, picture, {}, table));
            }
        }
    }
}

TEST(Engine, TouchesOnlyItsRowsOfTheResidual) {
    const auto model = shared(random_model(grid(2, 16, 3, true, true, 2), 8));
    Engine engine(model, Precision::kF32, make_workers(2));
    const Picture picture({13, 11}, 3);
    std::vector<float> residual(17 * 12, 12345.0f);
    engine.run(picture.view(), {5, 6}, ijg_luma_table(50), residual.data(), 17);
    for (int y = 0; y < 12; ++y)
        for (int x = 0; x < 17; ++x) EXPECT_EQ(residual[y * 17 + x] == 12345.0f, x >= 13 || y >= 11);
}

TEST(Engine, ReadsAPlaneWithAnyStride) {
    const auto model = shared(random_model(grid(2, 16, 3, true, true, 2), 8));
    Engine engine(model, Precision::kF32, make_workers(1));
    const Picture wide({50, 20}, 3);
    const ConstPlane part{wide.samples.data() + 3 * 50 + 7, 21, 13, 50};
    Picture copy({21, 13}, 0);
    for (int y = 0; y < 13; ++y) std::copy_n(part.row(y), 21, copy.samples.begin() + y * 21);
    std::vector<float> residual(21 * 13);
    engine.run(part, {1, 2}, ijg_luma_table(50), residual.data(), 21);
    EXPECT_EQ(residual, run(engine, copy, {1, 2}, ijg_luma_table(50)));
}

TEST(Engine, SeveralAtOnceWithAndWithoutSharedWorkers) {
    const auto model = shared(random_model(grid(2, 16, 5, true, true, 2), 8));
    const Picture picture({90, 70}, 3);
    Engine alone(model, Precision::kF32, make_workers(1));
    std::vector<std::vector<float>> expected;
    for (int i = 0; i < 10; ++i) expected.push_back(run(alone, picture, {}, ijg_luma_table(10 + 3 * i)));

    const auto shared_workers = make_workers(2);
    std::vector<std::vector<float>> wrong;
    std::mutex mutex;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                Engine engine(model, Precision::kF32, t < 2 ? shared_workers : make_workers(2));
                for (int i = 0; i < 20; ++i) {
                    const int which = (i + t) % 10;
                    auto actual = run(engine, picture, {}, ijg_luma_table(10 + 3 * which));
                    std::lock_guard lock(mutex);
                    if (actual != expected[which]) wrong.push_back(std::move(actual));
                }
            });
    }
    EXPECT_THAT(wrong, testing::IsEmpty());
}

TEST(Precision, HasNames) {
    EXPECT_STREQ(name_of(Precision::kAuto), "auto");
    EXPECT_STREQ(name_of(Precision::kF32), "f32");
    EXPECT_STREQ(name_of(Precision::kBf16), "bf16");
    EXPECT_STREQ(name_of(Precision::kInt8), "int8");
}

}  // namespace
}  // namespace jpegdeblock
