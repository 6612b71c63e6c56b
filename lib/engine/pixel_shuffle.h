// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// A plane seen on its JPEG grid: extended by edge replication to whole 8x8 blocks on every side.
struct AlignedPlane {
    ConstPlane luma;
    GridOffset offset;

    /// Multiples of 8.
    std::int64_t width() const { return (std::int64_t{luma.width} + offset.x + 7) / 8 * 8; }
    std::int64_t height() const { return (std::int64_t{luma.height} + offset.y + 7) / 8 * 8; }
};

/// Writes row `row` of the pixel-unshuffled plane: width / scale positions of scale * scale bytes; sample
/// (x, y) goes to channel (y % scale) * scale + x % scale. scratch is resized as needed.
void unshuffle_row(const AlignedPlane& plane, int scale, std::int64_t row, std::uint8_t* output,
                   std::vector<std::uint8_t>& scratch);

/// The byte that says of a sample that nothing is known of the frames before.
constexpr std::uint8_t kNoHistory = 128;

/// The same with the plane's history: 2 * scale * scale bytes at each position, those of the plane and then
/// those of the history, which may be without samples (kNoHistory everywhere).
void unshuffle_rows(const AlignedPlane& plane, const AlignedPlane& history, int scale, std::int64_t row,
                    std::uint8_t* output, std::vector<std::uint8_t>& scratch);

/// output[i] = (input[i] - offset) * scale.
void normalize(const std::uint8_t* input, std::size_t count, float offset, float scale, float* output);

/// The same, rounded to bfloat16 (nearest, ties to even).
void normalize_to_bf16(const std::uint8_t* input, std::size_t count, float offset, float scale,
                       std::uint16_t* output);

/// The inverse of unshuffle for row `row` of a residual that was unshuffled by `scale`: input holds
/// width / scale positions of scale * scale floats. Writes gain times them to those rows of `residual` that
/// lie in the plane; residual_stride in floats.
void shuffle_row(const float* input, int scale, std::int64_t row, float gain, const AlignedPlane& plane,
                 float* residual, std::ptrdiff_t residual_stride);

}  // namespace jpegdeblock
