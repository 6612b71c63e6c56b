// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

#include "grid/block_grid.h"
#include "restore/decoded_frame.h"
#include "temporal/history.h"

namespace jpegdeblock {

/// What the frames before tell of a frame of a stream, as far as its own quantization intervals allow it.
/// Needs two bytes for each sample of luma, and for motion search five.
class FrameHistory {
  public:
    using Time = History::Time;

    /// What the next frame is. changed: 0 for blocks whose decoded samples, with their surroundings, are
    /// those of the frame before; null: that is not known.
    struct Frame {
        const BlockGrid& grid;
        const QuantizationTable& table;
        const DecodedFrame& decoded;
        std::optional<Time> shown;  ///< When; unknown: after the frame before.
        const BlockMap* changed = nullptr;
    };

    /// Whether anything of the frame has been followed. Not where parts of it become lighter or darker than
    /// what they come from may have been: a scene that fades into another.
    bool follow(const Frame& frame, Workers& workers);

    /// After follow(), until the next:

    /// What the network is shown (project_history); without samples: nothing was followed.
    ConstPlane shown() const;

    /// The moved and projected frame before.
    ConstPlane projected() const { return plane_of(projected_); }

    /// For how many frames each block has been followed; 0: it is lost.
    const BlockMap& ages() const { return history_.ages(); }

    /// restored: as with strength 1, on the frame's grid.
    void keep(ConstPlane restored, Workers& workers) { history_.keep(restored, workers); }

    /// Nothing is known of the next frame; the one after it may follow what was kept last.
    void skip_frame() { followed_ = false; }

    /// The next frame has none before it. free_memory: nor will there be others soon.
    void forget(bool free_memory = false);

  private:
    bool fades() const;
    ConstPlane plane_of(const std::vector<std::uint8_t>& samples) const {
        return {samples.data(), grid_.width, grid_.height, grid_.width};
    }
    Plane plane_of(std::vector<std::uint8_t>& samples) const {
        return {samples.data(), grid_.width, grid_.height, grid_.width};
    }

    History history_;
    BlockGrid grid_;
    bool followed_ = false;
    std::vector<float> shares_;
    std::vector<std::int8_t> lighter_;
    std::vector<std::uint8_t> shown_, projected_;  ///< Rows adjacent.
};

}  // namespace jpegdeblock
