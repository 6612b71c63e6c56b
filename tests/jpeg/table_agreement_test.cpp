// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "jpeg/estimation.h"
#include "jpeg/luma_codec.h"

#include "synthetic_picture.h"

namespace jpegdeblock {
namespace {

LumaImage decoded(const QuantizationTable& table, IdctMethod method = IdctMethod::kIslow) {
    return decode_jpeg_luma(encode_grey_jpeg(test::synthetic_picture(160, 120).view(), table), method);
}

LumaImage halved(const LumaImage& plane) {
    LumaImage half{plane.width / 2, plane.height / 2, {}};
    for (int y = 0; y < half.height; ++y)
        for (int x = 0; x < half.width; ++x) {
            const std::uint8_t* above = plane.view().row(2 * y) + 2 * x;
            const std::uint8_t* below = plane.view().row(2 * y + 1) + 2 * x;
            half.samples.push_back(
                static_cast<std::uint8_t>((above[0] + above[1] + below[0] + below[1] + 2) / 4));
        }
    return half;
}

TEST(AgreesWithTableTest, WhatWasCompressedWithItDoes) {
    for (const int quality : {5, 10, 20, 50, 75, 90})
        for (const IdctMethod method : {IdctMethod::kIslow, IdctMethod::kIfast, IdctMethod::kFloat})
            EXPECT_TRUE(agrees_with_table(decoded(ijg_chroma_table(quality), method).view(),
                                          ijg_chroma_table(quality)))
                << quality;
}

TEST(AgreesWithTableTest, WhatWasNotDoesNot) {
    const LumaImage pristine = test::synthetic_picture(160, 120);
    for (const int quality : {5, 10, 20, 50, 75}) {
        const QuantizationTable table = ijg_chroma_table(quality);
        EXPECT_FALSE(agrees_with_table(pristine.view(), table)) << quality;
        EXPECT_FALSE(agrees_with_table(halved(decoded(table)).view(), table)) << quality;
        EXPECT_FALSE(agrees_with_table(decoded(table).view(), table, {3, 0})) << quality;
        EXPECT_FALSE(agrees_with_table(decoded(ijg_chroma_table(quality + 20)).view(), table)) << quality;
    }
}

TEST(AgreesWithTableTest, FlatAndTinyPlanesSayNothingAgainstIt) {
    const std::vector<std::uint8_t> grey(64 * 64, 90);
    EXPECT_TRUE(agrees_with_table({grey.data(), 64, 64, 64}, ijg_chroma_table(20)));
    EXPECT_TRUE(agrees_with_table({grey.data(), 5, 3, 64}, ijg_chroma_table(20)));
}

}  // namespace
}  // namespace jpegdeblock
