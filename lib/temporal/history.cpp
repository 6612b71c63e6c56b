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

/// A block is lost where it differs from its match by more than this, in levels a sample, ...
constexpr int kDifference = 4;
/// ... and one part in so many of what it differs from its own mean. Of photographs that moved, at qualities
/// 10 to 75 and with noise of deviation 6, hardly a block in 200 is above that; of other pictures 80 in 100
/// are.
constexpr int kActivityShare = 2;

/// By how many levels most of the frame may become lighter or darker. Of a fade, a flash or another exposure
/// the frames before tell nothing: the intervals of their coefficients are no longer those of what is seen.
constexpr int kLightChange = 1;

/// In quarters of a pixel. What moves by whole blocks was coded alike in both frames.
constexpr int kBlockStep = 4 * 8;

/// The median of what samples of equally large planes differ by.
int median_change(const PaddedPlane& before, const PaddedPlane& now) {
    std::array<int, 511> counts{};
    for (int y = 0; y < now.height(); ++y)
        for (int x = 0; x < now.width(); ++x)
            ++counts[static_cast<std::size_t>(255 + now.row(y)[x] - before.row(y)[x])];
    const int half = (now.width() * now.height() + 1) / 2;
    int change = -255;
    for (int sum = counts[0]; sum < half; sum += counts[static_cast<std::size_t>(255 + change)]) ++change;
    return change;
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
    constexpr int kCoarsest = Pyramid::kLevels - 1;
    if (std::abs(median_change(before_.level(kCoarsest), decoded_.level(kCoarsest))) > kLightChange)
        return follow_nothing();
    search_.search(decoded_, before_, grid, changed, workers);

    std::swap(ages_, ages_before_);
    ages_ = BlockMap(grid.columns(), grid.rows(), 0);
    Stage find{grid.rows(), [&](int row, int) { find_lost(row, changed); }};
    workers.run({&find, 1});
    const bool most_lost = 2 * ages_.count(ages_.whole()) < ages_.whole().area();
    if (most_lost || is_cut(changed)) return follow_nothing();
    moved_.resize(static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height));
    Stage moving{grid.rows(), [&](int row, int) { move(decoded, row); }};
    workers.run({&moving, 1});
    return true;
}

bool History::follow_nothing() {
    search_.forget();
    ages_ = BlockMap(grid_.columns(), grid_.rows(), 0);
    return false;
}

int History::excess(int column, int row) const {
    const int difference = search_.differences()[static_cast<std::size_t>(row * grid_.columns() + column)];
    const int most_alike = kDifference * kMatchSamples;
    if (difference <= most_alike) return difference - most_alike;
    const PaddedPlane& plane = decoded_.level(0);
    MatchWindow window;
    window.load(
        plane.row(8 * row - grid_.offset.y - kMatchMargin) + 8 * column - grid_.offset.x - kMatchMargin,
        plane.stride());
    return difference - most_alike - activity(window) / kActivityShare;
}

/// Blocks that have little to show find a match in every picture; what is wrong in the others tells.
bool History::is_cut(const BlockMap* changed) const {
    constexpr int kStride = 2;  // One block in four tells enough.
    std::int64_t sum = 0;
    for (int row = 0; row < grid_.rows(); row += kStride)
        for (int column = 0; column < grid_.columns(); column += kStride)
            if (!changed || changed->row(row)[column] != 0) sum += excess(column, row);
    return sum > 0;
}

void History::find_lost(int row, const BlockMap* changed) {
    const int columns = grid_.columns();
    const int top = 8 * row - grid_.offset.y;
    for (int column = 0; column < columns; ++column) {
        if (excess(column, row) > 0) continue;
        const int left = 8 * column - grid_.offset.x;
        const bool unchanged = changed && changed->row(row)[column] == 0;
        const MotionVector vector = search_.motion().row(row)[column];
        const bool stands = vector == MotionVector();
        if (!stands && vector.x % kBlockStep == 0 && vector.y % kBlockStep == 0) continue;
        // The block that holds the middle of where it was.
        const int x = (left + 4 + vector.x / 4 + grid_.offset.x) / 8;
        const int y = (top + 4 + vector.y / 4 + grid_.offset.y) / 8;
        const int age = ages_before_.row(std::clamp(y, 0, grid_.rows() - 1))[std::clamp(x, 0, columns - 1)];
        ages_.row(row)[column] = static_cast<std::uint8_t>(std::clamp(age + !unchanged, 1, kOldest));
    }
}

void History::move(ConstPlane decoded, int row) {
    const Plane moved = {moved_.data(), grid_.width, grid_.height, grid_.width};
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

void History::keep(ConstPlane restored, const BlockMap* passed, Workers& workers) {
    before_.resize(grid_.width, grid_.height);
    Stage copies{before_.tasks(), [&](int task, int) { before_.copy(restored, task); }};
    workers.run({&copies, 1});
    for (int y = 0; passed && y < ages_.rows(); ++y)
        for (int x = 0; x < ages_.columns(); ++x)
            if (passed->row(y)[x] != 0) ages_.row(y)[x] = 0;
    valid_ = true;
}

}  // namespace jpegdeblock
