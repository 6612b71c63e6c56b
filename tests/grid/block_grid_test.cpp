// SPDX-License-Identifier: LGPL-2.1-or-later
#include "grid/block_grid.h"

#include <algorithm>
#include <numeric>
#include <vector>

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
                for (const Region& region : regions) area += planner.cost(region);
                EXPECT_LE(area, columns * rows);
            }
        }
}

TEST(RegionPlanner, NothingWantedIsNoRegion) {
    const RegionPlanner planner(80, 60, 3);
    EXPECT_TRUE(planner.cover(BlockMap(80, 60, 0)).empty());
    EXPECT_FALSE(planner.most_urgent_strip(std::vector<int>(60, 0), 80 * 60));
}

TEST(RegionPlanner, AnExcludedWidthIsNotUsedAgain) {
    RegionPlanner planner(80, 60, 3);
    BlockMap wanted(80, 60, 0);
    wanted.fill({40, 30, 2, 2}, 1);
    const int width = planner.cover(wanted).front().width;
    EXPECT_LT(width, 80);
    planner.exclude_width(width);
    EXPECT_GT(planner.cover(wanted).front().width, width);
    planner.exclude_width(80);
    wanted.fill(wanted.whole(), 1);
    EXPECT_EQ(planner.cover(wanted).front(), planner.whole());
}

TEST(RegionPlanner, CostsRowsAndTheirSurroundings) {
    const RegionPlanner planner(80, 60, 3);
    EXPECT_EQ(planner.cost(planner.whole()), 80 * 60);
    EXPECT_EQ(planner.cost({{0, 20, 80, 10}, 80}), 80 * 16);
    EXPECT_EQ(planner.cost({{30, 20, 4, 10}, 10}), 10 * 16);
    EXPECT_EQ(planner.cost({{0, 0, 80, 10}, 80}), 80 * 13);
    EXPECT_EQ(planner.cost({{0, 48, 80, 10}, 80}), 80 * 15);
}

TEST(RegionPlanner, FindsTheMostUrgentStripThatCanBeAfforded) {
    const RegionPlanner planner(10, 60, 3);
    std::vector<int> urgency(60, 1);
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 60)->needed, (BlockRectangle{0, 0, 10, 60}));
    // At an edge there are surroundings on one side only.
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 30)->needed, (BlockRectangle{0, 0, 10, 27}));
    urgency[59] = 2;
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 30)->needed, (BlockRectangle{0, 33, 10, 27}));
    urgency[30] = 5;
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 7)->needed, (BlockRectangle{0, 30, 10, 1}));
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 7 - 1)->needed.height, 3);
    EXPECT_FALSE(planner.most_urgent_strip(urgency, 10 * 3));
    std::fill(urgency.begin(), urgency.end(), 0);
    urgency[20] = urgency[24] = 1;
    EXPECT_EQ(planner.most_urgent_strip(urgency, 10 * 40)->needed, (BlockRectangle{0, 20, 10, 5}));
}

// Every affordable strip tried.
TEST(RegionPlanner, NoStripIsMoreUrgent) {
    unsigned state = 5;
    const auto draw = [&](int below) {
        state = state * 1664525u + 1013904223u;
        return static_cast<int>((state >> 8) % static_cast<unsigned>(below));
    };
    const int rows = 23;
    const RegionPlanner planner(7, rows, 2);
    for (int round = 0; round < 200; ++round) {
        std::vector<int> urgency(rows);
        for (int& row : urgency) row = std::max(0, draw(9) - 4);
        const int most_cost = draw(7 * rows + 20);
        int most = 0;
        for (int top = 0; top < rows; ++top)
            for (int height = 1; top + height <= rows; ++height)
                if (planner.cost({{0, top, 7, height}, 7}) <= most_cost)
                    most = std::max(
                        most, std::accumulate(urgency.begin() + top, urgency.begin() + top + height, 0));
        const auto strip = planner.most_urgent_strip(urgency, most_cost);
        ASSERT_EQ(strip.has_value(), most > 0);
        if (!strip) continue;
        EXPECT_LE(planner.cost(*strip), most_cost);
        const auto first = urgency.begin() + strip->needed.top;
        EXPECT_EQ(std::accumulate(first, first + strip->needed.height, 0), most);
    }
}

}  // namespace
}  // namespace jpegdeblock
