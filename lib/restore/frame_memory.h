// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <jpegdeblock/deblocker.h>
#include <jpegdeblock/jpeg_coefficients.h>
#include <jpegdeblock/plane.h>

#include "restore/block_grid.h"
#include "restore/region_restorer.h"

namespace jpegdeblock {

void copy(ConstPlane from, Plane to);

/// Restores the frames of a stream, computing only what differs from the frame before, and, where the time is
/// short, only the worst of that.
class FrameMemory {
  public:
    /// Fills in the tiles of the report. decoded and restored may be the same memory.
    void restore(RegionRestorer& restorer, const RestorationKey& key, ConstPlane decoded, Plane restored,
                 bool reuse, std::optional<RegionRestorer::Duration> time_left, FrameReport& report);

    /// The next frame is computed anew.
    void forget();

  private:
    BlockMap find_wanted(const RegionRestorer& restorer, const RestorationKey& key, ConstPlane decoded) const;
    std::vector<Region> compute_in_time(RegionRestorer& restorer, const BlockMap& wanted,
                                        RegionRestorer::Duration time_left);
    void mark_changed_coefficients(const JpegComponent& component, BlockMap& changed) const;
    void keep_coefficients(const JpegComponent* component);
    std::vector<int> urgency_of_rows(const BlockMap& wanted) const;
    void pass(const BlockMap& passed);
    void count_reuse(const FrameReport& report);

    bool valid_ = false;  ///< What follows describes the last frame.
    RestorationKey key_;
    std::vector<std::uint8_t> decoded_, restored_;  ///< Rows adjacent.
    /// The blocks' coefficients, as those of the bounds; empty where they were not known. Blocks that differ
    /// in them may decode to the same samples.
    std::vector<std::int16_t> coefficients_;
    BlockMap waiting_;  ///< For how many frames each block has passed as decoded; 0: it is restored.
    int frames_without_reuse_ = 0;
    int pause_ = 0;  ///< Frames for which unchanged tiles are still not looked for.
};

}  // namespace jpegdeblock
