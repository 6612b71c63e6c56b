// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/regions.h"

#include <algorithm>
#include <cstdint>
#include <functional>

namespace jpegdeblock {
namespace {

/// Parts that would cost more than this share of the whole plane are not worth their overhead.
constexpr double kWorthwhileShare = 0.85;
/// Beyond this number of separate changes they are taken as one.
constexpr std::size_t kMostRectangles = 24;
/// Fewest columns of use in a part of the plane.
constexpr int kFewestUseful = 4;

struct Stretch {
    int first, last;
};

/// The stretches of 0 .. count-1 where used(i).
std::vector<Stretch> stretches(int count, const std::function<bool(int)>& used) {
    std::vector<Stretch> result;
    for (int i = 0; i < count; ++i) {
        if (!used(i)) continue;
        if (result.empty() || result.back().last < i)
            result.push_back({i, i + 1});
        else
            result.back().last = i + 1;
    }
    return result;
}

/// Cuts `within` along empty rows, and each piece along empty columns.
std::vector<BlockRectangle> cut(const BlockMap& wanted, const BlockRectangle& within) {
    std::vector<BlockRectangle> result;
    const auto rows = stretches(within.height, [&](int y) {
        return wanted.count({within.left, within.top + y, within.width, 1}) > 0;
    });
    for (const Stretch& row : rows) {
        const int top = within.top + row.first, height = row.last - row.first;
        const auto columns = stretches(within.width, [&](int x) {
            return wanted.count({within.left + x, top, 1, height}) > 0;
        });
        for (const Stretch& column : columns)
            result.push_back({within.left + column.first, top, column.last - column.first, height});
    }
    return result;
}

std::vector<BlockRectangle> rectangles_of(const BlockMap& wanted) {
    std::vector<BlockRectangle> result = cut(wanted, wanted.whole());
    // Pieces side by side may have empty rows of their own.
    for (std::size_t i = 0; i < result.size() && result.size() <= kMostRectangles;) {
        const std::vector<BlockRectangle> pieces = cut(wanted, result[i]);
        if (pieces.size() == 1) {
            result[i++] = pieces.front();
            continue;
        }
        result.erase(result.begin() + static_cast<std::ptrdiff_t>(i));
        result.insert(result.end(), pieces.begin(), pieces.end());
    }
    if (result.size() <= kMostRectangles) return result;
    BlockRectangle all = result.front();
    for (const BlockRectangle& rectangle : result) all = united(all, rectangle);
    return {all};
}

/// Length of first .. first + length - 1 with `margin` more on either side, as far as 0 .. end - 1 goes.
int extent(int first, int length, int margin, int end) {
    return std::min(end, first + length + margin) - std::max(0, first - margin);
}

}  // namespace

RegionPlanner::RegionPlanner(int columns, int rows, int margin)
    : columns_(columns), rows_(rows), margin_(margin) {
    const int least = 2 * margin + kFewestUseful;
    for (const int share : {8, 4, 2, 1})
        widths_.push_back(std::min(columns, std::max(least, (columns + share - 1) / share)));
    widths_.erase(std::unique(widths_.begin(), widths_.end()), widths_.end());
}

void RegionPlanner::exclude_width(int width) {
    if (width != columns_) std::erase(widths_, width);
}

int RegionPlanner::cost(const Region& region) const {
    return region.width * extent(region.needed.top, region.needed.height, margin_, rows_);
}

std::vector<Region> RegionPlanner::cover(const BlockMap& wanted) const {
    const double worthwhile = kWorthwhileShare * columns_ * rows_;
    if (wanted.count(wanted.whole()) > worthwhile) return {whole()};
    std::vector<Region> regions;
    for (const BlockRectangle& rectangle : rectangles_of(wanted)) regions.push_back(narrowest(rectangle));
    for (bool merged = true; merged;) {
        merged = false;
        for (std::size_t i = 0; i < regions.size() && !merged; ++i)
            for (std::size_t j = i + 1; j < regions.size() && !merged; ++j) {
                const Region both = narrowest(united(regions[i].needed, regions[j].needed));
                if (cost(both) > cost(regions[i]) + cost(regions[j])) continue;
                regions[i] = both;
                regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(j));
                merged = true;
            }
    }
    int sum = 0;
    for (const Region& region : regions) sum += cost(region);
    return sum > worthwhile ? std::vector{whole()} : regions;
}

std::optional<Region> RegionPlanner::most_urgent_strip(const std::vector<int>& urgency, int most_cost) const {
    const int most_rows = most_cost / columns_;
    std::vector<std::int64_t> sum_before(1, 0);
    for (const int row : urgency) sum_before.push_back(sum_before.back() + row);
    std::int64_t most = 0;
    int top = 0, bottom = 0;
    for (int first = 0; first < rows_; ++first) {
        const int above = std::min(first, margin_);
        // At the plane's lower edge there is nothing below to compute.
        const int last = above + rows_ - first <= most_rows ? rows_ : first + most_rows - above - margin_;
        if (last <= first) continue;
        const std::int64_t sum =
            sum_before[static_cast<std::size_t>(last)] - sum_before[static_cast<std::size_t>(first)];
        if (sum <= most) continue;
        most = sum;
        top = first;
        bottom = last;
    }
    if (most == 0) return std::nullopt;
    while (urgency[static_cast<std::size_t>(top)] == 0) ++top;
    while (urgency[static_cast<std::size_t>(bottom - 1)] == 0) --bottom;
    return Region{{0, top, columns_, bottom - top}, columns_};
}

BlockRectangle RegionPlanner::part_of(const Region& region) const {
    return {std::clamp(region.needed.left - margin_, 0, columns_ - region.width), 0, region.width, rows_};
}

Region RegionPlanner::narrowest(const BlockRectangle& needed) const {
    const int least = extent(needed.left, needed.width, margin_, columns_);
    return {needed, *std::lower_bound(widths_.begin(), widths_.end(), least)};
}

}  // namespace jpegdeblock
