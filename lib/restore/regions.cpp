// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/regions.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace jpegdeblock {
namespace {

/// Parts that would cost more than this share of the whole plane are not worth their overhead.
constexpr double kWorthwhileShare = 0.85;
/// Beyond this number of separate changes they are taken as one.
constexpr std::size_t kMostRectangles = 24;
/// Fewest blocks of use in a part of the plane on each side.
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

}  // namespace

RegionPlanner::RegionPlanner(int columns, int rows, int margin)
    : columns_(columns), rows_(rows), margin_(margin) {
    const int least = 2 * margin + kFewestUseful;
    const auto part = [&](int blocks, int share) {
        return std::min(blocks, std::max(least, (blocks + share - 1) / share));
    };
    for (const auto& [width_share, height_share] :
         {RegionSize{1, 1}, RegionSize{1, 2}, RegionSize{1, 4}, RegionSize{1, 8}, RegionSize{2, 1},
          RegionSize{2, 2}, RegionSize{2, 4}, RegionSize{4, 2}, RegionSize{4, 4}, RegionSize{8, 8}})
        sizes_.push_back({part(columns, width_share), part(rows, height_share)});
    std::sort(sizes_.begin(), sizes_.end(), [](const RegionSize& a, const RegionSize& b) {
        return a.area() != b.area() ? a.area() < b.area() : a < b;
    });
    sizes_.erase(std::unique(sizes_.begin(), sizes_.end()), sizes_.end());
}

void RegionPlanner::exclude_width(int width) {
    if (width != columns_) std::erase_if(sizes_, [&](const RegionSize& size) { return size.width == width; });
}

std::vector<Region> RegionPlanner::cover(const BlockMap& wanted) const {
    const Region whole = {wanted.whole(), whole_size()};
    const double worthwhile = kWorthwhileShare * whole_size().area();
    if (wanted.count(wanted.whole()) > worthwhile) return {whole};
    std::vector<Region> regions;
    for (const BlockRectangle& rectangle : rectangles_of(wanted)) regions.push_back(smallest(rectangle));
    for (bool merged = true; merged;) {
        merged = false;
        for (std::size_t i = 0; i < regions.size() && !merged; ++i)
            for (std::size_t j = i + 1; j < regions.size() && !merged; ++j) {
                const Region both = smallest(united(regions[i].needed, regions[j].needed));
                if (both.size.area() > regions[i].size.area() + regions[j].size.area()) continue;
                regions[i] = both;
                regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(j));
                merged = true;
            }
    }
    int cost = 0;
    for (const Region& region : regions) cost += region.size.area();
    return cost > worthwhile ? std::vector{whole} : regions;
}

std::vector<RegionSize> RegionPlanner::strip_sizes() const {
    std::vector<RegionSize> strips;
    std::copy_if(sizes_.rbegin(), sizes_.rend(), std::back_inserter(strips),
                 [this](const RegionSize& size) { return size.width == columns_ && size.height < rows_; });
    if (strips.empty()) strips.push_back(whole_size());
    return strips;
}

std::vector<Region> RegionPlanner::cover_with_strips(const BlockMap& wanted, const RegionSize& size) const {
    std::vector<Region> regions;
    for (int top = 0; top < rows_;) {
        if (wanted.count({0, top, columns_, 1}) == 0) {
            ++top;
            continue;
        }
        int height = 1;
        while (top + height < rows_ && fits({0, top, columns_, height + 1}, size)) ++height;
        regions.push_back({{0, top, columns_, height}, size});
        top += height;
    }
    return regions;
}

Region RegionPlanner::widened(const Region& region) const {
    const auto size = std::find_if(sizes_.begin(), sizes_.end(), [&](const RegionSize& candidate) {
        return candidate.width == columns_ && fits(region.needed, candidate);
    });
    return {region.needed, *size};
}

BlockRectangle RegionPlanner::part_of(const Region& region) const {
    return {std::clamp(region.needed.left - margin_, 0, columns_ - region.size.width),
            std::clamp(region.needed.top - margin_, 0, rows_ - region.size.height), region.size.width,
            region.size.height};
}

bool RegionPlanner::fits(const BlockRectangle& needed, const RegionSize& size) const {
    const auto extent = [this](int first, int length, int end) {
        return std::min(end, first + length + margin_) - std::max(0, first - margin_);
    };
    return extent(needed.left, needed.width, columns_) <= size.width &&
           extent(needed.top, needed.height, rows_) <= size.height;
}

Region RegionPlanner::smallest(const BlockRectangle& needed) const {
    return {needed, *std::find_if(sizes_.begin(), sizes_.end(),
                                  [&](const RegionSize& size) { return fits(needed, size); })};
}

}  // namespace jpegdeblock
