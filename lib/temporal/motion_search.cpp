// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/motion_search.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/workers.h"
#include "temporal/block_difference.h"
#include "temporal/smoothing.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// What a vector other than zero must be better by: noise matches other noise a little better somewhere.
constexpr int kZeroBonus = 32;
constexpr int kZeroBonusShare = 32;  ///< ... and one part in so many of the difference at zero.

/// For each quarter of a pixel that a vector differs from what is expected; flat blocks have no motion of
/// their own.
constexpr int kPenalty = 2;
constexpr int kMostPenalty = 128;

/// Vectors up to so many pixels are tried at the coarsest level, before those around the best of them.
constexpr int kCoarseRange = 6;
constexpr int kCoarseStep = 2;
constexpr int kDiamonds = 4;  ///< At most, of whole pixels.

/// How much worse a block may match with the median of the vectors around it for that to be taken: one part
/// in so many of the difference. What coding noise lets match best by chance is seldom where its neighbours
/// come from.
constexpr int kMedianShare = 12;

/// A block between two whose vectors are no more than so many quarters of a pixel apart takes one of these
/// where it matches worse than they do by no more than one part in so many, and so much: then nothing else is
/// tried.
constexpr int kAlike = 3;
constexpr int kAlikeShare = 4;
constexpr int kAlikeMore = 64;

/// A vector in units of its own.
struct Vector {
    int x = 0, y = 0;

    bool operator==(const Vector&) const = default;
};

[[gnu::always_inline]] inline MotionVector packed(Vector v) {
    return {static_cast<std::int16_t>(v.x), static_cast<std::int16_t>(v.y)};
}

constexpr Vector kDiamond[4] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

/// The vectors for which a block's match lies where there are samples.
struct Limits {
    Vector low, high;

    [[gnu::always_inline]] Vector clamp(Vector v) const {
        return {std::clamp(v.x, low.x, high.x), std::clamp(v.y, low.y, high.y)};
    }
    [[gnu::always_inline]] bool hold(Vector v) const { return clamp(v) == v; }
};

/// In whole pixels. A sample more is needed for those between.
[[gnu::always_inline]] inline Limits limits_of(int left, int top, int width, int height) {
    constexpr int kReach = kSmoothedPadding - 1;
    return {{-kReach - left, -kReach - top},
            {width + kReach - kMatchSize - left, height + kReach - kMatchSize - top}};
}

/// One of the reduced levels of the pyramids.
struct Level {
    const PaddedPlane* decoded;
    const PaddedPlane* reference;
    const MotionField* parents;  ///< Of the next coarser level; null at the coarsest.
    MotionField* found;
};

/// Vectors to try, each once. Trying is long code: it should stand in a loop.
struct Candidates {
    Vector vector[8];
    int count = 0;

    [[gnu::always_inline]] void add(Vector v) {
        if (v == Vector{}) return;  // It is tried before all others.
        for (int i = 0; i < count; ++i)
            if (vector[i] == v) return;
        vector[count++] = v;
    }
};

/// The best vector so far.
struct Best {
    Vector vector;
    int cost = 0;
    int difference = 0;
};

/// The search for one block. Difference: the sum of absolute differences for a vector.
template <typename Difference>
struct Match {
    Difference difference;
    Limits limits;
    Vector expected;
    int penalty;  ///< For each unit that a vector differs from what is expected.
    int zero_bonus;
    Best best;

    [[gnu::always_inline]] void try_zero() {
        const int zero = difference({});
        zero_bonus = kZeroBonus + zero / kZeroBonusShare;
        best = {{}, zero, zero};
    }
    [[gnu::always_inline]] void try_vector(Vector v) {
        const int away = std::abs(v.x - expected.x) + std::abs(v.y - expected.y);
        const int found = difference(v);
        const int cost = found + std::min(penalty * away, kMostPenalty) + (v == Vector{} ? 0 : zero_bonus);
        if (cost < best.cost) best = {v, cost, found};
    }
    [[gnu::always_inline]] void try_all(const Candidates& candidates) {
        for (int i = 0; i < candidates.count; ++i) try_vector(limits.clamp(candidates.vector[i]));
    }
    /// Steps to the best of the four vectors `step` away as long as that is better; after `most` steps the
    /// next shorter ones are tried, down to `last`.
    [[gnu::always_inline]] void try_diamonds(int step, int last, int most) {
        Vector from = best.vector;
        for (int i = 0; step >= last;) {
            const Vector centre = best.vector;
            for (const Vector& v : kDiamond) {
                const Vector next = {centre.x + step * v.x, centre.y + step * v.y};
                if (next != from && limits.hold(next)) try_vector(next);
            }
            if (best.vector != centre && ++i < most) {
                from = centre;
            } else {
                from = best.vector;
                step /= 2;
                i = 0;
            }
        }
    }
};

