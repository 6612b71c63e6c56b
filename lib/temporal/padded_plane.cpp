// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/padded_plane.h"

#include <algorithm>
#include <cstring>

namespace jpegdeblock {

void PaddedPlane::resize(int width, int height) {
    if (width == width_ && height == height_) return;
    width_ = width;
    height_ = height;
    stride_ = std::max(width, kLeastWidth) + 2 * kPadding;
    first_ = kPadding * stride_ + kPadding;
    samples_.resize(static_cast<std::size_t>(stride_ * (height + 2 * kPadding)));
}

void PaddedPlane::copy_rows(ConstPlane from, int first, int last) {
    for (int y = first; y < last; ++y) std::memcpy(row(y), from.row(y), static_cast<std::size_t>(width_));
    pad_rows(first, last);
}

void PaddedPlane::pad_rows(int first, int last) {
    for (int y = first; y < last; ++y) {
        std::uint8_t* samples = row(y);
        std::memset(samples - kPadding, samples[0], kPadding);
        std::memset(samples + width_, samples[width_ - 1], kPadding);
    }
    const auto copy_row = [&](int from, int to) {
        std::memcpy(row(to) - kPadding, row(from) - kPadding, static_cast<std::size_t>(stride_));
    };
    for (int y = 1; first == 0 && y <= kPadding; ++y) copy_row(0, -y);
    for (int y = 0; last == height_ && y < kPadding; ++y) copy_row(height_ - 1, height_ + y);
}

}  // namespace jpegdeblock
