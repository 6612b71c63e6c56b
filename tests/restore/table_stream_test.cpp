// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of each frame of a stream, from its pixels.
#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"

#include "restore/table_selector.h"

#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

LumaImage pristine(unsigned seed) {
    return test::synthetic_picture(320, 240, seed);
}

LumaImage frame(int quality, unsigned seed) {
    return decode_jpeg_luma(encode_grey_jpeg(pristine(seed).view(), quality));
}

LumaImage flat() {
    return {320, 240, std::vector<std::uint8_t>(320 * 240, 50)};
}

ConstPlane cropped(const LumaImage& picture, GridOffset offset) {
    return {picture.view().row(offset.y) + offset.x, picture.width - offset.x, picture.height - offset.y,
            picture.width};
}

FrameReport select(TableSelector& selector, ConstPlane luma) {
    return selector.select(luma, std::nullopt, std::nullopt, 0);
}

TEST(TableOfStream, IsFoundInEveryFrameAndFollowed) {
    TableSelector selector;
    unsigned seed = 0;
    // 50 to 25: every step doubles, and the coefficients lie on the old combs still.
    for (const int quality : {50, 50, 50, 25, 25, 75, 75, 10, 90, 30, 31})
        for (int i = 0; i < 3; ++i) {
            const FrameReport report = select(selector, frame(quality, ++seed).view());
            EXPECT_EQ(report.source, TableSource::kEstimated);
            EXPECT_NEAR(report.quality, quality, i == 0 ? 1 : 0) << "frame " << i;
        }
}

TEST(TableOfStream, OfACroppedPicture) {
    TableSelector selector;
    unsigned seed = 0;
    for (const GridOffset offset : {GridOffset{5, 2}, GridOffset{5, 2}, GridOffset{0, 7}, GridOffset{0, 0}}) {
        const LumaImage decoded = frame(40, ++seed);
        const FrameReport report = select(selector, cropped(decoded, offset));
        EXPECT_EQ(report.source, TableSource::kEstimated);
        EXPECT_EQ(report.quality, 40);
        EXPECT_EQ(report.offset, offset);
    }
}

TEST(TableOfStream, AKnownGridIsNotDoubted) {
    TableSelector selector;
    const LumaImage decoded = frame(40, 1);
    const ConstPlane plane = cropped(decoded, {3, 1});
    const auto known = [&](GridOffset offset) { return selector.select(plane, offset, std::nullopt, 0); };
    EXPECT_EQ(known({0, 0}).source, TableSource::kNone);
    selector.forget();
    EXPECT_EQ(known({3, 1}).source, TableSource::kEstimated);
    EXPECT_EQ(known({3, 1}).offset, (GridOffset{3, 1}));
}

TEST(TableOfStream, FramesThatTellNothingTakeTheLastTable) {
    TableSelector selector;
    EXPECT_EQ(select(selector, flat().view()).source, TableSource::kNone);
    EXPECT_EQ(select(selector, frame(35, 1).view()).source, TableSource::kEstimated);
    const FrameReport report = select(selector, flat().view());
    EXPECT_EQ(report.source, TableSource::kRemembered);
    EXPECT_EQ(report.quality, 35);
    EXPECT_EQ(select(selector, frame(35, 2).view()).source, TableSource::kEstimated);
}

TEST(TableOfStream, FramesThatWereNeverCompressedHaveNone) {
    TableSelector selector;
    EXPECT_EQ(select(selector, frame(35, 1).view()).source, TableSource::kEstimated);
    EXPECT_EQ(select(selector, pristine(2).view()).source, TableSource::kNone);
    EXPECT_EQ(select(selector, flat().view()).source, TableSource::kNone);
}

TEST(TableOfStream, IsFoundAtOnceAfterManyFramesWithout) {
    for (const int quality : {10, 35, 60, 85}) {
        TableSelector selector;
        for (unsigned seed = 0; seed < 20; ++seed)
            EXPECT_EQ(select(selector, pristine(seed % 5).view()).source, TableSource::kNone);
        EXPECT_EQ(select(selector, frame(quality, 1).view()).quality, quality);
    }
}

TEST(TableOfStream, ADropInQualityIsSeenAtOnce) {
    for (const int fine : {95, 97, 98, 100}) {
        const LumaImage before[] = {frame(fine, 1), frame(fine, 2)};
        for (const int coarse : {15, 80}) {
            const LumaImage after = frame(coarse, 9);
            for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{3, 6}}) {
                TableSelector selector;
                for (int i = 0; i < 10; ++i) select(selector, cropped(before[i % 2], offset));
                const FrameReport report = select(selector, cropped(after, offset));
                EXPECT_EQ(report.quality, coarse) << "after " << fine;
                EXPECT_EQ(report.offset, offset) << "after " << fine;
            }
        }
    }
}

// Of a picture so smooth that coarse steps leave only the means of blocks.
TEST(TableOfStream, ASmoothFrameIsSeenAtOnce) {
    TableSelector selector;
    for (unsigned seed = 0; seed < 20; ++seed) select(selector, frame(98, seed % 5).view());
    LumaImage sky{320, 240, {}};
    for (int y = 0; y < sky.height; ++y)
        for (int x = 0; x < sky.width; ++x)
            sky.samples.push_back(static_cast<std::uint8_t>(60 + (3 * x + 2 * y) / 10));
    EXPECT_EQ(select(selector, decode_jpeg_luma(encode_grey_jpeg(sky.view(), 12)).view()).quality, 12);
}

}  // namespace
}  // namespace jpegdeblock
