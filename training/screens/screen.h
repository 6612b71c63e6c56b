// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pictures/pictures.h"

namespace jpegdeblock::training {

/// Training draws seeds of screens below this one only; screens of this seed and above are held back for
/// measuring.
inline constexpr std::uint64_t kFirstHeldBackScreen = 1'000'000;

inline constexpr int kSmallestScreenSide = 32;
inline constexpr int kLargestScreenSide = 8192;

/// A picture as computer screens show: windows, text, code, terminals, tables, charts, slides, maps, games,
/// in many fonts and colours, invented from the seed. The same seed and size give the same picture with the
/// same build and the same fonts. Throws Error(kInvalidArgument) for a side out of range, Error(kNotFound)
/// where no font is installed. Not thread safe.
RgbPicture render_screen(std::uint64_t seed, int width, int height);

/// The planes of the screens first_seed, first_seed + 1, .., one screen's after the other's. In one thread:
/// Pango's and fontconfig's caches do not bear several. progress(share), 0..1, is called after each screen.
std::vector<LumaImage> render_screens(std::uint64_t first_seed, int count, int width, int height,
                                      Component component, const std::function<void(double)>& progress);

}  // namespace jpegdeblock::training
