// SPDX-License-Identifier: LGPL-2.1-or-later
// Restoration of progressive JPEGs of which not all scans have come.
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <jpegdeblock/progressive.h>
#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"
#include "restore/projection.h"

#include "../engine/reference_network.h"
#include "../jpeg/direct_dct.h"
#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

using Block = std::array<double, 64>;

std::shared_ptr<const Model> model() {
    NetworkDescription network;
    network.channels = 8;
    network.depth = 3;
    network.condition_width = 8;
    return std::make_shared<const Model>(test::random_model(network, 5));
}

std::unique_ptr<Deblocker> make_deblocker(const DeblockerOptions& options = {}) {
    return std::make_unique<Deblocker>(model(), Precision::kF32, make_workers(1), options);
}

LumaImage empty_picture(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 77)};
}

/// DC and the lowest coefficients known but for some bits, one of them in full, the rest absent.
ScanState some_scans() {
    ScanState state;
    state.missing_bits.fill(ScanState::kAbsent);
    state.missing_bits[0] = 1;
    for (const int i : {1, 8, 16, 9, 2}) state.missing_bits[static_cast<std::size_t>(i)] = 2;
    state.missing_bits[8] = 0;
    return state;
}

std::int16_t known_part(std::int16_t coefficient, int bits, int row_index) {
    if (bits == ScanState::kAbsent) return 0;
    const double scale = 1 << bits;
    const double cut = row_index == 0 ? std::floor(coefficient / scale) : std::trunc(coefficient / scale);
    return static_cast<std::int16_t>(cut * scale);
}

TEST(RestorePartialScans, WithoutDcThereIsNothingToRestore) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(24, 16).view(), 50);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    luma.state.missing_bits[0] = ScanState::kAbsent;
    LumaImage restored = empty_picture(24, 16), decoded = restored;
    decode_component(luma, decoded.view());
    EXPECT_FALSE(make_deblocker()->process(luma, restored.view()).changed);
    EXPECT_EQ(restored.samples, decoded.samples);
}

TEST(RestorePartialScans, TheNetworkIsToldTheEffectiveSteps) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(72, 48).view(), 60);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    luma.state = some_scans();
    const QuantizationTable told = effective_steps(luma.table, luma.state);
    LumaImage decoded = empty_picture(72, 48), expected = decoded, restored = decoded;
    decode_component(luma, decoded.view());
    Engine engine(model(), Precision::kF32, make_workers(1));
    std::vector<float> residual(decoded.samples.size());
    engine.run(decoded.view(), {}, told, residual.data(), 72);
    add_residual(decoded.view(), luma, 0, 0, residual.data(), 72, 1.0f, true, 0, 6, expected.view());
    const FrameReport report = make_deblocker()->process(luma, restored.view());
    EXPECT_TRUE(report.changed);
    EXPECT_EQ(report.table, told);
    EXPECT_EQ(restored.samples, expected.samples);
    EXPECT_NE(restored.samples, decoded.samples);
}

TEST(RestorePartialScans, AFineTableDoesNotMeanAFinePicture) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(40, 40).view(), 98);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    LumaImage restored = empty_picture(40, 40);
    EXPECT_FALSE(make_deblocker()->process(luma, restored.view()).changed);
    luma.state = some_scans();
    EXPECT_TRUE(make_deblocker()->process(luma, restored.view()).changed);
}

TEST(RestorePartialScans, AScanThatLeavesLumaAloneCostsNothing) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(403, 301).view(), 50);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    const auto deblocker = make_deblocker();
    std::vector<ScanState> states(2, some_scans());
    states.push_back({});
    for (std::size_t scan = 0; scan < states.size(); ++scan) {
        luma.state = states[scan];
        LumaImage restored = empty_picture(403, 301), expected = restored;
        const FrameReport report = deblocker->process(luma, restored.view());
        EXPECT_EQ(report.tiles_reused, scan == 1 ? luma.blocks_wide * luma.blocks_high : 0);
        make_deblocker({.reuse_unchanged = false})->process(luma, expected.view());
        EXPECT_EQ(restored.samples, expected.samples) << scan;
    }
}

TEST(RestorePartialScans, AMeanThatChangesReachesTheBlocksAround) {
    // A network of no wider reach than its three layers, far from the plane's edges.
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(203, 201).view(), 50);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    luma.state.missing_bits.fill(ScanState::kAbsent);
    luma.state.missing_bits[0] = 0;
    JpegComponent changed = luma;
    std::vector<std::int16_t> row(luma.block_rows[12],
                                  luma.block_rows[12] + 64 * static_cast<std::ptrdiff_t>(luma.blocks_wide));
    row[64 * 12] = static_cast<std::int16_t>(row[64 * 12] > 0 ? -40 : 40);
    changed.block_rows[12] = row.data();
    const auto deblocker = make_deblocker();
    for (const JpegComponent* component : {&luma, &changed, &luma}) {
        LumaImage restored = empty_picture(203, 201), expected = restored;
        deblocker->process(*component, restored.view());
        make_deblocker({.reuse_unchanged = false})->process(*component, expected.view());
        EXPECT_EQ(restored.samples, expected.samples);
    }
}

