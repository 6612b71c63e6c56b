// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/region_restorer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "restore/projection.h"

#include "engine/layer_plan.h"
#include "engine/workers.h"
#include "restore/fine_tables.h"
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

bool has_dc(const JpegComponent& component) {
    return component.state.missing_bits[0] != ScanState::kAbsent;
}

RestorationKey key_of(const JpegComponent& component, float strength, bool bounded) {
    const QuantizationTable table = effective_steps(component.table, component.state);
    const float share = has_dc(component) ? share_worth_adding(table) : 0.0f;
    return {{8 * component.blocks_wide, 8 * component.blocks_high, {}},
            table,
            strength * share,
            bounded,
            component.state};
}

RegionRestorer::RegionRestorer(std::shared_ptr<const Model> model, Precision precision,
                               std::shared_ptr<Workers> workers)
    : RegionRestorer(std::move(model), precision, std::move(workers), MemoryLimit()) {}

RegionRestorer::RegionRestorer(std::shared_ptr<const Model> model, Precision precision,
                               std::shared_ptr<Workers> workers, const MemoryLimit& limit)
    : model_(model),
      workers_(workers),
      engine_(std::move(model), precision, std::move(workers)),
      limit_(limit),
      margin_((halo(model_->network) + 7) / 8),
      units_in_levels_(model_->network.range == LumaRange::kFull ? 1.0f : kFullPerLimitedLevel) {}

void RegionRestorer::adapt_to(const BlockGrid& grid) {
    const RegionPlanner planner(grid.columns(), grid.rows(), margin_);
    if (planner_.whole() == planner.whole()) return;
    engines_.clear();
    width_trusted_.clear();
    residual_ = residual_to_check_ = {};
    copy_ = {};
    limited_ = {};
    planner_ = planner;
    bands_ = divide_into_windows(grid.rows(), margin_, 1, block_rows_that_fit(grid));
    prepared_ = false;
}

int RegionRestorer::block_rows_that_fit(const BlockGrid& grid) const {
    const int scale = model_->network.scale;
    const std::size_t width = 8 * static_cast<std::size_t>(grid.columns());
    const std::size_t rows = static_cast<std::size_t>(grid.rows());
    const std::size_t activations = activation_bytes_of_row(
        plan_layers(*model_, engine_.precision(), static_cast<std::int64_t>(width) / scale));
    const std::size_t bytes_of_block_row =
        8 / static_cast<std::size_t>(scale) * activations + 8 * width * (sizeof(float) + 1);
    if (rows * bytes_of_block_row <= limit_.whole) return grid.rows();
    const double band = std::max(static_cast<double>(limit_.band),
                                 limit_.band_for_sample * 8.0 * static_cast<double>(width * rows));
    return static_cast<int>(
        std::min(static_cast<double>(rows), band / static_cast<double>(bytes_of_block_row)));
}

void RegionRestorer::restore(const Region& region, const RestorationKey& key, const DecodedFrame& decoded,
                             Plane restored, ConstPlane history, Plane full) {
    const bool has_history = history.data != nullptr;
    const bool check = needs_check(region, has_history);
    const bool narrow = region.width < planner_.whole().width;
    const bool trusted = !narrow || (!check && width_trusted_.at({region.width, has_history}));
    const Region used = trusted ? region : planner_.widened(region);
    const bool in_place = decoded.has_samples() && decoded.plane().data == restored.data;
    copy_.valid = {};
    bool same = true;
    std::chrono::duration<double, std::nano> taken{0};
    for (const Window& band : bands_.windows) {
        BlockRectangle needed = region.needed;
        needed.top = std::max(needed.top, static_cast<int>(band.needed_first));
        needed.height =
            std::min(region.needed.top + region.needed.height, static_cast<int>(band.needed_last)) -
            needed.top;
        if (needed.height <= 0) continue;
        const auto rows_of_band = [&](const Region& wanted) {
            BlockRectangle blocks = planner_.part_of(wanted);
            blocks.top = static_cast<int>(band.first);
            blocks.height = static_cast<int>(bands_.height);
            return blocks;
        };
        const auto start = std::chrono::steady_clock::now();
        const Part part = take_part(rows_of_band(used), needed, key.grid, decoded, in_place);
        estimate(part, needed, key, history, residual_);
        // First, as the decoded samples may lie in the memory of the other.
        if (full.data) add(part, needed, key, decoded.component(), 1.0f, full);
        add(part, needed, key, decoded.component(), key.strength, restored);
        taken += std::chrono::steady_clock::now() - start;
        if (check) same = same && gives_the_same(rows_of_band(region), part, needed, key, history);
    }
    // The first run allocates and prepares, which tells nothing about the next.
    if (prepared_) learn_time(taken.count(), planner_.cost(used));
    prepared_ = true;
    if (!check) return;
    width_trusted_[{region.width, has_history}] = same;
    if (!same) planner_.exclude_width(region.width);
}

