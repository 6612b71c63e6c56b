// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/projection.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "jpeg/block_columns.h"
#include "jpeg/known_bits.h"
#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// What add_residual was asked to do, for one row of blocks.
struct Task {
    ConstPlane decoded;
    Plane restored;
    const float* residual = nullptr;
    std::ptrdiff_t residual_stride = 0;
    float strength = 1.0f;
    GridOffset offset = {};
    int first_y = 0, last_y = 0;  // Rows of the plane in this row of blocks.
    const std::int16_t* blocks =
        nullptr;  // The file's quantized coefficients of this row of blocks, where known.
};

/// The table in the layout of a tile after its second pass: transposed, repeated for each block.
struct Steps {
    alignas(64) float step[8][kTileWidth];
    alignas(64) float inverse[8][kTileWidth];

    explicit Steps(const QuantizationTable& table) {
        for (std::size_t y = 0; y < 8; ++y)
            for (std::size_t x = 0; x < kTileWidth; ++x) {
                step[y][x] = table.step[8 * (x % 8) + y];
                inverse[y][x] = step[y][x] > 0.0f ? 1.0f / step[y][x] : 0.0f;
            }
    }
};

struct Tile {
    BlockColumns decoded;
    BlockColumns sum;
    alignas(64) float whole[kTileWidth];  // 1 in the columns of blocks that the plane holds whole, else 0.
};

/// Rows of a tile lie far from each other, and processors fetch few such streams ahead by themselves: what is
/// so many columns further on is asked for.
constexpr int kPrefetched = 2 * kTileWidth;

/// A tile's column 0 is column `left` of the plane, which has its columns begin .. end-1. Loops go over all
/// kTileWidth: where that is known when they are compiled they are quick.
struct Columns {
    int left, begin, end;

    Columns(int left, int width)
        : left(left), begin(std::max(0, -left)), end(std::min(kTileWidth, width - left)) {}
    bool all() const { return end - begin == kTileWidth; }
};

/// A row of the plane, from the tile's column 0 on: `row` itself or, where the plane lacks columns, a copy in
/// which its edges are repeated.
template <typename Sample>
[[gnu::always_inline]] inline const Sample* whole_row(const Sample* row, const Columns& columns,
                                                      Sample (&copy)[kTileWidth]) {
    if (columns.all()) {
        constexpr int kLine = 64 / sizeof(Sample);
        for (int x = 0; x < kTileWidth; x += kLine) __builtin_prefetch(row + columns.left + kPrefetched + x);
        return row + columns.left;
    }
    const Sample* first = row + (columns.left + columns.begin);
    std::fill_n(copy, columns.begin, *first);
    std::copy(first, first + (columns.end - columns.begin), copy + columns.begin);
    std::fill(copy + columns.end, copy + kTileWidth, copy[columns.end - 1]);
    return copy;
}

/// Writes those of kTileWidth values, from 0 to below 256, that the plane has to its row, without their
/// fractions. A loop of its own: in one with what clamps, the compiler would branch around the conversion
/// instead.
[[gnu::always_inline]] inline void write(const float* values, const Columns& columns, std::uint8_t* row) {
    alignas(64) std::uint8_t samples[kTileWidth];
    for (int x = 0; x < kTileWidth; ++x) samples[x] = static_cast<std::uint8_t>(static_cast<int>(values[x]));
    if (columns.all()) {
        std::memcpy(row + columns.left, samples, kTileWidth);
        __builtin_prefetch(row + columns.left + kPrefetched, 1);
    } else {
        std::copy(samples + columns.begin, samples + columns.end, row + (columns.left + columns.begin));
    }
}

[[gnu::always_inline]] inline void mark_whole_blocks(const Task& task, const Columns& columns, Tile& tile) {
    const bool whole_rows = task.last_y - task.first_y == 8;
    for (int x = 0; x < kTileWidth; x += 8)
        std::fill_n(tile.whole + x, 8,
                    whole_rows && x >= columns.begin && x + 8 <= columns.end ? 1.0f : 0.0f);
}

