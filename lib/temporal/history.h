// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>

#include "grid/block_grid.h"
#include "temporal/motion_search.h"
#include "temporal/pyramid.h"

namespace jpegdeblock {

/// What the frames before tell of the next frame of a stream. Interlaced streams have one for each field, as
/// their lines lie elsewhere.
///
///     History history;
///     for (each frame) {
///         if (history.follow(decoded, grid, time, nullptr, workers))
///             ...  // history.move() and history.ages() help to restore the frame.
///         history.keep(restored, workers);
///     }
///
/// Quantization tables may change from frame to frame. Not thread safe.
class History {
  public:
    using Time = std::chrono::nanoseconds;

    /// Older blocks count as this old. Networks learn from a few frames before; where more were believed than
    /// that, what they added to a scene that stands still added up, by 2 dB within a minute.
    static constexpr int kOldest = 4;

    /// How much a block that has been followed for `age` frames is to be believed beside the frame itself: as
    /// many frames as it is made of, of all that there are then. 0 for age 0.
    static constexpr float share(int age) { return static_cast<float>(age) / static_cast<float>(age + 1); }

    /// There is nothing before the next frame: a flush, a discontinuity, a gap, new caps, or a frame that was
    /// not restored.
    void forget() { valid_ = false; }

    /// Looks for the blocks of `decoded` in the frame that was kept last. grid: over decoded. time: when it
    /// is shown, where known. changed: 0 for blocks that are, with their surroundings, as they were in the
    /// frame before; null: that is not known. False where there is nothing to be found: after forget(), where
    /// the grid has changed, for a frame that is not later than the one before, and after a cut, that is
    /// where most blocks are lost, or the frame as a whole differs too much, or where most blocks
    /// are lighter or darker than where they come from, or many have moved by whole blocks.
    bool follow(ConstPlane decoded, const BlockGrid& grid, std::optional<Time> time, const BlockMap* changed,
                Workers& workers);

    // After a follow() that returned true, until the next one:

    /// Moves the frame before, as it was kept, to where its blocks are now: those of one row of the grid;
    /// they are those of `decoded`, as follow() saw it, where they are lost. moved: as large as decoded.
    /// Only before keep(). Thread safe for distinct rows.
    void move(ConstPlane decoded, int row, Plane moved) const;

    /// For how many frames each block has been followed, at most kOldest; 0: it is lost, or has moved by
    /// whole blocks and was coded as before. What has not changed tells nothing new and does not grow older.
    const BlockMap& ages() const { return ages_; }

    const MotionField& motion() const { return search_.motion(); }

    /// As if follow() had returned false: what was found is not what the frame shows.
    void reject() { follow_nothing(); }

    /// Says how the frame that follow() saw was restored.
    void keep(ConstPlane restored, Workers& workers);

  private:
    /// What a block and its match may differ by: so many levels a sample, and one part in so many of what the
    /// block differs from its own mean. Of photographs that moved, at qualities 10 to 75 and with noise of
    /// deviation 6, hardly a block in 200 is above {4, 2}; of other pictures 80 in 100 are.
    struct Tolerance {
        int levels, activity_share;
    };
    static constexpr Tolerance kLostTolerance = {3, 3};
    /// For the frame as a whole, of which a part may be covered by something else.
    static constexpr Tolerance kCutTolerance = {4, 2};

    bool follows(const BlockGrid& grid, std::optional<Time> time) const;
    /// The sum of absolute differences of a block's match.
    int difference_at(int column, int row) const;
    /// By how much a block differs from its match beyond what coding, noise and its own detail explain, added
    /// up over the square that is matched; above 0: it is another.
    int excess(int column, int row, const Tolerance& tolerance) const;
    bool is_cut(const BlockMap* changed) const;
    bool is_lighter_or_darker() const;
    bool jumps_by_blocks() const;
    /// What follow() does where there is nothing before the frame.
    bool follow_nothing();
    void find_lost(int row, const BlockMap* changed);

    bool valid_ = false;  ///< before_ and ages_before_ describe the last frame.
    BlockGrid grid_;
    std::optional<Time> time_;
    Pyramid decoded_, before_;
    MotionSearch search_;
    BlockMap ages_, ages_before_;
};

}  // namespace jpegdeblock
