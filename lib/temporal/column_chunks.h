// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>

namespace jpegdeblock {

/// Columns of a padded plane that are made at once; a multiple of the longest vectors.
constexpr int kChunk = 64;

/// Calls make(left) for the first columns of chunks that cover -padding .. width + padding - 1. The last one
/// ends where the padding does, and makes some columns a second time.
template <typename Make>
void for_each_chunk(int width, int padding, const Make& make) {
    const int end = width + padding;
    for (int x = -padding; x < end; x += kChunk) make(std::max(-padding, std::min(x, end - kChunk)));
}

}  // namespace jpegdeblock