[[gnu::always_inline]] inline Vector vector_at(const MotionField& field, int column, int row) {
    const MotionVector v =
        field.row(std::clamp(row, 0, field.rows() - 1))[std::clamp(column, 0, field.columns() - 1)];
    return {v.x, v.y};
}

/// What the next coarser level suggests for a block: the vectors of the parent that holds its middle, and of
/// the nearest ones beside it and above or below it, in pixels of the level of the block.
struct Suggestions {
    Vector vector[3];

    /// x, y: the block's middle.
    [[gnu::always_inline]] Suggestions(const MotionField& parents, int x, int y) {
        const int parent_x = std::max(0, x) / 2, parent_y = std::max(0, y) / 2;
        const int column = parent_x / kMatchSize, row = parent_y / kMatchSize;
        vector[0] = vector_at(parents, column, row);
        vector[1] = vector_at(parents, column + (parent_x % kMatchSize < kMatchSize / 2 ? -1 : 1), row);
        vector[2] = vector_at(parents, column, row + (parent_y % kMatchSize < kMatchSize / 2 ? -1 : 1));
        for (Vector& v : vector) v = {2 * v.x, 2 * v.y};
    }
};

/// For vectors in whole pixels.
struct WholeDifference {
    MatchWindow window;
    const std::uint8_t* origin;  ///< The window's place in the reference.
    std::ptrdiff_t stride;

    [[gnu::always_inline]] int operator()(Vector v) const {
        return sum_of_absolute_differences(window, origin + v.y * stride + v.x, stride);
    }
};

/// One row of blocks of a reduced level.
void search_row(const Level& level, int row) {
    MotionVector* found = level.found->row(row);
    const int top = kMatchSize * row;
    Match<WholeDifference> match;
    match.difference.stride = level.reference->stride();
    match.penalty = 4 * kPenalty;
    for (int column = 0; column < level.found->columns(); ++column) {
        const int left = kMatchSize * column;
        match.difference.window.load(level.decoded->row(top) + left, level.decoded->stride());
        match.difference.origin = level.reference->row(top) + left;
        match.limits = limits_of(left, top, level.decoded->width(), level.decoded->height());
        match.try_zero();
        if (!level.parents) {
            match.expected = {};
            for (int y = -kCoarseRange; y <= kCoarseRange; y += kCoarseStep)
                for (int x = -kCoarseRange; x <= kCoarseRange; x += kCoarseStep) match.try_vector({x, y});
            match.try_diamonds(1, 1, kDiamonds);
        } else {
            const Suggestions suggestions(*level.parents, left + kMatchSize / 2, top + kMatchSize / 2);
            match.expected = suggestions.vector[0];
            Candidates candidates;
            for (const Vector& v : suggestions.vector) candidates.add(v);
            if (column > 0) candidates.add(vector_at(*level.found, column - 1, row));
            match.try_all(candidates);
            match.try_diamonds(1, 1, kDiamonds);
        }
        found[column] = packed(match.best.vector);
    }
}

/// For vectors in quarters of a pixel.
struct FineDifference {
    MatchWindow window;
    const PaddedPlane* reference;
    int left, top;  ///< Of the window in the plane.

    [[gnu::always_inline]] int operator()(Vector v) const {
        const std::uint8_t* other = reference->row(top + (v.y >> 2)) + left + (v.x >> 2);
        return sum_of_absolute_differences(window, other, reference->stride(), v.x & 3, v.y & 3);
    }
};

[[gnu::always_inline]] inline Vector quarters(Vector whole) {
    return {4 * whole.x, 4 * whole.y};
}

struct Fine {
    const PaddedPlane* decoded;
    const PaddedPlane* reference;
    GridOffset offset;
    const MotionField* parents;
    const MotionField* before;
    const BlockMap* changed;
    MotionField* found;
    std::uint16_t* differences;
};

/// What was found on two sides of a block: of blocks beside it, or of those above and below.
struct Sides {
    Vector one, two;
    int difference;  ///< The mean of both.

    bool alike() const { return std::abs(one.x - two.x) + std::abs(one.y - two.y) <= kAlike; }
};

/// The search for the blocks of one row at full resolution.
class FineRow {
  public:
    FineRow(const Fine& fine, int row)
        : fine_(fine),
          row_(row),
          found_(fine.found->row(row)),
          differences_(fine.differences + std::ptrdiff_t{row} * fine.found->columns()) {
        match_.penalty = kPenalty;
        match_.difference.reference = fine.reference;
        match_.difference.top = 8 * row - fine.offset.y - kMatchMargin;
    }