void RegionRestorer::pass(const BlockMap& passed, const BlockGrid& grid, const DecodedFrame& decoded,
                          Plane restored) {
    Stage stage;
    stage.tasks = passed.rows();
    stage.work = [&](int y, int) {
        const std::uint8_t* row = passed.row(y);
        for (int x = 0, end; x < passed.columns(); x = end) {
            end = static_cast<int>(
                std::find_if(row + x, row + passed.columns(),
                             [&](std::uint8_t value) { return (value == 0) != (row[x] == 0); }) -
                row);
            if (row[x] == 0) continue;
            const BlockRectangle blocks = {x, y, end - x, 1};
            decoded.read(grid, blocks, grid.part(restored, blocks));
        }
    };
    workers_->run({&stage, 1});
}

std::optional<RegionRestorer::Duration> RegionRestorer::predicted(const Region& region,
                                                                  bool has_history) const {
    if (nanoseconds_per_block_ == 0.0) return std::nullopt;
    const int blocks = planner_.cost(region) +
                       (needs_check(region, has_history) ? planner_.cost(planner_.widened(region)) : 0);
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

RegionRestorer::Part RegionRestorer::take_part(const BlockRectangle& blocks, const BlockRectangle& needed,
                                               const BlockGrid& grid, const DecodedFrame& decoded,
                                               bool in_place) {
    // In place the band before has restored what this one needs decoded.
    if (decoded.has_samples() && (!in_place || bands_.windows.size() == 1))
        return {blocks, grid.part(decoded.plane(), blocks)};
    const BlockRows rows = {std::max(blocks.top, needed.top - margin_),
                            std::min(blocks.top + blocks.height, needed.top + needed.height + margin_)};
    return {blocks, read_copy(blocks, rows, grid, decoded)};
}

ConstPlane RegionRestorer::read_copy(const BlockRectangle& blocks, BlockRows rows, const BlockGrid& grid,
                                     const DecodedFrame& decoded) {
    const BlockGrid part = grid.part(blocks);
    const std::ptrdiff_t row_of_blocks = 8 * static_cast<std::ptrdiff_t>(part.width);
    const std::size_t samples = static_cast<std::size_t>(row_of_blocks * blocks.height);
    if (copy_.samples.size() < samples) copy_.samples.resize(samples);
    const auto samples_of = [&](int row, int top) {
        return copy_.samples.data() + (row - top) * row_of_blocks;
    };

    BlockRows unread = rows;
    if (copy_.valid.first <= rows.first && rows.first < copy_.valid.last) {
        unread.first = std::min(rows.last, copy_.valid.last);
        std::memmove(samples_of(rows.first, blocks.top), samples_of(rows.first, copy_.blocks.top),
                     static_cast<std::size_t>((unread.first - rows.first) * row_of_blocks));
    }
    Stage stage;
    stage.tasks = unread.last - unread.first;
    stage.work = [&](int task, int) {
        const int row = unread.first + task;
        const BlockRectangle one = {blocks.left, row, blocks.width, 1};
        const BlockGrid cut = grid.part(one);
        decoded.read(
            grid, one,
            {samples_of(row, blocks.top) + cut.offset.y * part.width, part.width, cut.height, part.width});
    };
    workers_->run({&stage, 1});
    copy_.blocks = blocks;
    copy_.valid = rows;
    return {copy_.samples.data() + static_cast<std::ptrdiff_t>(part.offset.y) * part.width, part.width,
            part.height, part.width};
}

void RegionRestorer::estimate(const Part& part, const BlockRectangle& needed, const RestorationKey& key,
                              ConstPlane history, std::vector<float>& residual) {
    ConstPlane samples = part.samples;
    const std::size_t count =
        static_cast<std::size_t>(samples.width) * static_cast<std::size_t>(samples.height);
    if (residual.size() < count) residual.resize(count);
    if (model_->network.range == LumaRange::kLimited) {
        to_limited_range(samples, limited_);
        samples = {limited_.data(), samples.width, samples.height, samples.width};
    }
    const int first = needed.top - part.blocks.top;
    engine_for(part.blocks.width)
        .run_rows(samples, key.grid.part(part.blocks).offset, key.table, {first, first + needed.height},
                  residual.data(), samples.width,
                  history.data ? key.grid.part(history, part.blocks) : ConstPlane());
}

void RegionRestorer::add(const Part& part, const BlockRectangle& needed, const RestorationKey& key,
                         const JpegComponent* component, float share, Plane restored) {
    const BlockGrid cut = key.grid.part(needed);
    const int left = key.grid.first_x(needed), top = key.grid.first_y(needed);
    const int x = left - key.grid.first_x(part.blocks), y = top - key.grid.first_y(part.blocks);
    const std::ptrdiff_t stride = part.samples.width;
    const float* residual = residual_.data() + y * stride + x;
    const ConstPlane from = {part.samples.row(y) + x, cut.width, cut.height, part.samples.stride};
    const Plane to = {restored.row(top) + left, std::clamp(restored.width - left, 0, cut.width),
                      std::clamp(restored.height - top, 0, cut.height), restored.stride};
    const float strength = share * units_in_levels_;
    Stage stage;
    stage.tasks = (needed.height + kBlockRowsPerTask - 1) / kBlockRowsPerTask;
    stage.work = [&](int task, int) {
        const int first = task * kBlockRowsPerTask, last = std::min(first + kBlockRowsPerTask, needed.height);
        if (component) {
            add_residual(from, *component, needed.left, needed.top, residual, stride, strength, key.bounded,
                         first, last, to);
        } else {
            add_residual(from, cut.offset, key.table, residual, stride, strength, key.bounded, first, last,
                         to);
        }
    };
    workers_->run({&stage, 1});
}

bool RegionRestorer::needs_check(const Region& region, bool has_history) const {
    return region.width < planner_.whole().width && !width_trusted_.contains({region.width, has_history});
}

bool RegionRestorer::gives_the_same(const BlockRectangle& narrow, const Part& wide,
                                    const BlockRectangle& needed, const RestorationKey& key,
                                    ConstPlane history) {
    const BlockGrid cut = key.grid.part(needed), narrow_cut = key.grid.part(narrow);
    const int narrow_x = key.grid.first_x(narrow) - key.grid.first_x(wide.blocks);
    const Part part = {
        narrow, {wide.samples.data + narrow_x, narrow_cut.width, wide.samples.height, wide.samples.stride}};
    estimate(part, needed, key, history, residual_to_check_);
    const int x = key.grid.first_x(needed), y = key.grid.first_y(needed) - key.grid.first_y(narrow);
    const auto samples = [&](const std::vector<float>& residual, const Part& of, int row) {
        return residual.data() + static_cast<std::ptrdiff_t>(row) * of.samples.width + x -
               key.grid.first_x(of.blocks);
    };
    for (int row = y; row < y + cut.height; ++row)
        if (std::memcmp(samples(residual_to_check_, part, row), samples(residual_, wide, row),
                        static_cast<std::size_t>(cut.width) * sizeof(float)) != 0)
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
