// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/plane.h>
#include "restore/deblocker.h"

#include "grid/block_grid.h"
#include "restore/decoded_frame.h"
#include "restore/following_time.h"
#include "restore/frame_history.h"
#include "restore/region_restorer.h"

namespace jpegdeblock {

/// Restores the frames of a stream, computing only what differs from the frame before, and, where the time is
/// short, only the worst of that.
///
/// Keeps a frame only where there is reason to expect another like it: from the second in a row with the same
/// key on, where scans of a JPEG are still to come, or where the time is short. So a still picture costs no
/// memory beyond its result.
class FrameMemory {
  public:
    using Duration = RegionRestorer::Duration;

    explicit FrameMemory(std::shared_ptr<Workers> workers) : workers_(std::move(workers)) {}

    /// What may be made of the frames before, and how long it may take.
    struct Terms {
        bool reuse = true;
        bool temporal = false;
        std::optional<Duration> shown = std::nullopt;
        std::optional<Duration> time_left = std::nullopt;
    };

    /// Fills in the tiles of the report. The decoded samples may lie in the memory of `restored`, which is as
    /// large as they are or, of a JPEG, their top left part that is wanted.
    void restore(RegionRestorer& restorer, const RestorationKey& key, const DecodedFrame& decoded,
                 Plane restored, const Terms& terms, FrameReport& report);

    /// The next frame is computed anew.
    void forget();

    /// A frame went by that was not restored here: the next one has none before it that could be followed.
    void forget_history() { history_.forget(); }

  private:
    /// Of the blocks of a frame.
    struct Changes {
        BlockMap decoded;  ///< Not 0: its samples differ from those of the frame that was kept.
        BlockMap
            wanted;  ///< Not 0: to be computed, as it or what is around it differs, or as it waits for it.
        bool any;    ///< Some are wanted for what has changed.
        bool comparable;  ///< There was a frame to compare this one with; else all have changed.
    };

    /// Whether the frame may follow the one before it, and be followed; if not, forgets that, or steps over.
    bool prepare_history(const RestorationKey& key, const Terms& terms);
    /// Whether there is reason to look for unchanged blocks. Makes `key` the last frame's, and forgets what
    /// was kept of another stream.
    bool expect_unchanged(const RestorationKey& key, const Terms& terms, bool temporal, bool short_of_time);
    /// Keeps the frame in the place of the one that it is compared with.
    Changes find_changes(const RegionRestorer& restorer, const DecodedFrame& given, bool reuse,
                         bool expects_unchanged);
    /// Looks for the blocks in the frame before. Returns the frame with the samples that were decoded for
    /// that.
    DecodedFrame follow(const DecodedFrame& given, const Changes& changes, std::optional<Duration> shown);
    /// What of the wanted blocks is not in the regions that were computed, and waits. Fills in the report.
    BlockMap settle(const BlockMap& wanted, const std::vector<Region>& computed, FrameReport& report);

    /// What of the frame differs from the one that was kept; all of it where that cannot be said. Keeps it in
    /// the other's place.
    BlockMap exchange(const DecodedFrame& decoded, bool comparable);
    BlockMap exchange_coefficients(const JpegComponent& component, bool comparable);
    BlockMap exchange_samples(ConstPlane decoded, bool comparable);
    /// The samples of a JPEG's component, of which the blocks `changed` differ from those of the frame
    /// before.
    DecodedFrame decode(const JpegComponent& component, const BlockMap& changed);
    void compute(RegionRestorer& restorer, const Region& region, const DecodedFrame& decoded);
    std::vector<Region> compute_in_time(RegionRestorer& restorer, const BlockMap& wanted,
                                        const DecodedFrame& decoded, Duration time_left);
    /// Gives the blocks that are not computed what is known of them: the frame before, moved and projected,
    /// or what was decoded.
    void pass(RegionRestorer& restorer, const BlockMap& passed, const DecodedFrame& decoded);
    std::vector<int> urgency_of_rows(const BlockMap& wanted) const;
    void count_reuse(const FrameReport& report);
    void release();

    std::shared_ptr<Workers> workers_;
    std::optional<RestorationKey> key_;  ///< The last frame's.
    bool valid_ = false;                 ///< What follows describes the last frame.
    /// What it was made of, the one that was given: samples, or a JPEG's coefficients, rows adjacent.
    std::vector<std::uint8_t> decoded_;
    std::vector<std::int16_t> coefficients_;
    std::vector<std::uint8_t> restored_;  ///< All of the grid, rows adjacent.
    FrameHistory history_;
    /// For history_: what the coefficients of the frame before decode to; none: that is not known.
    std::vector<std::uint8_t> samples_;
    std::vector<std::uint8_t> full_;  ///< Likewise: as restored_, with strength 1 where the key has another.
    FollowingTime following_time_;
    int frames_not_followed_ = 0;  ///< For want of time, since history_ followed one.
    BlockMap waiting_;  ///< For how many frames each block has passed as decoded; 0: it is restored.
    int frames_without_reuse_ = 0;
    int pause_ = 0;  ///< Frames for which unchanged tiles are still not looked for.
};

}  // namespace jpegdeblock
