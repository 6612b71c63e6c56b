// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/block_grid.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "restore/regions.h"

namespace jpegdeblock {
namespace {

TEST(BlockGrid, CutsBlocksAtTheEdges) {
    const BlockGrid grid = {20, 17, {5, 0}};
    EXPECT_EQ(grid.columns(), 4);
    EXPECT_EQ(grid.rows(), 3);
    EXPECT_EQ(grid.part({0, 0, 1, 1}), (BlockGrid{3, 8, {5, 0}}));
    EXPECT_EQ(grid.part({1, 1, 2, 1}), (BlockGrid{16, 8, {0, 0}}));
    EXPECT_EQ(grid.part({3, 2, 1, 1}), (BlockGrid{1, 1, {0, 0}}));
    EXPECT_EQ(grid.first_x({1, 1, 1, 1}), 3);
    EXPECT_EQ(grid.first_y({1, 1, 1, 1}), 8);
}

TEST(ChangedBlocks, EverySampleCounts) {
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{3, 6}})
        for (const auto& [width, height] : {std::pair{27, 19}, std::pair{2, 2}, std::pair{16, 8}}) {
            const BlockGrid grid = {width, height, offset};
            std::vector<std::uint8_t> before(static_cast<std::size_t>(width * height), 9), now = before;
            const auto changed = [&] {
                return changed_blocks(grid, {before.data(), width, height, width},
                                      {now.data(), width, height, width});
            };
            EXPECT_EQ(changed().count(changed().whole()), 0);
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto at = static_cast<std::size_t>(y * width + x);
                    now[at] = 10;
                    const BlockMap map = changed();
                    EXPECT_EQ(map.count(map.whole()), 1);
                    EXPECT_EQ(map.row((y + offset.y) / 8)[(x + offset.x) / 8], 1) << x << ", " << y;
                    now[at] = 9;
                }
        }
}

TEST(Dilated, ReachesTheMarginAndNoFarther) {
    BlockMap map(9, 7, 0);
    map.row(1)[7] = 1;
    const BlockMap result = dilated(map, 2);
    for (int y = 0; y < 7; ++y)
        for (int x = 0; x < 9; ++x) EXPECT_EQ(result.row(y)[x], y <= 3 && x >= 5 ? 1 : 0) << x << ", " << y;
}

void expect_valid(const RegionPlanner& planner, const std::vector<Region>& regions, const BlockMap& wanted,
                  int margin) {
    BlockMap left = wanted;
    for (const Region& region : regions) {
        const BlockRectangle part = planner.part_of(region), &needed = region.needed;
        EXPECT_GE(part.left, 0);
        EXPECT_GE(part.top, 0);
        EXPECT_LE(part.left + part.width, wanted.columns());
        EXPECT_LE(part.top + part.height, wanted.rows());
        EXPECT_LE(part.left, std::max(0, needed.left - margin));
        EXPECT_LE(part.top, std::max(0, needed.top - margin));
        EXPECT_GE(part.left + part.width, std::min(wanted.columns(), needed.left + needed.width + margin));
        EXPECT_GE(part.top + part.height, std::min(wanted.rows(), needed.top + needed.height + margin));
        left.fill(needed, 0);
    }
    EXPECT_EQ(left.count(left.whole()), 0);
}

TEST(RegionPlanner, CoversWhatIsWantedWithItsSurroundings) {
    unsigned state = 1;
    const auto draw = [&](int below) {
        state = state * 1664525u + 1013904223u;
        return static_cast<int>((state >> 8) % static_cast<unsigned>(below));
    };
    for (const auto& [columns, rows] :
         {std::pair{80, 60}, std::pair{13, 90}, std::pair{1, 1}, std::pair{240, 20}})
        for (const int margin : {1, 3, 8}) {
            const RegionPlanner planner(columns, rows, margin);
            for (int round = 0; round < 30; ++round) {
                BlockMap wanted(columns, rows, 0);
                for (int i = draw(8); i > 0; --i) {
                    const int left = draw(columns), top = draw(rows);
                    wanted.fill({left, top, 1 + draw(columns - left), 1 + draw(std::min(9, rows - top))}, 1);
                }
                const std::vector<Region> regions = planner.cover(wanted);
                expect_valid(planner, regions, wanted, margin);
                int area = 0;
                for (const Region& region : regions) area += region.size.area();
                EXPECT_LE(area, columns * rows);
                for (const RegionSize& size : planner.strip_sizes()) {
                    const std::vector<Region> strips = planner.cover_with_strips(wanted, size);
                    expect_valid(planner, strips, wanted, margin);
                    for (const Region& strip : strips) EXPECT_EQ(strip.size.width, columns);
                }
            }
        }
}

TEST(RegionPlanner, NothingWantedIsNoRegion) {
    const RegionPlanner planner(80, 60, 3);
    EXPECT_TRUE(planner.cover(BlockMap(80, 60, 0)).empty());
    EXPECT_TRUE(planner.cover_with_strips(BlockMap(80, 60, 0), planner.strip_sizes().front()).empty());
}

TEST(RegionPlanner, AnExcludedWidthIsNotUsedAgain) {
    RegionPlanner planner(80, 60, 3);
    BlockMap wanted(80, 60, 0);
    wanted.fill({40, 30, 2, 2}, 1);
    const int width = planner.cover(wanted).front().size.width;
    EXPECT_LT(width, 80);
    planner.exclude_width(width);
    EXPECT_GT(planner.cover(wanted).front().size.width, width);
    planner.exclude_width(80);
    wanted.fill(wanted.whole(), 1);
    EXPECT_EQ(planner.cover(wanted).front().size, planner.whole_size());
}

}  // namespace
}  // namespace jpegdeblock