/// Some blocks are known in full, as where a scan was cut off.
void know_more_of_some(JpegComponent& component) {
    component.states = {some_scans(), {}};
    for (int i = 0; i < component.blocks_wide * component.blocks_high; ++i)
        component.state_of_block.push_back(static_cast<std::uint8_t>(i % 3 == 1));
}

TEST(RestorePartialScans, WhereBlocksDifferNoTileIsTakenForUnchanged) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(103, 61).view(), 50);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    luma.state = some_scans();
    JpegComponent differing = luma;
    know_more_of_some(differing);
    const auto deblocker = make_deblocker();
    for (const JpegComponent* component : {&luma, &differing, &luma, &differing}) {
        LumaImage restored = empty_picture(103, 61), expected = restored;
        const FrameReport report = deblocker->process(*component, restored.view());
        EXPECT_EQ(report.tiles_reused, 0);
        make_deblocker({.reuse_unchanged = false})->process(*component, expected.view());
        EXPECT_EQ(restored.samples, expected.samples);
    }
}

TEST(RestorePartialScans, AStepOfZeroStaysZero) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(64, 48).view(), 30);
    JpegReader reader;
    JpegComponent luma = reader.read(jpeg).components[0];
    luma.table.step[9] = 0;
    for (const ScanState& state : {ScanState(), some_scans()}) {
        luma.state = state;
        LumaImage decoded = empty_picture(64, 48), restored = decoded;
        decode_component(luma, decoded.view());
        EXPECT_TRUE(make_deblocker()->process(luma, restored.view()).changed);
        EXPECT_NE(restored.samples, decoded.samples);
        for (int top = 0; top < 48; top += 8)
            for (int left = 0; left < 64; left += 8) {
                Block block;
                for (std::size_t i = 0; i < 64; ++i)
                    block[i] =
                        restored.view().row(top + static_cast<int>(i) / 8)[left + static_cast<int>(i) % 8];
                // The rounding of the samples and what is cut off at 0 and 255.
                EXPECT_NEAR(test::direct_forward_dct(block)[9], 0.0, 6.0);
            }
    }
}

class ProjectOntoPartialScans : public testing::TestWithParam<bool> {};

TEST_P(ProjectOntoPartialScans, AsWrittenDownInDoublePrecision) {
    constexpr int kWidth = 85, kHeight = 21;  // Cut blocks at both ends, more than one tile.
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(kWidth, kHeight).view(), 80);
    JpegReader reader;
    JpegComponent component = reader.read(jpeg).components[0];
    component.state = some_scans();
    if (GetParam()) know_more_of_some(component);
    LumaImage decoded = empty_picture(8 * component.blocks_wide, 8 * component.blocks_high);
    decode_component(component, decoded.view());
    std::mt19937 generator(4);
    std::normal_distribution<float> level(0.0f, 20.0f);
    std::vector<float> residual(decoded.samples.size());
    for (float& value : residual) value = level(generator);
    LumaImage restored = empty_picture(kWidth, kHeight);
    add_residual(decoded.view(), component, 0, 0, residual.data(), decoded.width, 0.8f, true, 0,
                 component.blocks_high, restored.view());

    for (int top = 0; top < kHeight; top += 8)
        for (int left = 0; left < kWidth; left += 8) {
            Block sum;
            for (std::size_t i = 0; i < 64; ++i) {
                const std::size_t at =
                    (static_cast<std::size_t>(top) + i / 8) * static_cast<std::size_t>(decoded.width) +
                    static_cast<std::size_t>(left) + i % 8;
                sum[i] = decoded.samples[at] - 128.0 + 0.8f * residual[at];
            }
            Block projected = test::direct_forward_dct(sum);
            const std::int16_t* block = component.block_rows[static_cast<std::size_t>(top / 8)] + 8 * left;
            for (int i = 0; i < 64; ++i) {
                const auto at = static_cast<std::size_t>(i);
                const int bits = component.state_at(left / 8, top / 8).missing_bits[at];
                const CoefficientInterval interval =
                    coefficient_interval(known_part(block[i], bits, i), component.table.step[at], bits, i);
                projected[at] = std::clamp<double>(projected[at], interval.low, interval.high);
            }
            const Block samples = test::direct_inverse_dct(projected);
            for (int y = 0; y < std::min(8, kHeight - top); ++y)
                for (int x = 0; x < std::min(8, kWidth - left); ++x) {
                    const double exact =
                        std::clamp(samples[static_cast<std::size_t>(8 * y + x)] + 128.0, 0.0, 255.0);
                    ASSERT_NEAR(restored.view().row(top + y)[left + x], exact, 0.5 + 1e-3)
                        << "(" << left + x << ", " << top + y << ")";
                }
        }
}

INSTANTIATE_TEST_SUITE_P(BlocksDiffer, ProjectOntoPartialScans, testing::Bool(),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace jpegdeblock