/// Fills a tile, repeating the plane's edges.
[[gnu::always_inline]] inline void load(const Task& task, const Columns& columns, Tile& tile) {
    const int block_top = task.first_y == 0 ? -task.offset.y : task.first_y;
    const float strength = task.strength;
    std::uint8_t samples_copy[kTileWidth];
    float residual_copy[kTileWidth];
    for (int y = 0; y < 8; ++y) {
        const int plane_y = std::clamp(block_top + y, task.first_y, task.last_y - 1);
        const std::uint8_t* samples = whole_row(task.decoded.row(plane_y), columns, samples_copy);
        const float* residual =
            whole_row(task.residual + plane_y * task.residual_stride, columns, residual_copy);
        float* decoded = tile.decoded.row[y];
        float* sum = tile.sum.row[y];
        for (int x = 0; x < kTileWidth; ++x) decoded[x] = static_cast<float>(samples[x]) - 128.0f;
        for (int x = 0; x < kTileWidth; ++x) sum[x] = decoded[x] + strength * residual[x];
    }
    mark_whole_blocks(task, columns, tile);
}

/// Replaces the decoded samples of a tile whose column 0 is column `left` of the plane by the file's
/// coefficients, transposed as the DCT leaves them.
[[gnu::always_inline]] inline void load_coefficients(const Task& task, int left, const Steps& steps,
                                                     Tile& tile) {
    const int end = std::min(kTileWidth, task.decoded.width - left);
    const std::int16_t* block = task.blocks + 8 * left;
    for (int x = 0; x < end; x += 8, block += 64) {
        __builtin_prefetch(block + 8 * kPrefetched);
        __builtin_prefetch(block + 8 * kPrefetched + 32);
        for (int y = 0; y < 8; ++y)
            for (int u = 0; u < 8; ++u) tile.decoded.row[y][x + u] = static_cast<float>(block[8 * y + u]);
    }
    transpose_blocks(tile.decoded);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < kTileWidth; ++x) tile.decoded.row[y][x] *= steps.step[y][x];
}

/// Where bits of the coefficients are missing: what each may be in place of a multiple +- half a step.
struct Intervals {
    BlockColumns low, high;
};

/// What coefficient_interval needs, for each coefficient in row order.
struct PartialSteps {
    KnownBits known;
    alignas(64) float step[64];
    alignas(64) float unknown_high[64];  // The whole interval of an absent coefficient, else 0.

    PartialSteps(const QuantizationTable& table, const ScanState& state) : known(state) {
        for (int i = 0; i < 64; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const bool absent = state.missing_bits[at] == ScanState::kAbsent;
            step[i] = absent ? 0.0f : static_cast<float>(table.step[at]);
            const CoefficientInterval any = coefficient_interval(0, 1, ScanState::kAbsent, i);
            unknown_high[i] = absent && table.step[at] > 0 ? any.high : 0.0f;
        }
    }
};

/// What is known of the blocks of a row, or of a part of it.
struct PartialRow {
    std::span<const PartialSteps> steps;
    const std::uint8_t* of_block;  // Which of them each block has; null: the first.

    const PartialSteps& at(int x) const { return steps[of_block ? of_block[x] : 0]; }
};

/// The intervals of a tile whose column 0 is column `left` of the plane, transposed as the DCT leaves
/// coefficients.
[[gnu::always_inline]] inline void load_intervals(const Task& task, int left, const PartialRow& row,
                                                  Intervals& intervals) {
    const int end = std::min(kTileWidth, task.decoded.width - left);
    const std::int16_t* block = task.blocks + 8 * left;
    for (int x = 0; x < end; x += 8, block += 64) {
        const PartialSteps& steps = row.at((left + x) / 8);
        for (int i = 0; i < 64; ++i) {
            const std::int32_t level = steps.known.level(block[i], i);
            const float missing = static_cast<float>(steps.known.missing[i]);
            const float above = i == 0 || level >= 0 ? missing : 0.0f;
            const float below = i != 0 && level <= 0 ? missing : 0.0f;
            const float value = static_cast<float>(level);
            intervals.low.row[i / 8][x + i % 8] =
                (value - below - 0.5f) * steps.step[i] - steps.unknown_high[i];
            intervals.high.row[i / 8][x + i % 8] =
                (value + above + 0.5f) * steps.step[i] + steps.unknown_high[i];
        }
    }
    transpose_blocks(intervals.low);
    transpose_blocks(intervals.high);
}

