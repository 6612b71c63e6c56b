// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/frame_memory.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "engine/workers.h"
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

/// After so many frames without, the one before them is too far away.
constexpr int kMostNotFollowed = 2;

constexpr std::size_t kBlockCoefficients = 64;

Plane plane_on(const BlockGrid& grid, std::vector<std::uint8_t>& samples) {
    return {samples.data(), grid.width, grid.height, grid.width};
}

Duration since(Clock::time_point start) {
    return std::chrono::duration_cast<Duration>(Clock::now() - start);
}

/// Moves the samples of `to` by that share of the way towards those of `from`.
void blend(ConstPlane from, float share, Plane to) {
    for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) {
            const float level = static_cast<float>(to.row(y)[x]);
            const float moved = level + share * (static_cast<float>(from.row(y)[x]) - level);
            to.row(y)[x] = static_cast<std::uint8_t>(std::clamp(moved + 0.5f, 0.0f, 255.0f));
        }
}

/// Where scans are missing, the next one brings the same picture again.
bool expects_same_picture(const RestorationKey& key) {
    return !key.state.complete();
}

/// Whether all of it is expected to fit. What is unknown is not.
bool fits(const RegionRestorer& restorer, const std::vector<Region>& regions, bool has_history,
          Duration time_left) {
    Duration needed{0};
    for (const Region& region : regions) {
        const std::optional<Duration> predicted = restorer.predicted(region, has_history);
        if (!predicted) return false;
        needed += *predicted;
    }
    return needed <= time_left;
}

}  // namespace

void FrameMemory::forget() {
    key_.reset();
    release();
    history_.forget();
    following_time_ = {};
    frames_not_followed_ = frames_without_reuse_ = pause_ = 0;
}

void FrameMemory::release() {
    valid_ = false;
    decoded_ = {};
    coefficients_ = {};
    restored_ = {};
    waiting_ = {};
    samples_ = {};
    full_ = {};
}

void FrameMemory::restore(RegionRestorer& restorer, const RestorationKey& key, const DecodedFrame& given,
                          Plane restored, const Terms& terms, FrameReport& report) {
    const auto start = Clock::now();
    const auto left = [&] { return *terms.time_left - since(start); };
    restorer.adapt_to(key.grid);
    const bool temporal = prepare_history(key, terms);
    if (!temporal) samples_.clear();  // They are no longer those of the frame before.
    if (!temporal || key.strength == 1.0f)
        full_ = {};
    else if (full_.empty())
        valid_ = false;  // All of it is to be computed once.
    const std::vector<Region> whole = {restorer.planner().whole()};
    const bool short_of_time =
        terms.time_left && !fits(restorer, whole, temporal,
                                 *terms.time_left - (temporal ? following_time_.expected() : Duration{0}));
    const bool expects_unchanged = expect_unchanged(key, terms, temporal, short_of_time);
    if (!expects_unchanged && !temporal) {
        valid_ = false;
        if (!terms.reuse) release();
        restorer.restore(whole.front(), key, given, restored);
        report.tiles_computed = key.grid.columns() * key.grid.rows();
        return;
    }

    const Changes changes = find_changes(restorer, given, terms.reuse, expects_unchanged);
    restored_.resize(static_cast<std::size_t>(key.grid.width) * static_cast<std::size_t>(key.grid.height));
    const DecodedFrame decoded = temporal && changes.any ? follow(given, changes, terms.shown) : given;
    std::vector<Region> regions = restorer.planner().cover(changes.wanted);
    if (terms.time_left && !fits(restorer, regions, history_.shown().data != nullptr, left())) {
        regions = compute_in_time(restorer, changes.wanted, decoded, left());
    } else {
        for (const Region& region : regions) compute(restorer, region, decoded);
    }
    const BlockMap passed = settle(changes.wanted, regions, report);
    if (report.tiles_passed > 0) pass(restorer, passed, decoded);
    if (history_.shown().data) report.tiles_followed = history_.ages().count(passed.whole());
    if (temporal && changes.wanted.count(passed.whole()) > 0)
        history_.keep(plane_on(key.grid, full_.empty() ? restored_ : full_), *workers_);
    copy({restored_.data(), restored.width, restored.height, key.grid.width}, restored);
    valid_ = expects_unchanged;
    if (changes.comparable && !short_of_time) count_reuse(report);
}

bool FrameMemory::prepare_history(const RestorationKey& key, const Terms& terms) {
    if (!terms.temporal || expects_same_picture(key)) {
        history_.forget(/*free_memory=*/true);
        samples_ = {};
        return false;
    }
    if (terms.time_left && !following_time_.suffices(*terms.time_left)) {
        // The next frame may follow the one before this.
        ++frames_not_followed_ > kMostNotFollowed ? history_.forget() : history_.skip_frame();
        return false;
    }
    return true;
}

