// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/pixel_shuffle.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace jpegdeblock {

namespace {

/// Row y of the aligned plane, extended at both ends.
void extend_row(const AlignedPlane& plane, std::int64_t y, std::uint8_t* output) {
    const std::int64_t nearest = std::clamp<std::int64_t>(y - plane.offset.y, 0, plane.luma.height - 1);
    const std::uint8_t* row = plane.luma.row(static_cast<int>(nearest));
    const std::size_t width = static_cast<std::size_t>(plane.luma.width);
    const std::size_t left = static_cast<std::size_t>(plane.offset.x);
    std::memset(output, row[0], left);
    std::memcpy(output + left, row, width);
    std::memset(output + left + width, row[width - 1],
                static_cast<std::size_t>(plane.width()) - left - width);
}

/// Puts Scale samples of each of so many lines, which lie one after the other, next to each other, position
/// by position.
template <int Scale, int Lines>
void interleave(const std::uint8_t* lines, std::size_t positions, std::uint8_t* output) {
    for (std::size_t i = 0; i < positions; ++i)
        for (std::size_t line = 0; line < Lines; ++line)
            std::memcpy(output + (i * Lines + line) * Scale, lines + (line * positions + i) * Scale, Scale);
}

template <int Scale>
void unshuffle_alone(const std::uint8_t* lines, std::size_t positions, std::uint8_t* output) {
    interleave<Scale, Scale>(lines, positions, output);
}

/// Behind the plane's lines follow those of the history.
template <int Scale>
void unshuffle_both(const std::uint8_t* lines, std::size_t positions, std::uint8_t* output) {
    interleave<Scale, 2 * Scale>(lines, positions, output);
}

/// The `scale` lines of the aligned plane that row `row` is made of.
void extend_rows(const AlignedPlane& plane, int scale, std::int64_t row, std::uint8_t* output) {
    for (int i = 0; i < scale; ++i) extend_row(plane, row * scale + i, output + i * plane.width());
}

/// Samples first .. last-1 of a line of the aligned plane; output[0] is sample `first`.
template <int Scale>
void shuffle_line(const float* input, std::int64_t first, std::int64_t last, float gain, float* output) {
    // Only the positions at the plane's ends are cut; the loop over whole ones has a constant length.
    std::int64_t x = first;
    const auto copy_until = [&](std::int64_t end) {
        for (; x < end; ++x) output[x - first] = gain * input[x / Scale * Scale * Scale + x % Scale];
    };
    copy_until(std::min(last, (first + Scale - 1) / Scale * Scale));
    for (; x + Scale <= last; x += Scale)
        for (int i = 0; i < Scale; ++i) output[x - first + i] = gain * input[x * Scale + i];
    copy_until(last);
}

}  // namespace

void unshuffle_row(const AlignedPlane& plane, int scale, std::int64_t row, std::uint8_t* output,
                   std::vector<std::uint8_t>& scratch) {
    if (scale == 1) {
        extend_row(plane, row, output);
        return;
    }
    const std::size_t width = static_cast<std::size_t>(plane.width());
    scratch.resize(width * scale);
    extend_rows(plane, scale, row, scratch.data());
    const auto unshuffle = scale == 2   ? unshuffle_alone<2>
                           : scale == 4 ? unshuffle_alone<4>
                                        : unshuffle_alone<8>;
    unshuffle(scratch.data(), width / scale, output);
}

void unshuffle_rows(const AlignedPlane& plane, const AlignedPlane& history, int scale, std::int64_t row,
                    std::uint8_t* output, std::vector<std::uint8_t>& scratch) {
    const std::size_t width = static_cast<std::size_t>(plane.width());
    scratch.resize(2 * width * scale);
    extend_rows(plane, scale, row, scratch.data());
    std::uint8_t* before = scratch.data() + width * scale;
    if (history.luma.data)
        extend_rows(history, scale, row, before);
    else
        std::memset(before, kNoHistory, width * scale);
    const auto unshuffle = scale == 1   ? unshuffle_both<1>
                           : scale == 2 ? unshuffle_both<2>
                           : scale == 4 ? unshuffle_both<4>
                                        : unshuffle_both<8>;
    unshuffle(scratch.data(), width / scale, output);
}

void normalize(const std::uint8_t* input, std::size_t count, float offset, float scale, float* output) {
    for (std::size_t i = 0; i < count; ++i) output[i] = (static_cast<float>(input[i]) - offset) * scale;
}

void normalize_to_bf16(const std::uint8_t* input, std::size_t count, float offset, float scale,
                       std::uint16_t* output) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::uint32_t>((static_cast<float>(input[i]) - offset) * scale);
        output[i] = static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
    }
}

void shuffle_row(const float* input, int scale, std::int64_t row, float gain, const AlignedPlane& plane,
                 float* residual, std::ptrdiff_t residual_stride) {
    const std::int64_t first = plane.offset.x;
    const std::int64_t last = first + plane.luma.width;
    for (int i = 0; i < scale; ++i) {
        const std::int64_t y = row * scale + i - plane.offset.y;
        if (y < 0 || y >= plane.luma.height) continue;
        const float* channel = input + static_cast<std::ptrdiff_t>(i) * scale;
        float* output = residual + y * residual_stride;
        if (scale == 4)
            shuffle_line<4>(channel, first, last, gain, output);
        else
            shuffle_line<8>(channel, first, last, gain, output);
    }
}

}  // namespace jpegdeblock
