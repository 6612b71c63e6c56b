// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstring>

#include "jpeg/dct_8.h"

namespace jpegdeblock {

/// Columns of samples that are transformed together: a compromise between long loops and the L1 cache.
constexpr int kTileWidth = 64;

/// Eight 8x8 blocks of floats side by side. Every pass runs down the columns, so that neighbouring columns
/// share a vector; between the two passes of an 8x8 transform transpose_blocks turns rows into columns.
struct BlockColumns {
    alignas(64) float row[8][kTileWidth];
};

/// One-dimensional DCT of each column. A block that is transformed, transposed and transformed again holds
/// coefficient (u, v) at row u and column v, that is transposed; and so for the inverse.
[[gnu::always_inline]] inline void forward_dct_columns(BlockColumns& blocks) {
    for (int x = 0; x < kTileWidth; ++x) {
        float in[8], out[8];
        for (int y = 0; y < 8; ++y) in[y] = blocks.row[y][x];
        dct_8::forward(in, out);
        for (int y = 0; y < 8; ++y) blocks.row[y][x] = out[y];
    }
}

[[gnu::always_inline]] inline void inverse_dct_columns(BlockColumns& blocks) {
    for (int x = 0; x < kTileWidth; ++x) {
        float in[8], out[8];
        for (int y = 0; y < 8; ++y) in[y] = blocks.row[y][x];
        dct_8::inverse(in, out);
        for (int y = 0; y < 8; ++y) blocks.row[y][x] = out[y];
    }
}

/// Four floats, a vector register of every x86-64 and ARM64; the compiler does not find this shuffle by
/// itself.
typedef float Quad __attribute__((vector_size(16)));

[[gnu::always_inline]] inline void transpose_4x4(Quad row[4]) {
    const Quad a = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
    const Quad b = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const Quad c = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
    const Quad d = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    row[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    row[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    row[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    row[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/// Transposes each 8x8 block in place.
[[gnu::always_inline]] inline void transpose_blocks(BlockColumns& blocks) {
    for (int x = 0; x < kTileWidth; x += 8) {
        Quad left[8], right[8];
        for (int y = 0; y < 8; ++y) {
            std::memcpy(&left[y], &blocks.row[y][x], sizeof(Quad));
            std::memcpy(&right[y], &blocks.row[y][x + 4], sizeof(Quad));
        }
        for (int y = 0; y < 8; y += 4) {
            transpose_4x4(left + y);
            transpose_4x4(right + y);
        }
        for (int y = 0; y < 4; ++y) {
            std::memcpy(&blocks.row[y][x], &left[y], sizeof(Quad));
            std::memcpy(&blocks.row[y][x + 4], &left[y + 4], sizeof(Quad));
            std::memcpy(&blocks.row[y + 4][x], &right[y], sizeof(Quad));
            std::memcpy(&blocks.row[y + 4][x + 4], &right[y + 4], sizeof(Quad));
        }
    }
}

/// The nearest integer for |value| < 2^22: adding 1.5 * 2^23 leaves no bits for a fraction. Unlike a call of
/// rint it vectorises on every CPU.
[[gnu::always_inline]] inline float round_to_integer(float value) {
    constexpr float kNoFraction = 12582912.0f;
    return (value + kNoFraction) - kNoFraction;
}

}  // namespace jpegdeblock
