// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace jpegdeblock {

/// Orthonormal two-dimensional 8x8 DCT-II, the transform of JPEG (ITU-T T.81, A.3.3), in float.
/// samples and coefficients: 64 floats in row order; they may be the same array.
/// A block of constant value c has the coefficient 8 * c at (0, 0). JPEG subtracts 128 from samples
/// before it transforms; this function does not.
void forward_dct_8x8(const float* samples, float* coefficients);

/// The inverse of forward_dct_8x8; the same layout, in-place allowed.
void inverse_dct_8x8(const float* coefficients, float* samples);

}  // namespace jpegdeblock
