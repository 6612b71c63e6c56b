// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <jpegdeblock/deblocker.h>
#include <jpegdeblock/estimation.h>

namespace jpegdeblock {

/// Chooses the quantization table of each frame of a stream.
class TableSelector {
  public:
    /// Fills in source, table and quality of the report: the given table first, then that of the assumed
    /// quality (0: none), then what the pixels tell, then what an earlier frame's pixels told.
    FrameReport select(ConstPlane decoded, GridOffset offset, const std::optional<QuantizationTable>& given,
                       int assumed_quality);

    void forget() { remembered_.reset(); }

  private:
    std::optional<QuantizationEstimate> remembered_;
};

}  // namespace jpegdeblock
