// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"

/// An 8-bit RGB picture, rows adjacent, 3 bytes a pixel.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;

    std::uint8_t* pixel(int x, int y) { return samples.data() + 3 * (std::size_t{1} * y * width + x); }
    const std::uint8_t* pixel(int x, int y) const {
        return samples.data() + 3 * (std::size_t{1} * y * width + x);
    }
};

/// A black picture.
Picture make_picture(int width, int height);

/// Reads a PNG of any kind as RGB. Errors: jpegdeblock::Error(kInvalidFile) with libpng's reason.
Picture read_png(const std::string& path);

/// Errors: jpegdeblock::Error(kUnwritable).
void write_png(const std::string& path, const Picture& picture);

/// Reads a grey PNG. Errors: jpegdeblock::Error(kInvalidFile); a PNG in colour is refused, as its luma would
/// be a matter of opinion.
jpegdeblock::LumaImage read_grey_png(const std::string& path);
