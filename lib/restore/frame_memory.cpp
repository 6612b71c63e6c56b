// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/frame_memory.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace jpegdeblock {
namespace {

using Clock = std::chrono::steady_clock;
using Duration = RegionRestorer::Duration;

/// After so many frames in a row of which hardly a tile could be reused ...
constexpr int kFramesUntilPause = 3;
/// ... none is looked for in so many, as the comparison and its copies would cost more than they save.
constexpr int kPause = 12;
/// "Hardly a tile": less than one in so many.
constexpr int kTilesForEachReused = 16;

/// Share of the plane to try on a stream of which it is not known how long it takes: one part in so many.
constexpr int kFirstShare = 8;
/// Fewest rows of blocks worth computing in what is left of the time after a first strip, as much of it goes
/// to their surroundings.
constexpr int kLeastRows = 4;

constexpr int kBlockCoefficients = 64;

Plane plane_on(const BlockGrid& grid, std::vector<std::uint8_t>& samples) {
    return {samples.data(), grid.width, grid.height, grid.width};
}

/// Whether all of it is expected to fit. What is unknown is not.
bool fits(const RegionRestorer& restorer, const std::vector<Region>& regions, Duration time_left) {
    Duration needed{0};
    for (const Region& region : regions) {
        const std::optional<Duration> predicted = restorer.predicted(region);
        if (!predicted) return false;
        needed += *predicted;
    }
    return needed <= time_left;
}

}  // namespace

void copy(ConstPlane from, Plane to) {
    if (from.data == to.data) return;
    for (int y = 0; y < from.height; ++y)
        std::memmove(to.row(y), from.row(y), static_cast<std::size_t>(from.width));
}

void FrameMemory::forget() {
    valid_ = false;
    frames_without_reuse_ = pause_ = 0;
}

void FrameMemory::restore(RegionRestorer& restorer, const RestorationKey& key, ConstPlane decoded,
                          Plane restored, bool reuse, std::optional<Duration> time_left,
                          FrameReport& report) {
    const auto start = Clock::now();
    restorer.adapt_to(key.grid);
    const BlockMap all(key.grid.columns(), key.grid.rows(), 1);
    const std::vector<Region> whole = {restorer.planner().whole()};
    const bool short_of_time = time_left && !fits(restorer, whole, *time_left);
    if (!short_of_time && (!reuse || pause_ > 0)) {
        pause_ = std::max(0, pause_ - 1);
        valid_ = false;
        restorer.restore(whole.front(), key, decoded, restored);
        report.tiles_computed = all.whole().area();
        return;
    }

    const bool coefficients_known = restorer.coefficients() != nullptr;
    const bool continued = valid_ && key_ == key && coefficients_.empty() != coefficients_known;
    const bool comparable = reuse && continued;
    if (!continued) waiting_ = BlockMap(all.columns(), all.rows(), 0);
    const BlockMap wanted = comparable ? find_wanted(restorer, key, decoded) : all;
    valid_ = false;  // Until it is all true again.
    key_ = key;
    decoded_.resize(static_cast<std::size_t>(decoded.width) * static_cast<std::size_t>(decoded.height));
    restored_.resize(decoded_.size());
    copy(decoded, plane_on(key_.grid, decoded_));
    keep_coefficients(restorer.coefficients());

    std::vector<Region> regions = restorer.planner().cover(wanted);
    if (time_left && !fits(restorer, regions, *time_left)) {
        const Duration rest = *time_left - std::chrono::duration_cast<Duration>(Clock::now() - start);
        regions = compute_in_time(restorer, wanted, rest);
    } else {
        for (const Region& region : regions)
            restorer.restore(region, key_, plane_on(key_.grid, decoded_), plane_on(key_.grid, restored_));
    }

    BlockMap computed(all.columns(), all.rows(), 0), passed = wanted;
    for (const Region& region : regions) {
        computed.fill(region.needed, 1);
        passed.fill(region.needed, 0);
        waiting_.fill(region.needed, 0);
    }
    pass(passed);
    copy(plane_on(key_.grid, restored_), restored);
    valid_ = true;

    report.tiles_computed = computed.count(all.whole());
    report.tiles_passed = passed.count(all.whole());
    report.tiles_reused = all.whole().area() - report.tiles_computed - report.tiles_passed;
    if (comparable && !short_of_time) count_reuse(report);
}

