// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace jpegdeblock {

/// The one-dimensional orthonormal 8-point DCT-II and its inverse on eight values. For loops whose iterations
/// are independent transforms (columns, blocks): all arrays dissolve into registers and the compiler
/// vectorises over the iterations.
namespace dct_8 {

// kCk = cos(k pi / 16) / 2: the DCT-II matrix's entries. Its even rows are symmetric, its odd rows
// antisymmetric, so that sums and differences of mirrored samples need only 4x4 products; the even one splits
// once more.
constexpr float kC1 = 0.49039264f, kC2 = 0.46193977f, kC3 = 0.41573481f, kC4 = 0.35355339f;
constexpr float kC5 = 0.27778512f, kC6 = 0.19134172f, kC7 = 0.09754516f;

[[gnu::always_inline]] inline void forward(const float x[8], float f[8]) {
    const float s0 = x[0] + x[7], s1 = x[1] + x[6], s2 = x[2] + x[5], s3 = x[3] + x[4];
    const float d0 = x[0] - x[7], d1 = x[1] - x[6], d2 = x[2] - x[5], d3 = x[3] - x[4];
    const float t0 = s0 + s3, t1 = s1 + s2, t2 = s0 - s3, t3 = s1 - s2;
    f[0] = kC4 * (t0 + t1);
    f[4] = kC4 * (t0 - t1);
    f[2] = kC2 * t2 + kC6 * t3;
    f[6] = kC6 * t2 - kC2 * t3;
    f[1] = kC1 * d0 + kC3 * d1 + kC5 * d2 + kC7 * d3;
    f[3] = kC3 * d0 - kC7 * d1 - kC1 * d2 - kC5 * d3;
    f[5] = kC5 * d0 - kC1 * d1 + kC7 * d2 + kC3 * d3;
    f[7] = kC7 * d0 - kC5 * d1 + kC3 * d2 - kC1 * d3;
}

[[gnu::always_inline]] inline void inverse(const float f[8], float x[8]) {
    const float t0 = kC4 * (f[0] + f[4]), t1 = kC4 * (f[0] - f[4]);
    const float t2 = kC2 * f[2] + kC6 * f[6], t3 = kC6 * f[2] - kC2 * f[6];
    const float s0 = t0 + t2, s1 = t1 + t3, s2 = t1 - t3, s3 = t0 - t2;
    const float d0 = kC1 * f[1] + kC3 * f[3] + kC5 * f[5] + kC7 * f[7];
    const float d1 = kC3 * f[1] - kC7 * f[3] - kC1 * f[5] - kC5 * f[7];
    const float d2 = kC5 * f[1] - kC1 * f[3] + kC7 * f[5] + kC3 * f[7];
    const float d3 = kC7 * f[1] - kC5 * f[3] + kC3 * f[5] - kC1 * f[7];
    x[0] = s0 + d0;
    x[1] = s1 + d1;
    x[2] = s2 + d2;
    x[3] = s3 + d3;
    x[4] = s3 - d3;
    x[5] = s2 - d2;
    x[6] = s1 - d1;
    x[7] = s0 - d0;
}

}  // namespace dct_8
}  // namespace jpegdeblock
