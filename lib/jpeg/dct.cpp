// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/dct.h"

#include <cstring>

#include "jpeg/target_clones.h"

namespace jpegdeblock {
namespace {

/// A row of a block, in GCC's and Clang's portable vector type: arithmetic on it becomes the CPU's vector
/// operations of whatever width there is. Loops over plain arrays vectorise worse here.
typedef float Row __attribute__((vector_size(8 * sizeof(float))));

// By reference: how a vector is returned by value depends on the CPU compiled for.
[[gnu::always_inline]] inline void load(const float* from, Row& row) {
    std::memcpy(&row, from, sizeof row);
}

[[gnu::always_inline]] inline void store(const Row& row, float* to) {
    std::memcpy(to, &row, sizeof row);
}

// The orthonormal 8-point DCT-II matrix: entry (k, n) is c(k) cos((2n + 1) k pi / 16) with c(0) = sqrt(1/8),
// else 1/2. kCk = cos(k pi / 16) / 2.
constexpr float kC1 = 0.49039264f, kC2 = 0.46193977f, kC3 = 0.41573481f, kC4 = 0.35355339f;
constexpr float kC5 = 0.27778512f, kC6 = 0.19134172f, kC7 = 0.09754516f;
constexpr Row kMatrix[8] = {
    {kC4, kC4, kC4, kC4, kC4, kC4, kC4, kC4},     {kC1, kC3, kC5, kC7, -kC7, -kC5, -kC3, -kC1},
    {kC2, kC6, -kC6, -kC2, -kC2, -kC6, kC6, kC2}, {kC3, -kC7, -kC1, -kC5, kC5, kC1, kC7, -kC3},
    {kC4, -kC4, -kC4, kC4, kC4, -kC4, -kC4, kC4}, {kC5, -kC1, kC7, kC3, -kC3, -kC7, kC1, -kC5},
    {kC6, -kC2, kC2, -kC6, -kC6, kC2, -kC2, kC6}, {kC7, -kC5, kC3, -kC1, kC1, -kC3, kC5, -kC7}};
constexpr Row kTransposed[8] = {
    {kC4, kC1, kC2, kC3, kC4, kC5, kC6, kC7},     {kC4, kC3, kC6, -kC7, -kC4, -kC1, -kC2, -kC5},
    {kC4, kC5, -kC6, -kC1, -kC4, kC7, kC2, kC3},  {kC4, kC7, -kC2, -kC5, kC4, kC3, -kC6, -kC1},
    {kC4, -kC7, -kC2, kC5, kC4, -kC3, -kC6, kC1}, {kC4, -kC5, -kC6, kC1, -kC4, -kC7, kC2, -kC3},
    {kC4, -kC3, kC6, kC7, -kC4, kC1, -kC2, kC5},  {kC4, -kC1, kC2, -kC3, kC4, -kC5, kC6, -kC7}};

// Down the columns, the matrix's even rows need only the sums of mirrored samples, the odd ones only their
// differences: kEven and kOdd are the left halves of these rows.
constexpr float kEven[4][4] = {
    {kC4, kC4, kC4, kC4}, {kC2, kC6, -kC6, -kC2}, {kC4, -kC4, -kC4, kC4}, {kC6, -kC2, kC2, -kC6}};
constexpr float kOdd[4][4] = {
    {kC1, kC3, kC5, kC7}, {kC3, -kC7, -kC1, -kC5}, {kC5, -kC1, kC7, kC3}, {kC7, -kC5, kC3, -kC1}};

[[gnu::always_inline]] inline void forward_columns(const float* in, float* out) {
    Row sum[4], difference[4];
    for (int n = 0; n < 4; ++n) {
        Row top, bottom;
        load(in + 8 * n, top);
        load(in + 8 * (7 - n), bottom);
        sum[n] = top + bottom;
        difference[n] = top - bottom;
    }
    for (int k = 0; k < 4; ++k) {
        store(kEven[k][0] * sum[0] + kEven[k][1] * sum[1] + kEven[k][2] * sum[2] + kEven[k][3] * sum[3],
              out + 16 * k);
        store(kOdd[k][0] * difference[0] + kOdd[k][1] * difference[1] + kOdd[k][2] * difference[2] +
                  kOdd[k][3] * difference[3],
              out + 16 * k + 8);
    }
}

[[gnu::always_inline]] inline void inverse_columns(const float* in, float* out) {
    Row even[4], odd[4];
    for (int k = 0; k < 4; ++k) {
        load(in + 16 * k, even[k]);
        load(in + 16 * k + 8, odd[k]);
    }
    for (int n = 0; n < 4; ++n) {
        const Row mean =
            kEven[0][n] * even[0] + kEven[1][n] * even[1] + kEven[2][n] * even[2] + kEven[3][n] * even[3];
        const Row deviation =
            kOdd[0][n] * odd[0] + kOdd[1][n] * odd[1] + kOdd[2][n] * odd[2] + kOdd[3][n] * odd[3];
        store(mean + deviation, out + 8 * n);
        store(mean - deviation, out + 8 * (7 - n));
    }
}

/// out = in * matrix, without a transposition: each row of the result is a sum of the matrix's rows.
[[gnu::always_inline]] inline void multiply_rows(const float* in, const Row (&matrix)[8], float* out) {
    for (int y = 0; y < 8; ++y) {
        Row row = in[8 * y] * matrix[0];
        for (int n = 1; n < 8; ++n) row += in[8 * y + n] * matrix[n];
        store(row, out + 8 * y);
    }
}

JPEGDEBLOCK_TARGET_CLONES
void forward(const float* samples, float* coefficients) {
    float columns[64];
    forward_columns(samples, columns);
    multiply_rows(columns, kTransposed, coefficients);
}

JPEGDEBLOCK_TARGET_CLONES
void inverse(const float* coefficients, float* samples) {
    float columns[64];
    inverse_columns(coefficients, columns);
    multiply_rows(columns, kMatrix, samples);
}

}  // namespace

void forward_dct_8x8(const float* samples, float* coefficients) {
    forward(samples, coefficients);
}

void inverse_dct_8x8(const float* coefficients, float* samples) {
    inverse(coefficients, samples);
}

}  // namespace jpegdeblock