[[gnu::always_inline]] inline void transform_decoded(Tile& tile) {
    forward_dct_columns(tile.decoded);
    transpose_blocks(tile.decoded);
    forward_dct_columns(tile.decoded);
}

[[gnu::always_inline]] inline void transform_sum(Tile& tile) {
    forward_dct_columns(tile.sum);
    transpose_blocks(tile.sum);
    forward_dct_columns(tile.sum);
}

[[gnu::always_inline]] inline void transform_sum_back(Tile& tile) {
    inverse_dct_columns(tile.sum);
    transpose_blocks(tile.sum);
    inverse_dct_columns(tile.sum);
}

/// tile.decoded and tile.sum hold coefficients, transposed.
[[gnu::always_inline]] inline void clamp_sum(Tile& tile, const Steps& steps) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < kTileWidth; ++x) {
            const float step = steps.step[y][x];
            const float coefficient = tile.decoded.row[y][x];
            const float multiple = round_to_integer(coefficient * steps.inverse[y][x]) * step;
            const float centre = coefficient + tile.whole[x] * (multiple - coefficient);
            const float low = centre - 0.5f * step, high = centre + 0.5f * step;
            float value = tile.sum.row[y][x];
            value = value > low ? value : low;
            tile.sum.row[y][x] = value < high ? value : high;
        }
}

[[gnu::always_inline]] inline void clamp_sum(Tile& tile, const Intervals& intervals) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < kTileWidth; ++x) {
            const float low = intervals.low.row[y][x], high = intervals.high.row[y][x];
            float value = tile.sum.row[y][x];
            value = value > low ? value : low;
            tile.sum.row[y][x] = value < high ? value : high;
        }
}

/// What project_history was asked to do, for one row of blocks.
struct HistoryTask {
    ConstPlane moved;
    const float* share;    // Of each block of the row.
    std::int8_t* lighter;  // Likewise.
    float unit;
    ProjectedHistory to;
};

/// In units of the DCT's coefficients, of which the first is eight times the mean: half a level more than the
/// interval allows, and three more than its middle.
constexpr float kLighter = 4.0f;
constexpr float kLighterThanMiddle = 24.0f;

/// Which blocks of a tile were lighter or darker than their intervals allow: dc is the first row of their
/// coefficients before the clamp.
[[gnu::always_inline]] inline void tell_lighter(const HistoryTask& history, const Columns& columns,
                                                GridOffset offset, const float* dc, const Tile& tile) {
    const int first_block = (columns.left + offset.x) / 8;
    for (int x = 0; x < columns.end; x += 8) {
        const int block = first_block + x / 8;
        const float excess = dc[x] - tile.sum.row[0][x], change = dc[x] - tile.decoded.row[0][x];
        const bool tells = history.share[block] > 0.0f && std::abs(change) > kLighterThanMiddle;
        history.lighter[block] =
            static_cast<std::int8_t>(tells ? (excess > kLighter) - (excess < -kLighter) : 0);
    }
}

/// As load, with the moved samples as the sum.
[[gnu::always_inline]] inline void load_moved(const Task& task, const HistoryTask& history,
                                              const Columns& columns, Tile& tile) {
    const int block_top = task.first_y == 0 ? -task.offset.y : task.first_y;
    std::uint8_t samples_copy[kTileWidth], moved_copy[kTileWidth];
    for (int y = 0; y < 8; ++y) {
        const int plane_y = std::clamp(block_top + y, task.first_y, task.last_y - 1);
        const std::uint8_t* samples = whole_row(task.decoded.row(plane_y), columns, samples_copy);
        const std::uint8_t* moved = whole_row(history.moved.row(plane_y), columns, moved_copy);
        float* decoded = tile.decoded.row[y];
        float* sum = tile.sum.row[y];
        for (int x = 0; x < kTileWidth; ++x) decoded[x] = static_cast<float>(samples[x]) - 128.0f;
        for (int x = 0; x < kTileWidth; ++x) sum[x] = static_cast<float>(moved[x]) - 128.0f;
    }
    mark_whole_blocks(task, columns, tile);
}

