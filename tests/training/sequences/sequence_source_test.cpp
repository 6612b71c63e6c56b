// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_source.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cmath>
#include <memory>

#include "../../support/drawn_pictures.h"

namespace jpegdeblock::training {
namespace {

std::vector<PictureSet> pictures() {
    std::vector<LumaImage> drawn;
    for (unsigned seed = 0; seed < 3; ++seed) drawn.push_back(draw_picture(160, 128, seed));
    return {{drawn, 1.0}};
}

SequenceSource source(int count = 4, std::uint64_t seed = 1) {
    return SequenceSource(pictures(), count, 48, 5, QualityDistribution(), seed);
}

double difference(const PatchBatch& batch, int patch, int a, int b) {
    const std::size_t pixels = static_cast<std::size_t>(batch.side) * static_cast<std::size_t>(batch.side);
    const auto frame = [&](int i) {
        return batch.pristine.data() + static_cast<std::size_t>(i * batch.count + patch) * pixels;
    };
    double sum = 0;
    for (std::size_t i = 0; i < pixels; ++i) sum += std::abs(frame(a)[i] - frame(b)[i]);
    return sum / static_cast<double>(pixels);
}

TEST(SequenceSourceTest, RefusesSidesAndLengthsThatCannotBe) {
    EXPECT_THROW(SequenceSource(pictures(), 4, 20, 5, {}, 1), Error);
    EXPECT_THROW(SequenceSource(pictures(), 4, 0, 5, {}, 1), Error);
    EXPECT_THROW(SequenceSource(pictures(), 4, 48, 1, {}, 1), Error);
}

TEST(SequenceSourceTest, BatchesHoldFramesAfterFrames) {
    const PatchBatch batch = source().make_batch(3);
    EXPECT_EQ(batch.count, 4);
    EXPECT_EQ(batch.side, 48);
    EXPECT_EQ(batch.frames, 5);
    EXPECT_EQ(batch.compressed.size(), 5u * 4 * 48 * 48);
    EXPECT_EQ(batch.pristine.size(), batch.compressed.size());
    EXPECT_EQ(batch.tables.size(), 5u * 4);
}

TEST(SequenceSourceTest, TheSequencesNumberAndTheSeedAreAllTheyDependOn) {
    const PatchBatch one = source().make_batch(3), again = source().make_batch(3);
    EXPECT_EQ(one.pristine, again.pristine);
    EXPECT_EQ(one.compressed, again.compressed);
    EXPECT_NE(one.pristine, source(4, 2).make_batch(3).pristine);
    // Half as many a batch: the same sequences.
    const PatchBatch half = source(2).make_batch(7);
    const std::size_t pixels = 48 * 48;
    for (std::size_t frame = 0; frame < 5; ++frame)
        for (std::size_t i = 0; i < 2 * pixels; ++i)
            ASSERT_EQ(half.pristine[frame * 2 * pixels + i], one.pristine[(frame * 4 + 2) * pixels + i]);
}

TEST(SequenceSourceTest, SomeStandStillOthersMove) {
    int still = 0, moving = 0;
    for (std::uint64_t i = 0; i < 20; ++i) {
        const PatchBatch batch = source().make_batch(i);
        // The first frame is as it was captured, with its noise.
        for (int patch = 0; patch < 4; ++patch) difference(batch, patch, 1, 2) < 0.01 ? ++still : ++moving;
    }
    EXPECT_GT(still, 5);
    EXPECT_GT(moving, 40);
}

TEST(SequenceSourceTest, LevelsAreThoseOfBytes) {
    const PatchBatch batch = source().make_batch(1);
    for (const float level : batch.compressed)
        ASSERT_TRUE(level == std::round(level) && level >= 0 && level <= 255);
    for (const float level : batch.pristine) ASSERT_TRUE(level >= 0 && level <= 255);
}

TEST(SequencesAndPatchesTest, AreMixedEvenly) {
    const auto sequences = std::make_shared<SequenceSource>(source());
    const auto patches = std::make_shared<DegradingPatchSource>(pictures(), 8, 48, QualityDistribution(), 1);
    const SequencesAndPatches mixed(sequences, patches, 0.4);
    std::uint64_t of_sequences = 0, of_patches = 0;
    for (std::uint64_t i = 0; i < 20; ++i) {
        const PatchBatch batch = mixed.make_batch(i);
        const PatchBatch expected =
            batch.frames > 1 ? sequences->make_batch(of_sequences++) : patches->make_batch(of_patches++);
        ASSERT_EQ(batch.pristine, expected.pristine) << i;
    }
    EXPECT_EQ(of_patches, 8u);
}

}  // namespace
}  // namespace jpegdeblock::training
