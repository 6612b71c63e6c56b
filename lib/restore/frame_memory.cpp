// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/frame_memory.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "jpeg/reconstruction.h"

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

constexpr std::size_t kBlockCoefficients = 64;

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

void FrameMemory::forget() {
    key_.reset();
    release();
    frames_without_reuse_ = pause_ = 0;
}

void FrameMemory::release() {
    valid_ = false;
    decoded_ = {};
    coefficients_ = {};
    restored_ = {};
    waiting_ = {};
}

void FrameMemory::restore(RegionRestorer& restorer, const RestorationKey& key, const DecodedFrame& decoded,
                          Plane restored, bool reuse, std::optional<Duration> time_left,
                          FrameReport& report) {
    const auto start = Clock::now();
    restorer.adapt_to(key.grid);
    const BlockMap all(key.grid.columns(), key.grid.rows(), 1);
    const std::vector<Region> whole = {restorer.planner().whole()};
    const bool short_of_time = time_left && !fits(restorer, whole, *time_left);
    const bool same_stream = key_ == key;
    // Where scans are missing, the next one brings the same picture again.
    const bool next_expected = same_stream || !key.state.complete();
    if (!same_stream) release();
    key_ = key;
    if (!short_of_time && (!reuse || !next_expected || pause_ > 0)) {
        pause_ = std::max(0, pause_ - 1);
        valid_ = false;
        if (!reuse) release();
        restorer.restore(whole.front(), key, decoded, restored);
        report.tiles_computed = all.whole().area();
        return;
    }

    const bool kept = valid_ && coefficients_.empty() == (decoded.component() == nullptr);
    const bool comparable = reuse && kept;
    if (!kept) waiting_ = BlockMap(all.columns(), all.rows(), 0);
    valid_ = false;  // Until it is all true again.
    const BlockMap changed = exchange(decoded, comparable);
    const int reach = restorer.margin() + (decoded.component() && !key.state.complete() ? kMeansReach : 0);
    BlockMap wanted = comparable ? dilated(changed, reach) : all;
    for (int y = 0; y < wanted.rows(); ++y)
        for (int x = 0; x < wanted.columns(); ++x)
            if (waiting_.row(y)[x] != 0) wanted.row(y)[x] = 1;
    restored_.resize(static_cast<std::size_t>(key.grid.width) * static_cast<std::size_t>(key.grid.height));

    std::vector<Region> regions = restorer.planner().cover(wanted);
    if (time_left && !fits(restorer, regions, *time_left)) {
        const Duration rest = *time_left - std::chrono::duration_cast<Duration>(Clock::now() - start);
        regions = compute_in_time(restorer, wanted, decoded, rest);
    } else {
        for (const Region& region : regions)
            restorer.restore(region, key, decoded, plane_on(key.grid, restored_));
    }

    BlockMap computed(all.columns(), all.rows(), 0), passed = wanted;
    for (const Region& region : regions) {
        computed.fill(region.needed, 1);
        passed.fill(region.needed, 0);
        waiting_.fill(region.needed, 0);
    }
    report.tiles_computed = computed.count(all.whole());
    report.tiles_passed = passed.count(all.whole());
    report.tiles_reused = all.whole().area() - report.tiles_computed - report.tiles_passed;
    if (report.tiles_passed > 0) {
        restorer.pass(passed, key.grid, decoded, plane_on(key.grid, restored_));
        for (int y = 0; y < passed.rows(); ++y)
            for (int x = 0; x < passed.columns(); ++x)
                if (passed.row(y)[x] != 0 && waiting_.row(y)[x] < 255) ++waiting_.row(y)[x];
    }
    copy({restored_.data(), restored.width, restored.height, key.grid.width}, restored);
    valid_ = true;
    if (comparable && !short_of_time) count_reuse(report);
}

BlockMap FrameMemory::exchange(const DecodedFrame& decoded, bool comparable) {
    return decoded.component() ? exchange_coefficients(*decoded.component(), comparable)
                               : exchange_samples(decoded.plane(), comparable);
}

BlockMap FrameMemory::exchange_coefficients(const JpegComponent& component, bool comparable) {
    const std::size_t row_size = kBlockCoefficients * static_cast<std::size_t>(component.blocks_wide);
    coefficients_.resize(row_size * static_cast<std::size_t>(component.blocks_high));
    BlockMap changed(component.blocks_wide, component.blocks_high, 0);
    std::int16_t* before = coefficients_.data();
    for (int y = 0; y < component.blocks_high; ++y, before += row_size) {
        const std::int16_t* now = component.block_rows[static_cast<std::size_t>(y)];
        if (!comparable) {
            std::copy(now, now + row_size, before);
            continue;
        }
        for (std::size_t x = 0; x < static_cast<std::size_t>(component.blocks_wide); ++x) {
            constexpr std::size_t kBytes = kBlockCoefficients * sizeof(std::int16_t);
            if (std::memcmp(before + kBlockCoefficients * x, now + kBlockCoefficients * x, kBytes) == 0)
                continue;
            std::memcpy(before + kBlockCoefficients * x, now + kBlockCoefficients * x, kBytes);
            changed.row(y)[x] = 1;
        }
    }
    return changed;
}

BlockMap FrameMemory::exchange_samples(ConstPlane decoded, bool comparable) {
    const BlockGrid& grid = key_->grid;
    decoded_.resize(static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height));
    const Plane before = plane_on(grid, decoded_);
    BlockMap changed(grid.columns(), grid.rows(), 0);
    if (comparable) changed = changed_blocks(grid, before, decoded);
    for (int y = 0; y < changed.rows(); ++y) {
        const BlockRectangle row = {0, y, changed.columns(), 1};
        if (!comparable || changed.count(row) > 0) copy(grid.part(decoded, row), grid.part(before, row));
    }
    return changed;
}

std::vector<Region> FrameMemory::compute_in_time(RegionRestorer& restorer, const BlockMap& wanted,
                                                 const DecodedFrame& decoded, Duration time_left) {
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
        restorer.restore(*strip, *key_, decoded, plane_on(key_->grid, restored_));
        computed.push_back(*strip);
        const auto first = urgency.begin() + strip->needed.top;
        std::fill(first, first + strip->needed.height, 0);
    }
    if (computed.empty() && time_left > Duration{0}) restorer.doubt_prediction();
    return computed;
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

void FrameMemory::count_reuse(const FrameReport& report) {
    const int tiles = report.tiles_computed + report.tiles_reused;
    frames_without_reuse_ = kTilesForEachReused * report.tiles_reused < tiles ? frames_without_reuse_ + 1 : 0;
    if (frames_without_reuse_ < kFramesUntilPause) return;
    frames_without_reuse_ = 0;
    pause_ = kPause;
}

}  // namespace jpegdeblock
