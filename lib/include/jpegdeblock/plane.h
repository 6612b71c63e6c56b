// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace jpegdeblock {

/// A read-only 8-bit plane that somebody else owns. Samples are full-range JPEG luma, 0..255.
/// Row y starts at data + y * stride; samples of a row are adjacent. stride >= width; it may be any
/// alignment. width and height >= 1 wherever a function takes a plane, unless it says otherwise.
struct ConstPlane {
    const std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride = 0;

    const std::uint8_t* row(int y) const { return data + y * stride; }
};

/// A writable 8-bit plane that somebody else owns; otherwise as ConstPlane.
struct Plane {
    std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride = 0;

    std::uint8_t* row(int y) const { return data + y * stride; }
    operator ConstPlane() const { return {data, width, height, stride}; }
};

/// Where the 8x8 JPEG grid lies in a plane: pixel (0, 0) of the plane is column x and row y of its
/// block. Both 0..7; (0, 0) for a picture that was not cropped.
struct GridOffset {
    int x = 0;
    int y = 0;

    bool operator==(const GridOffset&) const = default;
};

}  // namespace jpegdeblock