    /// A block of which at most one neighbour's vector is known.
    [[gnu::always_inline]] void search(int column, Vector expected) {
        if (is_known(column)) return;
        begin(column, expected);
        try_all(column, expected);
        keep(column);
    }

    [[gnu::always_inline]] void search_between(int column, const Sides& sides) {
        if (is_known(column)) return;
        begin(column, sides.one);
        if (!(sides.alike() && takes(sides))) try_all(column, sides.two);
        keep(column);
    }

  private:
    [[gnu::always_inline]] bool is_known(int column) {
        if (!fine_.changed || fine_.changed->row(row_)[column] != 0) return false;
        found_[column] = {};
        differences_[column] = 0;
        return true;
    }
    [[gnu::always_inline]] void begin(int column, Vector expected) {
        const int top = match_.difference.top;
        const int left = match_.difference.left = 8 * column - fine_.offset.x - kMatchMargin;
        match_.difference.window.load(fine_.decoded->row(top) + left, fine_.decoded->stride());
        const Limits limits = limits_of(left, top, fine_.decoded->width(), fine_.decoded->height());
        match_.limits = {quarters(limits.low), quarters(limits.high)};
        match_.expected = expected;
    }
    /// Whether one of the vectors beside it matches well enough; it is the best then.
    [[gnu::always_inline]] bool takes(const Sides& sides) {
        if (!match_.limits.hold(sides.one) || !match_.limits.hold(sides.two)) return false;
        const int one = match_.difference(sides.one);
        const int two = sides.one == sides.two ? one : match_.difference(sides.two);
        match_.best = {one <= two ? sides.one : sides.two, 0, std::min(one, two)};
        return match_.best.difference <= sides.difference + sides.difference / kAlikeShare + kAlikeMore;
    }
    /// Tries what is expected, another vector, and all that else suggests itself, and takes steps from the
    /// best.
    [[gnu::always_inline]] void try_all(int column, Vector other) {
        match_.try_zero();
        Candidates candidates;
        candidates.add(match_.expected);
        candidates.add(other);
        candidates.add(vector_at(*fine_.before, column, row_));
        const int fractions = candidates.count;
        constexpr int kMiddle = kMatchSize / 2;
        const Suggestions suggestions(*fine_.parents, match_.difference.left + kMiddle,
                                      match_.difference.top + kMiddle);
        for (const Vector& v : suggestions.vector) candidates.add(quarters(v));
        match_.try_all(candidates);
        bool near = false;  // To a quarter of a pixel.
        for (int k = 0; k < fractions; ++k) near = near || candidates.vector[k] == match_.best.vector;
        match_.try_diamonds(near ? 1 : 4, 1, kDiamonds);
    }
    [[gnu::always_inline]] void keep(int column) {
        found_[column] = packed(match_.best.vector);
        differences_[column] = static_cast<std::uint16_t>(match_.best.difference);
    }

    const Fine& fine_;
    int row_;
    MotionVector* found_;
    std::uint16_t* differences_;
    Match<FineDifference> match_;
};

/// What was found for two blocks, given by column and row.
Sides sides(const Fine& fine, std::array<int, 2> one, std::array<int, 2> two) {
    const auto difference = [&](std::array<int, 2> at) {
        return fine.differences[std::ptrdiff_t{at[1]} * fine.found->columns() + at[0]];
    };
    return {vector_at(*fine.found, one[0], one[1]), vector_at(*fine.found, two[0], two[1]),
            (difference(one) + difference(two)) / 2};
}

/// First every second block; then those between them.
void refine_row(const Fine& fine, int row) {
    const int columns = fine.found->columns();
    FineRow blocks(fine, row);
    for (int i = 0; i < columns; ++i) {
        // 0, 2, 1, 4, 3, ...; where the number of blocks is even the last has one neighbour only.
        const bool last = i + 1 == columns && i % 2 == 1;
        const bool between = last || (i > 0 && i % 2 == 0);
        const int column = last || i == 0 ? i : between ? i - 1 : i + 1;
        if (between) {
            blocks.search_between(column,
                                  sides(fine, {column - 1, row}, {last ? column - 1 : column + 1, row}));
        } else {
            blocks.search(column, column > 0 ? vector_at(*fine.found, column - 2, row)
                                             : vector_at(*fine.before, 0, row));
        }
    }
}