BlockMap FrameMemory::find_wanted(const RegionRestorer& restorer, const RestorationKey& key,
                                  ConstPlane decoded) const {
    const ConstPlane before = {decoded_.data(), decoded.width, decoded.height, decoded.width};
    BlockMap wanted = dilated(changed_blocks(key.grid, before, decoded), restorer.margin());
    if (restorer.coefficients()) mark_changed_coefficients(*restorer.coefficients(), wanted);
    for (int y = 0; y < wanted.rows(); ++y)
        for (int x = 0; x < wanted.columns(); ++x)
            if (waiting_.row(y)[x] != 0) wanted.row(y)[x] = 1;
    return wanted;
}

std::vector<Region> FrameMemory::compute_in_time(RegionRestorer& restorer, const BlockMap& wanted,
                                                 Duration time_left) {
    const auto deadline = Clock::now() + time_left;
    const RegionPlanner& planner = restorer.planner();
    std::vector<int> urgency = urgency_of_rows(wanted);
    const int first_try = std::max(planner.cost(planner.whole()) / kFirstShare,
                                   (kLeastRows + 2 * restorer.margin()) * wanted.columns());
    std::vector<Region> computed;
    for (Duration left = time_left; left > Duration{0}; left = deadline - Clock::now()) {
        const std::optional<Region> strip =
            planner.most_urgent_strip(urgency, restorer.affordable(left).value_or(first_try));
        if (!strip) break;
        const auto rows_left = urgency.size() - std::count(urgency.begin(), urgency.end(), 0);
        const bool low = strip->needed.height < std::min<int>(kLeastRows, rows_left);
        if (low && !computed.empty()) break;
        restorer.restore(*strip, key_, plane_on(key_.grid, decoded_), plane_on(key_.grid, restored_));
        computed.push_back(*strip);
        const auto first = urgency.begin() + strip->needed.top;
        std::fill(first, first + strip->needed.height, 0);
    }
    if (computed.empty() && time_left > Duration{0}) restorer.doubt_prediction();
    return computed;
}

void FrameMemory::mark_changed_coefficients(const JpegComponent& component, BlockMap& changed) const {
    const std::int16_t* before = coefficients_.data();
    for (int y = 0; y < changed.rows(); ++y)
        for (int x = 0; x < changed.columns(); ++x, before += kBlockCoefficients)
            if (std::memcmp(before,
                            component.block_rows[static_cast<std::size_t>(y)] + kBlockCoefficients * x,
                            kBlockCoefficients * sizeof(std::int16_t)) != 0)
                changed.row(y)[x] = 1;
}

void FrameMemory::keep_coefficients(const JpegComponent* component) {
    coefficients_.clear();
    if (!component) return;
    for (const std::int16_t* row : component->block_rows)
        coefficients_.insert(coefficients_.end(), row, row + kBlockCoefficients * component->blocks_wide);
}

std::vector<int> FrameMemory::urgency_of_rows(const BlockMap& wanted) const {
    std::vector<int> result;
    for (int y = 0; y < wanted.rows(); ++y) {
        const std::uint8_t* row = wanted.row(y);
        result.push_back(std::accumulate(row, row + wanted.columns(), 0));
        const std::uint8_t* waiting = waiting_.row(y);
        result.back() = std::accumulate(waiting, waiting + wanted.columns(), result.back());
    }
    return result;
}

void FrameMemory::pass(const BlockMap& passed) {
    const Plane from = plane_on(key_.grid, decoded_), to = plane_on(key_.grid, restored_);
    for (int y = 0; y < passed.rows(); ++y)
        for (int x = 0; x < passed.columns(); ++x) {
            if (passed.row(y)[x] == 0) continue;
            const BlockRectangle block = {x, y, 1, 1};
            copy(key_.grid.part(from, block), key_.grid.part(to, block));
            std::uint8_t& frames = waiting_.row(y)[x];
            if (frames < 255) ++frames;
        }
}

void FrameMemory::count_reuse(const FrameReport& report) {
    const int tiles = report.tiles_computed + report.tiles_reused;
    frames_without_reuse_ = kTilesForEachReused * report.tiles_reused < tiles ? frames_without_reuse_ + 1 : 0;
    if (frames_without_reuse_ < kFramesUntilPause) return;
    frames_without_reuse_ = 0;
    pause_ = kPause;
}

}  // namespace jpegdeblock