/// What a network is shown of the projected samples.
[[gnu::always_inline]] inline void store_history(const Task& task, const HistoryTask& history,
                                                 const Columns& columns, const Tile& tile) {
    const int top = task.first_y == 0 ? task.offset.y : 0;
    alignas(64) float weight[kTileWidth];
    const int first_block = (columns.left + task.offset.x) / 8;
    const int blocks = (columns.end + 7) / 8;
    for (int block = 0; block < kTileWidth / 8; ++block)
        std::fill_n(weight + 8 * block, 8,
                    block < blocks ? 128.0f * history.share[first_block + block] / history.unit : 0.0f);
    std::uint8_t copy[kTileWidth];
    for (int y = task.first_y; y < task.last_y; ++y) {
        const float* sum = tile.sum.row[top + y - task.first_y];
        const std::uint8_t* decoded = whole_row(task.decoded.row(y), columns, copy);
        alignas(64) float values[kTileWidth];
        for (int x = 0; x < kTileWidth; ++x) {
            float value = weight[x] * (sum[x] + 128.0f - static_cast<float>(decoded[x]));
            value = value > -127.0f ? value : -127.0f;
            value = value < 127.0f ? value : 127.0f;
            values[x] = value + 128.5f;
        }
        write(values, columns, history.to.shown.row(y));
    }
}

/// Rounds and clamps the sums and writes them to the plane, which may end before the decoded one.
[[gnu::always_inline]] inline void store(const Task& task, int left, const Tile& tile) {
    if (left >= task.restored.width) return;
    const Columns columns(left, task.restored.width);
    const int top = task.first_y == 0 ? task.offset.y : 0;
    alignas(64) float values[kTileWidth];
    for (int y = task.first_y; y < std::min(task.last_y, task.restored.height); ++y) {
        const float* sum = tile.sum.row[top + y - task.first_y];
        for (int x = 0; x < kTileWidth; ++x) {
            float value = sum[x] + 128.5f;
            value = value > 0.0f ? value : 0.0f;  // In this order a NaN becomes 0.
            value = value < 255.0f ? value : 255.0f;
            values[x] = value;
        }
        write(values, columns, task.restored.row(y));
    }
}

/// steps: null for an unbounded sum.
JPEGDEBLOCK_TARGET_CLONES
void add_row(const Task& task, const Steps* steps) {
    Tile tile;
    for (int left = -task.offset.x; left < task.decoded.width; left += kTileWidth) {
        load(task, Columns(left, task.decoded.width), tile);
        if (steps) {
            if (task.blocks) {
                load_coefficients(task, left, *steps, tile);
            } else {
                transform_decoded(tile);
            }
            transform_sum(tile);
            clamp_sum(tile, *steps);
            transform_sum_back(tile);
        }
        store(task, left, tile);
    }
}

JPEGDEBLOCK_TARGET_CLONES
void project_row(const Task& task, const HistoryTask& history, const Steps& steps) {
    Tile tile;
    for (int left = -task.offset.x; left < task.decoded.width; left += kTileWidth) {
        const Columns columns(left, task.decoded.width);
        load_moved(task, history, columns, tile);
        if (task.blocks) {
            load_coefficients(task, left, steps, tile);
        } else {
            transform_decoded(tile);
        }
        transform_sum(tile);
        alignas(64) float dc[kTileWidth];
        std::copy_n(tile.sum.row[0], kTileWidth, dc);
        clamp_sum(tile, steps);
        tell_lighter(history, columns, task.offset, dc, tile);
        transform_sum_back(tile);
        store_history(task, history, columns, tile);
        store(task, left, tile);
    }
}

