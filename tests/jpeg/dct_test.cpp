// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/dct.h"

#include <array>
#include <random>

#include <gtest/gtest.h>

#include "direct_dct.h"

namespace jpegdeblock::test {
namespace {

/// Sums of 64 products of samples up to 255 in float: the bound of their rounding error, with room.
constexpr double kTolerance = 2e-4;

std::array<float, 64> random_block(std::mt19937& generator, float low, float high) {
    std::uniform_real_distribution<float> sample(low, high);
    std::array<float, 64> block;
    for (float& value : block) value = sample(generator);
    return block;
}

std::array<double, 64> as_double(const std::array<float, 64>& block) {
    std::array<double, 64> result;
    std::copy(block.begin(), block.end(), result.begin());
    return result;
}

TEST(Dct, EqualsTheDefinition) {
    std::mt19937 generator(1);
    for (int i = 0; i < 50; ++i) {
        const std::array<float, 64> block = random_block(generator, -128.0f, 127.0f);
        std::array<float, 64> forward, inverse;
        forward_dct_8x8(block.data(), forward.data());
        inverse_dct_8x8(block.data(), inverse.data());
        const std::array<double, 64> expected_forward = direct_forward_dct(as_double(block));
        const std::array<double, 64> expected_inverse = direct_inverse_dct(as_double(block));
        for (std::size_t k = 0; k < 64; ++k) {
            EXPECT_NEAR(forward[k], expected_forward[k], kTolerance) << "coefficient " << k;
            EXPECT_NEAR(inverse[k], expected_inverse[k], kTolerance) << "sample " << k;
        }
    }
}

TEST(Dct, EachBasisFunctionHasOneCoefficient) {
    for (std::size_t k = 0; k < 64; ++k) {
        std::array<double, 64> unit{};
        unit[k] = 100.0;
        const std::array<double, 64> basis = direct_inverse_dct(unit);
        std::array<float, 64> block, coefficients;
        std::copy(basis.begin(), basis.end(), block.begin());
        forward_dct_8x8(block.data(), coefficients.data());
        for (std::size_t i = 0; i < 64; ++i) EXPECT_NEAR(coefficients[i], unit[i], kTolerance);
    }
}

TEST(Dct, ConstantBlockHasOnlyDc) {
    for (const float level : {-128.0f, 0.0f, 1.0f, 255.0f}) {
        std::array<float, 64> block;
        block.fill(level);
        forward_dct_8x8(block.data(), block.data());
        EXPECT_NEAR(block[0], 8.0f * level, kTolerance);
        for (std::size_t k = 1; k < 64; ++k) EXPECT_NEAR(block[k], 0.0f, kTolerance) << "coefficient " << k;
    }
}

TEST(Dct, RoundTripInPlaceGivesTheBlockBack) {
    std::mt19937 generator(2);
    for (int i = 0; i < 50; ++i) {
        const std::array<float, 64> block = random_block(generator, 0.0f, 255.0f);
        std::array<float, 64> there_and_back = block;
        forward_dct_8x8(there_and_back.data(), there_and_back.data());
        inverse_dct_8x8(there_and_back.data(), there_and_back.data());
        for (std::size_t k = 0; k < 64; ++k) EXPECT_NEAR(there_and_back[k], block[k], kTolerance);
    }
}

TEST(Dct, KeepsEnergy) {
    std::mt19937 generator(3);
    const std::array<float, 64> block = random_block(generator, -128.0f, 127.0f);
    std::array<float, 64> coefficients;
    forward_dct_8x8(block.data(), coefficients.data());
    double energy = 0.0, transformed = 0.0;
    for (std::size_t k = 0; k < 64; ++k) {
        energy += double{block[k]} * block[k];
        transformed += double{coefficients[k]} * coefficients[k];
    }
    EXPECT_NEAR(transformed / energy, 1.0, 1e-6);
}

TEST(Dct, BlocksNeedNoAlignment) {
    std::mt19937 generator(4);
    const std::array<float, 64> block = random_block(generator, -128.0f, 127.0f);
    std::array<float, 64> expected;
    forward_dct_8x8(block.data(), expected.data());
    std::array<float, 66> shifted;
    std::copy(block.begin(), block.end(), shifted.begin() + 1);
    std::array<float, 67> result;
    forward_dct_8x8(shifted.data() + 1, result.data() + 3);
    for (std::size_t k = 0; k < 64; ++k) EXPECT_EQ(result[k + 3], expected[k]);
}

}  // namespace
}  // namespace jpegdeblock::test
