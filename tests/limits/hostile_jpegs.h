// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// JPEGs, and streams of them, that were made to cost a decoder as much as possible.

namespace jpegdeblock::test {

using Bytes = std::vector<std::uint8_t>;

struct HostileJpeg {
    std::string name;
    Bytes bytes;
    std::uint64_t pixels = 0;     ///< That are claimed, of all its pictures.
    std::string properties = {};  ///< Of the decoder, as gst-launch-1.0 takes them, where it costs most.
};

/// A grey progressive JPEG of so many scans, of which each says as little as it can: that no block has any of
/// its coefficients (runs of 32767 blocks).
Bytes of_empty_scans(int width, int height, int scans);

/// A grey progressive JPEG of which each scan but the first, which is DC, changes one coefficient of every
/// block, as a JPEG may: eight scans give the coefficient bit by bit, then comes the next. Up to 505 scans.
Bytes of_changing_scans(int width, int height, int scans);

/// A grey progressive JPEG of one block in each row. Its first scan holds DC; then come `scans` of which
/// number n holds the coefficient n + 1, in zigzag order, and is damaged in the rows whose number has the bit
/// n.
Bytes of_damaged_rows(int rows, int scans);

/// Headers of a grey JPEG of that size, the header of its scan the last; sequential.
Bytes headers(int width, int height);

/// bytes: about how many each has, where that matters.
std::vector<HostileJpeg> hostile_jpegs(std::size_t bytes);

}  // namespace jpegdeblock::test
