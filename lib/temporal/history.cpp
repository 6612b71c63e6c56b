// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/history.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "engine/workers.h"
#include "temporal/block_difference.h"
#include "temporal/warp.h"

namespace jpegdeblock {

namespace {

/// Of a fade, a flash or another exposure the frames before tell nothing: the intervals of their coefficients
/// are no longer those of what is seen. Then most blocks change by so many 1024ths of a level where they lie,
/// ...
constexpr int kLighter = 1024 * 3 / 2;
/// ... the mean of the frame along the motion by so many levels, and by that share of all that differs. Of
/// fades by 6 % a frame the share was 0.3 at least, of pans over gradients hardly anything.
constexpr double kLightChange = 0.75;
constexpr double kLightShare = 0.25;
/// Of what is asked of the whole frame one block in four tells enough.
constexpr int kStride = 2;

/// In quarters of a pixel. What moves by whole blocks was coded alike in both frames.
constexpr int kBlockStep = 4 * 8;
/// Where one block in so many does, the others do too, but for what coding makes match better.
constexpr int kJumpingShare = 4;

bool moved_by_blocks(MotionVector vector) {
    return vector != MotionVector() && vector.x % kBlockStep == 0 && vector.y % kBlockStep == 0;
}

/// The sample at x, y in 32nds of a sample, between its neighbours by their distance, in 1024ths of a level.
int sample_between(const PaddedPlane& plane, int x, int y) {
    x = std::clamp(x, 0, 32 * (plane.width() - 1));
    y = std::clamp(y, 0, 32 * (plane.height() - 1));
    const std::uint8_t* above = plane.row(y / 32) + x / 32;
    const std::uint8_t* below = above + plane.stride();
    const int right = x % 32, down = y % 32;
    return (32 - down) * ((32 - right) * above[0] + right * above[1]) +
           down * ((32 - right) * below[0] + right * below[1]);
}

}  // namespace

bool History::follows(const BlockGrid& grid, std::optional<Time> time) const {
    return valid_ && grid == grid_ && (!time || !time_ || *time > *time_);
}

bool History::follow(ConstPlane decoded, const BlockGrid& grid, std::optional<Time> time,
                     const BlockMap* changed, Workers& workers) {
    const bool continued = follows(grid, time);
    valid_ = false;
    grid_ = grid;
    time_ = time;
    if (!continued) return follow_nothing();
    decoded_.resize(grid.width, grid.height);
    Stage pyramids{decoded_.tasks(), [&](int task, int) {
                       decoded_.copy(decoded, task);
                       decoded_.reduce(task);
                       before_.reduce(task);
                   }};
    workers.run({&pyramids, 1});
    search_.search(decoded_, before_, grid, changed, workers);
    if (is_lighter_or_darker()) return follow_nothing();

    std::swap(ages_, ages_before_);
    ages_ = BlockMap(grid.columns(), grid.rows(), 0);
    Stage find{grid.rows(), [&](int row, int) { find_lost(row, changed); }};
    workers.run({&find, 1});
    const bool most_lost = 2 * ages_.count(ages_.whole()) < ages_.whole().area();
    if (most_lost || jumps_by_blocks() || is_cut(changed)) return follow_nothing();
    return true;
}

bool History::follow_nothing() {
    search_.forget();
    ages_ = BlockMap(grid_.columns(), grid_.rows(), 0);
    return false;
}

int History::excess(int column, int row, const Tolerance& tolerance) const {
    const int difference = difference_at(column, row);
    const int most_alike = tolerance.levels * kMatchSamples;
    if (difference <= most_alike) return difference - most_alike;
    const PaddedPlane& plane = decoded_.level(0);
    MatchWindow window;
    window.load(
        plane.row(8 * row - grid_.offset.y - kMatchMargin) + 8 * column - grid_.offset.x - kMatchMargin,
        plane.stride());
    return difference - most_alike - activity(window) / tolerance.activity_share;
}

int History::difference_at(int column, int row) const {
    return search_.differences()[static_cast<std::size_t>(row * grid_.columns() + column)];
}

bool History::jumps_by_blocks() const {
    int moved = 0;
    for (int row = 0; row < grid_.rows(); row += kStride)
        for (int column = 0; column < grid_.columns(); column += kStride)
            moved += moved_by_blocks(search_.motion().row(row)[column]);
    return kStride * kStride * kJumpingShare * moved > grid_.columns() * grid_.rows();
}

/// Whether most blocks are lighter, or darker, than what lay in their place, and whether what is left between
/// them and their matches still leans to that side. A vector can make up for a change of light, along a
/// gradient or over an edge, but seldom for all of it; of what has only moved, about as much becomes lighter
/// as darker.
bool History::is_lighter_or_darker() const {
    static_assert(1 << (Pyramid::kLevels - 1) == 8);
    const PaddedPlane& now = decoded_.level(Pyramid::kLevels - 1);  // One sample is a block.
    const PaddedPlane& before = before_.level(Pyramid::kLevels - 1);
    std::int64_t change = 0, difference = 0;
    int blocks = 0, lighter = 0, darker = 0;
    for (int row = 0; row < grid_.rows(); row += kStride)
        for (int column = 0; column < grid_.columns(); column += kStride, ++blocks) {
            const MotionVector vector =
                search_.motion().row(row)[column];  // A quarter is a 32nd of a sample.
            const int x = 32 * column - 4 * grid_.offset.x, y = 32 * row - 4 * grid_.offset.y;
            const int sample = sample_between(now, x, y);
            const int in_place = sample - sample_between(before, x, y);
            lighter += in_place > kLighter;
            darker += in_place < -kLighter;
            change += sample - sample_between(before, x + vector.x, y + vector.y);
            difference += difference_at(column, row);
        }
    if (2 * std::max(lighter, darker) <= blocks) return false;
    const double levels = static_cast<double>(lighter > darker ? change : -change) / 1024 / blocks;
    const double all_levels = static_cast<double>(difference) / kMatchSamples / blocks;
    return levels > kLightChange && levels > kLightShare * all_levels;
}

/// Blocks that have little to show find a match in every picture; what is wrong in the others tells.
bool History::is_cut(const BlockMap* changed) const {
    std::int64_t sum = 0;
    for (int row = 0; row < grid_.rows(); row += kStride)
        for (int column = 0; column < grid_.columns(); column += kStride)
            if (!changed || changed->row(row)[column] != 0) sum += excess(column, row, kCutTolerance);
    return sum > 0;
}

void History::find_lost(int row, const BlockMap* changed) {
    const int columns = grid_.columns();
    const int top = 8 * row - grid_.offset.y;
    for (int column = 0; column < columns; ++column) {
        if (excess(column, row, kLostTolerance) > 0) continue;
        const int left = 8 * column - grid_.offset.x;
        const bool unchanged = changed && changed->row(row)[column] == 0;
        const MotionVector vector = search_.motion().row(row)[column];
        if (moved_by_blocks(vector)) continue;
        // The block that holds the middle of where it was.
        const int x = (left + 4 + vector.x / 4 + grid_.offset.x) / 8;
        const int y = (top + 4 + vector.y / 4 + grid_.offset.y) / 8;
        const int age = ages_before_.row(std::clamp(y, 0, grid_.rows() - 1))[std::clamp(x, 0, columns - 1)];
        ages_.row(row)[column] = static_cast<std::uint8_t>(std::clamp(age + !unchanged, 1, kOldest));
    }
}

void History::move(ConstPlane decoded, int row, Plane moved) const {
    warp(before_.level(0), search_.motion(), grid_, row, moved);
    for (int column = 0; column < grid_.columns(); ++column) {
        if (ages_.row(row)[column] != 0) continue;
        const BlockRectangle block = {column, row, 1, 1};
        const ConstPlane from = grid_.part(decoded, block);
        const Plane to = grid_.part(moved, block);
        for (int y = 0; y < to.height; ++y)
            std::memcpy(to.row(y), from.row(y), static_cast<std::size_t>(to.width));
    }
}

void History::keep(ConstPlane restored, Workers& workers) {
    before_.resize(grid_.width, grid_.height);
    Stage copies{before_.tasks(), [&](int task, int) { before_.copy(restored, task); }};
    workers.run({&copies, 1});
    valid_ = true;
}

}  // namespace jpegdeblock
