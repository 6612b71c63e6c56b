// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// Quality of `test` against `reference`, both 8-bit planes of equal size (else
/// Error(kInvalidArgument)). All are pure functions and thread safe.

/// Mean squared error in squared levels.
double mean_squared_error(ConstPlane reference, ConstPlane test);

/// 10 log10(255^2 / MSE) in dB; +infinity for identical planes.
double psnr(ConstPlane reference, ConstPlane test);

/// PSNR-B: PSNR with the blocking effect factor of `test` for 8x8 blocks added to the MSE
/// (Yim and Bovik, "Quality assessment of deblocked images", IEEE TIP 20(1), 2011, section III).
/// The grid starts at (0, 0) of the plane. In dB; +infinity for identical planes without blocking.
/// A plane without a block boundary has no blocking effect. The paper's weight log2(8) / log2(shorter side)
/// is limited to 1, which it would exceed below 8 pixels.
double psnr_b(ConstPlane reference, ConstPlane test);

/// The blocking effect factor that psnr_b adds, in squared levels: by how much neighbours differ more across
/// the edges of blocks than within them. 0: no more. It takes no reference.
double blocking_effect(ConstPlane plane);

/// Mean structural similarity: 11x11 Gaussian window with sigma 1.5, K1 = 0.01, K2 = 0.03, L = 255,
/// over the positions where the window fits (Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004,
/// section III-C). In -1..1. A side below 11 pixels is extended by edge replication to 11.
double ssim(ConstPlane reference, ConstPlane test);

/// How much successive frames differ where the scene stands still, before and after restoration, which takes
/// no reference. Compression of each frame by itself makes such places flicker; what moves is left out, as
/// both differ there by right.
struct Flicker {
    double before = 0.0;         ///< Sum of squared differences, in squared levels.
    double after = 0.0;          ///< Likewise, of the same samples.
    double still_samples = 0.0;  ///< In blocks of 8x8 that stand still.
    double samples = 0.0;        ///< All.

    Flicker& operator+=(const Flicker& more);
    double mean_before() const { return still_samples > 0.0 ? before / still_samples : 0.0; }
    double mean_after() const { return still_samples > 0.0 ? after / still_samples : 0.0; }
};

/// A block stands still where the decoded frames differ by no more than so many levels in the mean of its
/// samples' absolute differences.
constexpr double kStillDifference = 4.0;

/// Of two successive frames: as decoded, and as restored. All four are of equal size (else
/// Error(kInvalidArgument)).
Flicker flicker(ConstPlane decoded_before, ConstPlane decoded_now, ConstPlane restored_before,
                ConstPlane restored_now);

}  // namespace jpegdeblock