/// A row of blocks between two, or below one, whose vectors have been found.
void refine_row_between(const Fine& fine, int row) {
    FineRow blocks(fine, row);
    const int below = row + 1 < fine.found->rows() ? row + 1 : row - 1;
    for (int column = 0; column < fine.found->columns(); ++column)
        blocks.search_between(column, sides(fine, {column, row - 1}, {column, below}));
}

/// Row `row` of `to`: the field's vectors, or the medians of those around them where they match about as
/// well.
void smooth_row(const Fine& fine, const MotionField& field, MotionMedian& medians, int row, MotionField& to) {
    const MotionVector* median = medians.row(field, row);
    const MotionVector* from = field.row(row);
    MotionVector* kept = to.row(row);
    std::uint16_t* differences = fine.differences + std::ptrdiff_t{row} * field.columns();
    FineDifference difference;
    difference.reference = fine.reference;
    const int top = difference.top = 8 * row - fine.offset.y - kMatchMargin;
    for (int column = 0; column < field.columns(); ++column) {
        kept[column] = from[column];
        if (median[column] == from[column]) continue;
        if (fine.changed && fine.changed->row(row)[column] == 0) continue;
        const int left = difference.left = 8 * column - fine.offset.x - kMatchMargin;
        const Limits limits = limits_of(left, top, fine.decoded->width(), fine.decoded->height());
        const Vector vector = {median[column].x, median[column].y};
        if (!Limits{quarters(limits.low), quarters(limits.high)}.hold(vector)) continue;
        difference.window.load(fine.decoded->row(top) + left, fine.decoded->stride());
        const int found = difference(vector);
        if (found > differences[column] + differences[column] / kMedianShare) continue;
        kept[column] = median[column];
        differences[column] = static_cast<std::uint16_t>(found);
    }
}

MotionField field_over(const PaddedPlane& plane) {
    return {(plane.width() + kMatchSize - 1) / kMatchSize, (plane.height() + kMatchSize - 1) / kMatchSize};
}

}  // namespace

void MotionSearch::adapt_to(const BlockGrid& grid, const Pyramid& decoded) {
    if (grid == grid_) return;
    grid_ = grid;
    found_ = before_ = raw_ = smoothed_ = MotionField(grid.columns(), grid.rows());
    for (int i = 1; i < kLevels; ++i) level(i) = field_over(decoded.level(i));
    differences_.assign(static_cast<std::size_t>(grid.columns() * grid.rows()), 0);
}

void MotionSearch::forget() {
    found_ = MotionField(found_.columns(), found_.rows());
}

void MotionSearch::search(const Pyramid& decoded, const Pyramid& reference, const BlockGrid& grid,
                          const BlockMap* changed, Workers& workers) {
    adapt_to(grid, decoded);
    std::swap(found_, before_);
    if (changed && changed->count(changed->whole()) == 0) {
        found_ = MotionField(grid.columns(), grid.rows());
        std::fill(differences_.begin(), differences_.end(), std::uint16_t{0});
        return;
    }
    const PaddedPlane& now = decoded.level(0);
    const PaddedPlane& before = reference.level(0);
    smooth_decoded_.resize(now.width(), now.height());
    smooth_reference_.resize(now.width(), now.height());

    std::array<Level, kLevels> tasks;
    std::vector<Stage> stages;
    for (int i = kLevels - 1; i > 0; --i) {
        Level& task = tasks[static_cast<std::size_t>(i)];
        task = {&decoded.level(i), &reference.level(i), i + 1 < kLevels ? &level(i + 1) : nullptr, &level(i)};
        stages.push_back({level(i).rows(), [&task](int row, int) { search_row(task, row); }});
    }
    stages.push_back({smoothing_tasks(now), [&](int task, int) {
                          smooth(now, task, smooth_decoded_);
                          smooth(before, task, smooth_reference_);
                      }});
    const Fine fine = {
        &smooth_decoded_,   &smooth_reference_, grid.offset, &level(1), &before_, changed, &raw_,
        differences_.data()};
    medians_.resize(static_cast<std::size_t>(workers.count()));
    const auto median = [&](const MotionField& from, MotionField& to) {
        return Stage{from.rows(), [&](int row, int worker) {
                         smooth_row(fine, from, medians_[static_cast<std::size_t>(worker)], row, to);
                     }};
    };
    stages.push_back({(found_.rows() + 1) / 2, [&fine](int task, int) { refine_row(fine, 2 * task); }});
    stages.push_back({found_.rows() / 2, [&fine](int task, int) { refine_row_between(fine, 2 * task + 1); }});
    stages.push_back(median(raw_, smoothed_));
    stages.push_back(median(smoothed_, found_));
    workers.run(stages);
}

}  // namespace jpegdeblock
