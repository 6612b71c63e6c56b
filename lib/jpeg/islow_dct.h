// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <cstring>

// The integer 8x8 transforms of libjpeg's JDCT_ISLOW, bit for bit. All blocks are 64 values in row order and
// may be the same array. Always inlined, so that they are compiled for the CPUs that their caller is compiled
// for.

namespace jpegdeblock {
namespace islow {

/// Eight integers in GCC's and Clang's portable vector type.
typedef std::int32_t Row __attribute__((vector_size(8 * sizeof(std::int32_t))));

// libjpeg computes each pass with the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) on
// constants rounded to 13 bits, and rounds the sums only at the end of the pass. So a pass is a product with
// an integer matrix: 8192 sqrt(2) cos(k (2n + 1) pi / 16), where each entry has the error that its sum of
// constants gives it.
inline constexpr std::int32_t kMatrix[8][8] = {{8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192},
                                               {11363, 9633, 6437, 2260, -2260, -6437, -9633, -11363},
                                               {10703, 4433, -4433, -10703, -10703, -4433, 4433, 10703},
                                               {9633, -2259, -11362, -6436, 6436, 11362, 2259, -9633},
                                               {8192, -8192, -8192, 8192, 8192, -8192, -8192, 8192},
                                               {6437, -11362, 2261, 9633, -9633, -2261, 11362, -6437},
                                               {4433, -10704, 10704, -4433, -4433, 10704, -10704, 4433},
                                               {2260, -6436, 9633, -11363, 11363, -9633, 6436, -2260}};

struct Matrix {
    Row row[8];

    constexpr explicit Matrix(bool transposed) : row() {
        const auto entry = [transposed](int y, int x) { return transposed ? kMatrix[x][y] : kMatrix[y][x]; };
        for (int y = 0; y < 8; ++y)
            row[y] = Row{entry(y, 0), entry(y, 1), entry(y, 2), entry(y, 3),
                         entry(y, 4), entry(y, 5), entry(y, 6), entry(y, 7)};
    }
};
inline constexpr Matrix kInverse(false);
inline constexpr Matrix kForward(true);

/// out = in * matrix / 2^shift, rounded halves up
[[gnu::always_inline]] inline void multiply_rows(const std::int32_t* in, const Matrix& matrix, int shift,
                                                 std::int32_t* out) {
    for (int y = 0; y < 8; ++y) {
        Row sum = in[8 * y] * matrix.row[0] + (1 << (shift - 1));
        for (int n = 1; n < 8; ++n) sum += in[8 * y + n] * matrix.row[n];
        sum >>= shift;
        std::memcpy(out + 8 * y, &sum, sizeof sum);
    }
}

/// out = transpose of matrix * in / 2^shift, rounded halves up
[[gnu::always_inline]] inline void multiply_columns(const std::int32_t* in, const Matrix& matrix, int shift,
                                                    std::int32_t* out) {
    Row row[8];
    for (int n = 0; n < 8; ++n) std::memcpy(&row[n], in + 8 * n, sizeof row[n]);
    for (int k = 0; k < 8; ++k) {
        Row sum = matrix.row[0][k] * row[0] + (1 << (shift - 1));
        for (int n = 1; n < 8; ++n) sum += matrix.row[n][k] * row[n];
        sum >>= shift;
        std::memcpy(out + 8 * k, &sum, sizeof sum);
    }
}

/// As multiply_columns with kInverse. Its even rows are symmetric and its odd ones antisymmetric, which
/// halves the products.
[[gnu::always_inline]] inline void multiply_columns_by_halves(Row row[8], int shift) {
    Row out[8];
    for (int k = 0; k < 4; ++k) {
        Row even = kMatrix[0][k] * row[0] + (1 << (shift - 1)), odd = kMatrix[1][k] * row[1];
        for (int n = 2; n < 8; n += 2) {
            even += kMatrix[n][k] * row[n];
            odd += kMatrix[n + 1][k] * row[n + 1];
        }
        out[k] = (even + odd) >> shift;
        out[7 - k] = (even - odd) >> shift;
    }
    std::memcpy(row, out, sizeof out);
}

[[gnu::always_inline]] inline void transpose(Row row[8]) {
    Row pairs[8], quads[8];
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = __builtin_shufflevector(row[i], row[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pairs[i + 1] = __builtin_shufflevector(row[i], row[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (const int i : {0, 1, 4, 5}) {
        quads[i] = __builtin_shufflevector(pairs[i], pairs[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        quads[i + 2] = __builtin_shufflevector(pairs[i], pairs[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int i = 0; i < 4; ++i) {
        row[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        row[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

}  // namespace islow

// Two bits more than the result has are kept between the passes.

/// samples: -128..127. coefficients: 8 times those of the orthonormal DCT.
[[gnu::always_inline]] inline void forward_islow_8x8(const std::int32_t* samples,
                                                     std::int32_t* coefficients) {
    std::int32_t rows[64];
    islow::multiply_rows(samples, islow::kForward, 13 - 2, rows);
    islow::multiply_columns(rows, islow::kForward, 13 + 2, coefficients);
}

/// coefficients: those of the orthonormal DCT, dequantized. samples: rounded, neither shifted by 128 nor
/// clamped.
[[gnu::always_inline]] inline void inverse_islow_8x8(const std::int32_t* coefficients,
                                                     std::int32_t* samples) {
    std::int32_t columns[64];
    islow::multiply_columns(coefficients, islow::kInverse, 13 - 2, columns);
    islow::multiply_rows(columns, islow::kInverse, 13 + 2 + 3, samples);
}

/// As inverse_islow_8x8, for coefficients of -32768..32767 that no encoder may have written: the values
/// between the passes are limited to 16 bits, as in libjpeg-turbo's vector code, and no sum overflows.
[[gnu::always_inline]] inline void inverse_islow_8x8_of_any(const std::int32_t* coefficients,
                                                            std::int32_t* samples) {
    islow::Row row[8];
    std::memcpy(row, coefficients, sizeof row);
    islow::multiply_columns_by_halves(row, 13 - 2);
    for (islow::Row& values : row) {
        values = values < 32767 ? values : islow::Row{} + 32767;
        values = values > -32768 ? values : islow::Row{} - 32768;
    }
    islow::transpose(row);
    islow::multiply_columns_by_halves(row, 13 + 2 + 3);
    islow::transpose(row);
    std::memcpy(samples, row, sizeof row);
}

}  // namespace jpegdeblock
