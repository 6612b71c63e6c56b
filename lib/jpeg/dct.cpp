// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/dct.h>

namespace jpegdeblock {
namespace {

// Halves of the even and odd rows of the orthonormal 8-point DCT-II matrix: the transform of a sum or a
// difference of mirrored samples needs only 4x4 products. kEven[k][n] = c(2k) cos((2n + 1) 2k pi / 16),
// kOdd[k][n] = c(2k + 1) cos((2n + 1)(2k + 1) pi / 16) with c(0) = sqrt(1/8), else 1/2.
constexpr float kC1 = 0.49039264f, kC2 = 0.46193977f, kC3 = 0.41573481f, kC4 = 0.35355339f;
constexpr float kC5 = 0.27778512f, kC6 = 0.19134172f, kC7 = 0.09754516f;
constexpr float kEven[4][4] = {
    {kC4, kC4, kC4, kC4}, {kC2, kC6, -kC6, -kC2}, {kC4, -kC4, -kC4, kC4}, {kC6, -kC2, kC2, -kC6}};
constexpr float kOdd[4][4] = {
    {kC1, kC3, kC5, kC7}, {kC3, -kC7, -kC1, -kC5}, {kC5, -kC1, kC7, kC3}, {kC7, -kC5, kC3, -kC1}};

// Both passes run down the columns, so that the compiler vectorises over the eight columns of a row.
inline void forward_columns(const float in[64], float out[64]) {
    float sum[4][8], difference[4][8];
    for (int n = 0; n < 4; ++n)
        for (int x = 0; x < 8; ++x) {
            sum[n][x] = in[8 * n + x] + in[8 * (7 - n) + x];
            difference[n][x] = in[8 * n + x] - in[8 * (7 - n) + x];
        }
    for (int k = 0; k < 4; ++k)
        for (int x = 0; x < 8; ++x) {
            out[16 * k + x] = kEven[k][0] * sum[0][x] + kEven[k][1] * sum[1][x] + kEven[k][2] * sum[2][x] +
                              kEven[k][3] * sum[3][x];
            out[16 * k + 8 + x] = kOdd[k][0] * difference[0][x] + kOdd[k][1] * difference[1][x] +
                                  kOdd[k][2] * difference[2][x] + kOdd[k][3] * difference[3][x];
        }
}

inline void inverse_columns(const float in[64], float out[64]) {
    for (int n = 0; n < 4; ++n)
        for (int x = 0; x < 8; ++x) {
            const float even = kEven[0][n] * in[x] + kEven[1][n] * in[16 + x] + kEven[2][n] * in[32 + x] +
                               kEven[3][n] * in[48 + x];
            const float odd = kOdd[0][n] * in[8 + x] + kOdd[1][n] * in[24 + x] + kOdd[2][n] * in[40 + x] +
                              kOdd[3][n] * in[56 + x];
            out[8 * n + x] = even + odd;
            out[8 * (7 - n) + x] = even - odd;
        }
}

inline void transpose(const float in[64], float out[64]) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) out[8 * x + y] = in[8 * y + x];
}

}  // namespace

void forward_dct_8x8(const float* samples, float* coefficients) {
    float a[64], b[64];
    forward_columns(samples, a);
    transpose(a, b);
    forward_columns(b, a);
    transpose(a, coefficients);
}

void inverse_dct_8x8(const float* coefficients, float* samples) {
    float a[64], b[64];
    inverse_columns(coefficients, a);
    transpose(a, b);
    inverse_columns(b, a);
    transpose(a, samples);
}

}  // namespace jpegdeblock