bool FrameMemory::expect_unchanged(const RestorationKey& key, const Terms& terms, bool temporal,
                                   bool short_of_time) {
    const bool same_stream = key_ == key;
    if (!same_stream) {
        valid_ = false;
        if (!temporal) release();
    }
    key_ = key;
    const bool expected =
        short_of_time || (terms.reuse && (same_stream || expects_same_picture(key)) && pause_ == 0);
    if (!expected) pause_ = std::max(0, pause_ - 1);
    return expected;
}

FrameMemory::Changes FrameMemory::find_changes(const RegionRestorer& restorer, const DecodedFrame& given,
                                               bool reuse, bool expects_unchanged) {
    const BlockMap all(key_->grid.columns(), key_->grid.rows(), 1);
    const bool kept = expects_unchanged && valid_ && coefficients_.empty() == (given.component() == nullptr);
    if (!kept) waiting_ = BlockMap(all.columns(), all.rows(), 0);
    valid_ = false;  // Until it is all true again.
    Changes changes = {.decoded = all, .wanted = all, .any = true, .comparable = reuse && kept};
    if (expects_unchanged) {
        BlockMap differing = exchange(given, changes.comparable);
        if (changes.comparable) {
            const int reach =
                restorer.margin() + (given.component() && expects_same_picture(*key_) ? kMeansReach : 0);
            changes.wanted = dilated(differing, reach);
            changes.decoded = std::move(differing);
            changes.any = changes.wanted.count(all.whole()) > 0;
        }
    }
    for (int y = 0; y < all.rows(); ++y)
        for (int x = 0; x < all.columns(); ++x)
            if (waiting_.row(y)[x] != 0) changes.wanted.row(y)[x] = 1;
    return changes;
}

DecodedFrame FrameMemory::follow(const DecodedFrame& given, const Changes& changes,
                                 std::optional<Duration> shown) {
    const auto begin = Clock::now();
    if (key_->strength != 1.0f) full_.resize(restored_.size());
    const DecodedFrame decoded = given.component() ? decode(*given.component(), changes.decoded) : given;
    // What is unchanged is so since the frame before this one.
    const bool tells = changes.comparable && frames_not_followed_ == 0;
    if (history_.follow({key_->grid, key_->table, decoded, shown, tells ? &changes.wanted : nullptr},
                        *workers_))
        following_time_.learn(since(begin));
    frames_not_followed_ = 0;
    return decoded;
}

BlockMap FrameMemory::settle(const BlockMap& wanted, const std::vector<Region>& computed,
                             FrameReport& report) {
    BlockMap done(wanted.columns(), wanted.rows(), 0), passed = wanted;
    for (const Region& region : computed) {
        done.fill(region.needed, 1);
        passed.fill(region.needed, 0);
        waiting_.fill(region.needed, 0);
    }
    for (int y = 0; y < passed.rows(); ++y)
        for (int x = 0; x < passed.columns(); ++x)
            if (passed.row(y)[x] != 0 && waiting_.row(y)[x] < 255) ++waiting_.row(y)[x];
    report.tiles_computed = done.count(done.whole());
    report.tiles_passed = passed.count(passed.whole());
    report.tiles_reused = wanted.whole().area() - report.tiles_computed - report.tiles_passed;
    return passed;
}

DecodedFrame FrameMemory::decode(const JpegComponent& component, const BlockMap& changed) {
    const BlockGrid& grid = key_->grid;
    const bool anew = samples_.size() != restored_.size();
    samples_.resize(restored_.size());
    const Plane samples = plane_on(grid, samples_);
    Stage stage;
    stage.tasks = grid.rows();
    stage.work = [&](int row, int) {
        const BlockRectangle blocks = {0, row, grid.columns(), 1};
        if (anew || changed.count(blocks) > 0) decode_blocks(component, 0, row, grid.part(samples, blocks));
    };
    workers_->run({&stage, 1});
    return {component, samples};
}

void FrameMemory::compute(RegionRestorer& restorer, const Region& region, const DecodedFrame& decoded) {
    const BlockGrid& grid = key_->grid;
    restorer.restore(region, *key_, decoded, plane_on(grid, restored_), history_.shown(),
                     full_.empty() ? Plane() : plane_on(grid, full_));
}

void FrameMemory::pass(RegionRestorer& restorer, const BlockMap& passed, const DecodedFrame& decoded) {
    const BlockGrid& grid = key_->grid;
    const Plane restored = plane_on(grid, restored_);
    restorer.pass(passed, grid, decoded, restored);
    if (!full_.empty()) restorer.pass(passed, grid, decoded, plane_on(grid, full_));
    if (!history_.shown().data) return;
    const float strength = key_->strength;
    for (int y = 0; y < passed.rows(); ++y)
        for (int x = 0; x < passed.columns(); ++x) {
            if (passed.row(y)[x] == 0 || history_.ages().row(y)[x] == 0) continue;
            const BlockRectangle block = {x, y, 1, 1};
            const ConstPlane projected = grid.part(history_.projected(), block);
            if (!full_.empty()) copy(projected, grid.part(plane_on(grid, full_), block));
            strength == 1.0f ? copy(projected, grid.part(restored, block))
                             : blend(projected, strength, grid.part(restored, block));
        }
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
        compute(restorer, *strip, decoded);
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
