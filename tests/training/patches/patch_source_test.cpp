// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "../../support/drawn_pictures.h"
#include "patches/degrading_patch_source.h"
#include "patches/prefetcher.h"
#include "patches/random_draws.h"

namespace jpegdeblock::training {
namespace {

// A picture in which each pixel tells its position: even columns hold x / 2, odd ones y.
LumaImage position_picture() {
    LumaImage picture{64, 64, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
            picture.samples.push_back(static_cast<std::uint8_t>(2 * x + 60 * ((x + y) % 2)));
    return picture;
}

QualityDistribution one_quality(int quality) {
    return {.lowest = quality,
            .middle = quality,
            .highest = quality,
            .low_share = 1,
            .varied_table_share = 0,
            .partial_scan_share = 0};
}

TEST(RandomDrawsTest, AGeneratorDependsOnAllBitsOfItsNumbers) {
    const std::uint64_t seed = 1, high = seed << 40;
    const std::uint32_t purpose = 1;
    std::set<std::uint64_t> drawn;
    for (std::mt19937_64 generator :
         {generator_of(seed), generator_of(high), generator_of(seed, seed), generator_of(seed, high),
          generator_of(high, seed), generator_of(seed, purpose), generator_of(seed, seed, purpose)})
        drawn.insert(generator());
    EXPECT_EQ(drawn.size(), 7u);
    // Trainings that go on must see the same patches.
    std::seed_seq words{0x89ABCDEFu, 0x01234567u, 5u, 0u, 2u};
    std::mt19937_64 expected(words);
    EXPECT_EQ(generator_of(std::uint64_t{0x0123456789ABCDEF}, std::uint64_t{5}, std::uint32_t{2})(),
              expected());
}

TEST(DegradingPatchSourceTest, RefusesBadSides) {
    EXPECT_THROW(DegradingPatchSource({{{draw_picture(64, 64, 1)}, 1.0}}, 4, 20, {}, 1), Error);
    EXPECT_THROW(DegradingPatchSource({{{draw_picture(64, 40, 1)}, 1.0}}, 4, 48, {}, 1), Error);
}

TEST(DegradingPatchSourceTest, ABatchDependsOnSeedAndIndexAlone) {
    const DegradingPatchSource source({{{draw_picture(64, 64, 1)}, 1.0}}, 4, 32, {}, 1);
    const PatchBatch first = source.make_batch(7), again = source.make_batch(7), other = source.make_batch(8);
    EXPECT_EQ(first.compressed, again.compressed);
    EXPECT_EQ(first.pristine, again.pristine);
    EXPECT_EQ(first.tables, again.tables);
    EXPECT_NE(first.pristine, other.pristine);
}

TEST(DegradingPatchSourceTest, TwoBatchesHoldWhatOneOfTwiceTheSizeDoes) {
    const std::vector<PictureSet> sets = {{{draw_picture(64, 64, 1), draw_picture(64, 64, 2)}, 1.0}};
    const PatchBatch whole = DegradingPatchSource(sets, 6, 16, {}, 1).make_batch(5);
    const DegradingPatchSource halves(sets, 3, 16, {}, 1);
    PatchBatch joined = halves.make_batch(10);
    const PatchBatch second = halves.make_batch(11);
    joined.pristine.insert(joined.pristine.end(), second.pristine.begin(), second.pristine.end());
    joined.compressed.insert(joined.compressed.end(), second.compressed.begin(), second.compressed.end());
    joined.tables.insert(joined.tables.end(), second.tables.begin(), second.tables.end());
    EXPECT_EQ(joined.pristine, whole.pristine);
    EXPECT_EQ(joined.compressed, whole.compressed);
    EXPECT_EQ(joined.tables, whole.tables);
}

TEST(DegradingPatchSourceTest, PatchesAreCompressedCoincidentCutsOfThePicture) {
    const LumaImage picture = draw_picture(48, 40, 5);
    const DegradingPatchSource source({{{picture}, 1.0}}, 64, 16, one_quality(90), 1);
    const PatchBatch batch = source.make_batch(0);
    ASSERT_EQ(batch.pristine.size(), 64u * 256u);
    double error = 0;
    for (std::size_t i = 0; i < batch.pristine.size(); ++i) {
        const double difference = double(batch.pristine[i]) - batch.compressed[i];
        error += difference * difference;
    }
    EXPECT_GT(error, 0);
    EXPECT_LT(error / double(batch.pristine.size()), 25);
    for (const QuantizationTable& table : batch.tables) EXPECT_EQ(table, ijg_luma_table(90));
}

TEST(DegradingPatchSourceTest, AllEightOrientationsOccur) {
    // The patch is the whole picture, so that only the orientation varies.
    const LumaImage picture = position_picture();
    const DegradingPatchSource source({{{picture}, 1.0}}, 100, 64, one_quality(100), 1);
    const PatchBatch batch = source.make_batch(0);
    std::set<std::vector<float>> orientations;
    for (std::size_t i = 0; i < 100; ++i)
        orientations.emplace(batch.pristine.begin() + std::ptrdiff_t(i * 4096),
                             batch.pristine.begin() + std::ptrdiff_t((i + 1) * 4096));
    EXPECT_EQ(orientations.size(), 8u);
    std::vector<float> sorted(picture.samples.begin(), picture.samples.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::vector<float> samples : orientations) {
        std::sort(samples.begin(), samples.end());
        EXPECT_EQ(samples, sorted);
    }
}

TEST(DrawTableTest, LowQualitiesAreDensestAndOtherTablesOccur) {
    std::mt19937_64 generator(1);
    QualityDistribution distribution;
    int low = 0, foreign = 0;
    for (int i = 0; i < 2000; ++i) {
        const QuantizationTable table = draw_table(distribution, generator);
        bool standard = false;
        for (int quality = distribution.lowest; quality <= distribution.highest && !standard; ++quality) {
            standard = table == ijg_luma_table(quality);
            if (standard && quality <= distribution.middle) ++low;
        }
        if (!standard) ++foreign;
        EXPECT_TRUE(std::all_of(table.step.begin(), table.step.end(),
                                [](std::uint16_t step) { return step >= 1 && step <= 255; }));
    }
    EXPECT_NEAR(low / 2000.0, 0.75 * 0.85, 0.06);
    EXPECT_NEAR(foreign / 2000.0, 0.15, 0.05);
}

TEST(DrawTableTest, ChromaHasItsOwnTables) {
    std::mt19937_64 generator(1);
    QualityDistribution distribution = one_quality(35);
    distribution.chroma = true;
    EXPECT_EQ(draw_table(distribution, generator), ijg_chroma_table(35));
}

TEST(PrefetcherTest, GivesBatchesInOrderFromTheFirstIndex) {
    const auto source = std::make_shared<DegradingPatchSource>(
        std::vector<PictureSet>{{{draw_picture(64, 64, 1)}, 1.0}}, 2, 16, QualityDistribution{}, 1);
    Prefetcher prefetcher(source, 3);
    for (std::uint64_t index = 3; index < 9; ++index)
        EXPECT_EQ(prefetcher.next().pristine, source->make_batch(index).pristine) << index;
}

TEST(PrefetcherTest, GivesEachProcessItsShare) {
    const auto source = std::make_shared<DegradingPatchSource>(
        std::vector<PictureSet>{{{draw_picture(64, 64, 1)}, 1.0}}, 2, 16, QualityDistribution{}, 1);
    Prefetcher second_of_three(source, 7, 3);
    for (const std::uint64_t index : {7, 10, 13})
        EXPECT_EQ(second_of_three.next().pristine, source->make_batch(index).pristine) << index;
}

class FailingSource : public PatchSource {
  public:
    PatchBatch make_batch(std::uint64_t) const override {
        throw Error(ErrorCode::kInvalidFile, "no more patches");
    }
};

TEST(PrefetcherTest, PassesFailureOn) {
    Prefetcher prefetcher(std::make_shared<FailingSource>(), 0);
    EXPECT_THROW(prefetcher.next(), Error);
}

// Batches take the longer the earlier they are, and number 40 fails.
class UnevenSource : public PatchSource {
  public:
    PatchBatch make_batch(std::uint64_t index) const override {
        if (index == 40) throw Error(ErrorCode::kInvalidFile, "no more patches");
        std::this_thread::sleep_for(std::chrono::milliseconds(index % 5 == 0 ? 4 : 0));
        PatchBatch batch;
        batch.count = static_cast<int>(index);
        return batch;
    }
};

TEST(PrefetcherTest, ManyThreadsKeepTheOrder) {
    Prefetcher prefetcher(std::make_shared<UnevenSource>(), 0, 2, 5);
    for (int index = 0; index < 40; index += 2) EXPECT_EQ(prefetcher.next().count, index);
    EXPECT_THROW(prefetcher.next(), Error);
    EXPECT_THROW(prefetcher.next(), Error);
}

TEST(ScanStateTest, DrawnStatesAreThoseOfProgressiveJpegs) {
    std::mt19937_64 generator(1);
    int dc_alone = 0, parts = 0, all = 0;
    for (int i = 0; i < 300; ++i) {
        const ScanState state = draw_scan_state(generator);
        EXPECT_FALSE(state.complete());
        EXPECT_NE(state.missing_bits[0], ScanState::kAbsent);
        int known = 0;
        for (const std::int8_t bits : state.missing_bits) {
            EXPECT_LE(bits, 3);
            known += bits != ScanState::kAbsent;
        }
        ++(known == 1 ? dc_alone : known < 64 ? parts : all);
    }
    EXPECT_GT(dc_alone, 30);
    EXPECT_GT(parts, 30);
    EXPECT_GT(all, 30);
}

TEST(DegradingPatchSourceTest, PartialScansHaveTheirEffectiveSteps) {
    QualityDistribution distribution = one_quality(80);
    distribution.partial_scan_share = 1;
    const DegradingPatchSource source({{{draw_picture(64, 64, 1)}, 1.0}}, 50, 16, distribution, 1);
    const PatchBatch batch = source.make_batch(0);
    for (const QuantizationTable& table : batch.tables) {
        EXPECT_NE(table, ijg_luma_table(80));
        for (std::size_t i = 0; i < 64; ++i) EXPECT_GE(table.step[i], ijg_luma_table(80).step[i]);
    }
}

}  // namespace
}  // namespace jpegdeblock::training
