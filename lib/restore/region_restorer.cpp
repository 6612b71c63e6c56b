// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/region_restorer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <jpegdeblock/projection.h>

#include "engine/workers.h"
#include "restore/limited_range.h"

namespace jpegdeblock {
namespace {

/// Rows of blocks that a worker restores at a time: few enough to share the work evenly.
constexpr int kBlockRowsPerTask = 4;

/// Shares of the latest measurement in the expected time: what takes longer than expected makes frames late,
/// so that it counts more.
constexpr double kGoodNewsShare = 0.3;
constexpr double kBadNewsShare = 0.7;

}  // namespace

RegionRestorer::RegionRestorer(std::shared_ptr<const Model> model, Precision precision,
                               std::shared_ptr<Workers> workers)
    : model_(model),
      workers_(workers),
      engine_(std::move(model), precision, std::move(workers)),
      margin_((halo(model_->network) + 7) / 8),
      units_in_levels_(model_->network.range == LumaRange::kFull ? 1.0f : kFullPerLimitedLevel) {}

void RegionRestorer::adapt_to(const BlockGrid& grid) {
    const RegionPlanner planner(grid.columns(), grid.rows(), margin_);
    if (planner_.whole() == planner.whole()) return;
    engines_.clear();
    width_trusted_.clear();
    planner_ = planner;
    prepared_ = false;
}

void RegionRestorer::restore(const Region& region, const RestorationKey& key, ConstPlane decoded,
                             Plane restored) {
    const auto start = std::chrono::steady_clock::now();
    const bool check = needs_check(region);
    const bool narrow = region.width < planner_.whole().width;
    const bool trusted = !narrow || (!check && width_trusted_.at(region.width));
    const Region used = trusted ? region : planner_.widened(region);
    estimate(used, key, decoded, residual_);
    add(used, key, decoded, restored);
    // The first run allocates and prepares, which tells nothing about the next.
    if (prepared_)
        learn_time(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count(),
                   planner_.cost(used));
    prepared_ = true;
    if (!check) return;
    const bool same = gives_the_same(region, used, key, decoded);
    width_trusted_[region.width] = same;
    if (!same) planner_.exclude_width(region.width);
}

std::optional<RegionRestorer::Duration> RegionRestorer::predicted(const Region& region) const {
    if (nanoseconds_per_block_ == 0.0) return std::nullopt;
    const int blocks =
        planner_.cost(region) + (needs_check(region) ? planner_.cost(planner_.widened(region)) : 0);
    return Duration(static_cast<Duration::rep>(nanoseconds_per_block_ * blocks));
}

std::optional<int> RegionRestorer::affordable(Duration time) const {
    if (nanoseconds_per_block_ == 0.0) return std::nullopt;
    const double all = planner_.cost(planner_.whole());
    return static_cast<int>(std::clamp(static_cast<double>(time.count()) / nanoseconds_per_block_, 0.0, all));
}

Engine& RegionRestorer::engine_for(int width) {
    if (width == planner_.whole().width) return engine_;
    std::unique_ptr<Engine>& engine = engines_[width];
    if (!engine) engine = std::make_unique<Engine>(model_, engine_.precision(), workers_);
    return *engine;
}

void RegionRestorer::estimate(const Region& region, const RestorationKey& key, ConstPlane decoded,
                              std::vector<float>& residual) {
    const BlockRectangle blocks = planner_.part_of(region);
    ConstPlane part = key.grid.part(decoded, blocks);
    const std::size_t samples = static_cast<std::size_t>(part.width) * static_cast<std::size_t>(part.height);
    if (residual.size() < samples) residual.resize(samples);
    if (model_->network.range == LumaRange::kLimited) {
        to_limited_range(part, limited_);
        part = {limited_.data(), part.width, part.height, part.width};
    }
    const BlockRows rows = {region.needed.top, region.needed.top + region.needed.height};
    engine_for(region.width)
        .run_rows(part, key.grid.part(blocks).offset, key.table, rows, residual.data(), part.width);
}

void RegionRestorer::add(const Region& region, const RestorationKey& key, ConstPlane decoded,
                         Plane restored) {
    const BlockRectangle blocks = planner_.part_of(region);
    const BlockGrid part = key.grid.part(blocks), needed = key.grid.part(region.needed);
    const int x = key.grid.first_x(region.needed) - key.grid.first_x(blocks);
    const int y = key.grid.first_y(region.needed) - key.grid.first_y(blocks);
    const float* residual = residual_.data() + static_cast<std::ptrdiff_t>(y) * part.width + x;
    const ConstPlane from = key.grid.part(decoded, region.needed);
    const Plane to = key.grid.part(restored, region.needed);
    Stage stage;
    stage.tasks = (needed.rows() + kBlockRowsPerTask - 1) / kBlockRowsPerTask;
    stage.work = [&](int task, int) {
        const int first = task * kBlockRowsPerTask, last = std::min(first + kBlockRowsPerTask, needed.rows());
        const float strength = key.strength * units_in_levels_;
        if (component_) {
            add_residual(from, *component_, region.needed.left, region.needed.top, residual, part.width,
                         strength, key.bounded, first, last, to);
        } else {
            add_residual(from, needed.offset, key.table, residual, part.width, strength, key.bounded, first,
                         last, to);
        }
    };
    workers_->run({&stage, 1});
}

bool RegionRestorer::needs_check(const Region& region) const {
    return region.width < planner_.whole().width && !width_trusted_.contains(region.width);
}

bool RegionRestorer::gives_the_same(const Region& narrow, const Region& wide, const RestorationKey& key,
                                    ConstPlane decoded) {
    estimate(narrow, key, decoded, residual_to_check_);
    const BlockRectangle narrow_blocks = planner_.part_of(narrow), wide_blocks = planner_.part_of(wide);
    const int narrow_width = key.grid.part(narrow_blocks).width,
              wide_width = key.grid.part(wide_blocks).width;
    const BlockGrid needed = key.grid.part(narrow.needed);
    const int x = key.grid.first_x(narrow.needed), y = key.grid.first_y(narrow.needed);
    const auto samples = [&](const std::vector<float>& residual, const BlockRectangle& blocks, int width,
                             int row) {
        return residual.data() + static_cast<std::ptrdiff_t>(row - key.grid.first_y(blocks)) * width + x -
               key.grid.first_x(blocks);
    };
    for (int row = y; row < y + needed.height; ++row)
        if (std::memcmp(samples(residual_to_check_, narrow_blocks, narrow_width, row),
                        samples(residual_, wide_blocks, wide_width, row),
                        static_cast<std::size_t>(needed.width) * sizeof(float)) != 0)
            return false;
    return true;
}

void RegionRestorer::learn_time(double nanoseconds, int blocks) {
    const double latest = nanoseconds / blocks;
    const double known = nanoseconds_per_block_;
    const double share = known == 0.0 ? 1.0 : latest > known ? kBadNewsShare : kGoodNewsShare;
    nanoseconds_per_block_ = (1.0 - share) * known + share * latest;
}

}  // namespace jpegdeblock
