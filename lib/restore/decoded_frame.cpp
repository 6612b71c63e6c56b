// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/decoded_frame.h"

#include <algorithm>
#include <cstring>

#include "jpeg/reconstruction.h"

namespace jpegdeblock {

void DecodedFrame::read(const BlockGrid& grid, const BlockRectangle& blocks, Plane to) const {
    if (has_samples()) {
        ConstPlane from = grid.part(plane_, blocks);
        from.width = std::min(from.width, to.width);
        from.height = std::min(from.height, to.height);
        copy(from, to);
    } else {
        decode_blocks(*component_, blocks.left, blocks.top, to);
    }
}

void copy(ConstPlane from, Plane to) {
    if (from.data == to.data) return;
    for (int y = 0; y < from.height; ++y)
        std::memmove(to.row(y), from.row(y), static_cast<std::size_t>(from.width));
}

}  // namespace jpegdeblock
