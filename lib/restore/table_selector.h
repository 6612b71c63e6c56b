// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "jpeg/estimation.h"
#include "restore/deblocker.h"

#include "jpeg/table_check.h"

namespace jpegdeblock {

/// Chooses the quantization table and the grid of each frame of a stream. What the pixels of one frame told
/// holds for the next ones as long as they do not contradict; that is looked up in every frame, as cameras
/// change tables from frame to frame.
class TableSelector {
  public:
    /// Fills in source, table, quality and offset of the report: the given table first, then that of the
    /// assumed quality (0: none), then what the pixels tell, then what an earlier frame's pixels told.
    /// offset: the grid's where known; that of an estimated table is looked for otherwise.
    FrameReport select(ConstPlane decoded, std::optional<GridOffset> offset,
                       const std::optional<QuantizationTable>& given, int assumed_quality);

    void forget();

  private:
    struct Found {
        QuantizationEstimate estimate;
        TableCheck check;
        int frames = 0;  ///< Since it was estimated.
    };

    /// What the pixels tell: the result's source, and found_.
    TableSource look(ConstPlane decoded, std::optional<GridOffset> offset);
    TableSource estimate(ConstPlane decoded, std::optional<GridOffset> offset);

    std::optional<Found> found_;
    int pause_ = 0;       ///< Frames with detail to let pass before the next attempt.
    float trace_ = 0;     ///< Of quantization, in the frame of the last attempt that failed.
    int next_pause_ = 1;  ///< After that, should it fail.
};

}  // namespace jpegdeblock