/// For coefficients of which bits are missing.
JPEGDEBLOCK_TARGET_CLONES
void add_partial_row(const Task& task, const PartialRow& row) {
    Tile tile;
    Intervals intervals{};
    for (int left = 0; left < task.decoded.width; left += kTileWidth) {
        load(task, Columns(left, task.decoded.width), tile);
        load_intervals(task, left, row, intervals);
        transform_sum(tile);
        clamp_sum(tile, intervals);
        transform_sum_back(tile);
        store(task, left, tile);
    }
}

}  // namespace

int block_rows(int height, GridOffset offset) {
    return (height + offset.y + 7) / 8;
}

void add_residual(ConstPlane decoded, GridOffset offset, const QuantizationTable& table,
                  const float* residual, std::ptrdiff_t residual_stride, float strength, bool bounded,
                  int first_block_row, int last_block_row, Plane restored) {
    const Steps steps(table);
    for (int block_row = first_block_row; block_row < last_block_row; ++block_row) {
        const int top = 8 * block_row - offset.y;
        const Task task = {decoded,  restored, residual,         residual_stride,
                           strength, offset,   std::max(0, top), std::min(decoded.height, top + 8),
                           nullptr};
        add_row(task, bounded ? &steps : nullptr);
    }
}

void add_residual(ConstPlane decoded, const JpegComponent& component, int left_block, int top_block,
                  const float* residual, std::ptrdiff_t residual_stride, float strength, bool bounded,
                  int first_block_row, int last_block_row, Plane restored) {
    const auto each_row = [&](auto add) {
        for (int row = first_block_row; row < last_block_row; ++row) {
            const std::int16_t* blocks =
                component.block_rows[static_cast<std::size_t>(top_block + row)] + 64 * left_block;
            add(
                Task{
                    decoded, restored, residual, residual_stride, strength, {}, 8 * row, 8 * row + 8, blocks},
                top_block + row);
        }
    };
    if (!bounded || component.complete()) {
        const Steps steps(component.table);
        each_row([&](const Task& task, int) { add_row(task, bounded ? &steps : nullptr); });
    } else if (component.states.empty()) {
        const PartialSteps steps(component.table, component.state);
        each_row([&](const Task& task, int) { add_partial_row(task, {{&steps, 1}, nullptr}); });
    } else {
        std::vector<PartialSteps> steps;
        for (const ScanState& state : component.states) steps.emplace_back(component.table, state);
        each_row([&](const Task& task, int y) {
            add_partial_row(task, {steps, &component.state_of_block[static_cast<std::size_t>(
                                              y * component.blocks_wide + left_block)]});
        });
    }
}

void project_history(ConstPlane decoded, GridOffset offset, const QuantizationTable& table, ConstPlane moved,
                     const float* share, int first_block_row, int last_block_row,
                     const ProjectedHistory& history) {
    const Steps steps(table);
    const int columns = (decoded.width + offset.x + 7) / 8;
    for (int row = first_block_row; row < last_block_row; ++row) {
        const int top = 8 * row - offset.y;
        const Task task = {.decoded = decoded,
                           .restored = history.projected,
                           .offset = offset,
                           .first_y = std::max(0, top),
                           .last_y = std::min(decoded.height, top + 8)};
        const std::ptrdiff_t blocks = std::ptrdiff_t{row} * columns;
        project_row(task,
                    {moved, share + blocks, history.lighter + blocks, low_frequency_step(table), history},
                    steps);
    }
}

void project_history(ConstPlane decoded, const JpegComponent& component, ConstPlane moved, const float* share,
                     int first_block_row, int last_block_row, const ProjectedHistory& history) {
    const Steps steps(component.table);
    for (int row = first_block_row; row < last_block_row; ++row) {
        const Task task = {.decoded = decoded,
                           .restored = history.projected,
                           .first_y = 8 * row,
                           .last_y = 8 * row + 8,
                           .blocks = component.block_rows[static_cast<std::size_t>(row)]};
        const std::ptrdiff_t blocks = std::ptrdiff_t{row} * component.blocks_wide;
        project_row(
            task,
            {moved, share + blocks, history.lighter + blocks, low_frequency_step(component.table), history},
            steps);
    }
}

}  // namespace jpegdeblock
