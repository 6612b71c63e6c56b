// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// An 8-bit plane whose edges are repeated around it, so that blocks may lie a little outside of it.
class PaddedPlane {
  public:
    /// Columns and rows that may be read on each side.
    static constexpr int kPadding = 32;
    /// Rows of narrower planes have memory for so many columns between the padding.
    static constexpr int kLeastWidth = 64;

    /// The samples are undefined after a change of size; nothing happens where the size stays.
    void resize(int width, int height);

    int width() const { return width_; }
    int height() const { return height_; }
    std::ptrdiff_t stride() const { return stride_; }

    /// Column 0 of row y, -kPadding .. height() + kPadding - 1.
    std::uint8_t* row(int y) { return samples_.data() + first_ + y * stride_; }
    const std::uint8_t* row(int y) const { return samples_.data() + first_ + y * stride_; }

    /// Copies rows first .. last-1 of a plane of the same size and pads them.
    void copy_rows(ConstPlane from, int first, int last);

    /// Repeats the edges beside rows first .. last-1, and above and below the plane where these rows are its
    /// first or last. Thread safe for distinct rows.
    void pad_rows(int first, int last);

  private:
    int width_ = 0;
    int height_ = 0;
    std::ptrdiff_t stride_ = 0;
    std::ptrdiff_t first_ = 0;  ///< Of the plane's first sample in samples_.
    std::vector<std::uint8_t> samples_;
};

}  // namespace jpegdeblock
