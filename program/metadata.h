// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jpegdeblock {

/// A marker segment of a JPEG: its code (0xE0..0xEF: APP0..APP15; 0xFE: COM) and what follows the length.
struct MarkerSegment {
    int code = 0;
    std::vector<std::uint8_t> bytes;
};

/// What a picture file says beside its samples.
struct Metadata {
    int width = 0;  ///< Of the picture, in pixels.
    int height = 0;
    std::vector<std::uint8_t> exif;  ///< A TIFF structure, as EXIF has it; its thumbnail is part of it.
    std::vector<std::uint8_t> icc_profile;
    std::string xmp;  ///< The packet. An extension of it is in `segments` alone.
    std::vector<std::string> comments;
    /// Pixels for each unit of length. unit: 0 (the numbers are an aspect ratio), 1 (inch), 2 (centimetre).
    struct Density {
        int unit = 0;
        int x = 1;
        int y = 1;
    } density;
    bool has_jfif = false;  ///< And so a density.
    /// All of this, and other programs' segments, as the JPEG has them. Without JFIF's, Adobe's, and the
    /// index to further pictures in the file (MPF), which does not hold in another file.
    std::vector<MarkerSegment> segments;

    /// The colour space that the profile is for: "RGB ", "GRAY", "CMYK"; empty where there is none.
    std::string profile_space() const;
    /// EXIF's orientation, 1..8; 1 where it says none.
    int orientation() const;
};

/// Reads a JPEG's. `name` stands in messages for the file. Errors: kInvalidFile where it has no headers.
Metadata read_metadata(std::span<const std::uint8_t> jpeg, const std::string& name);

}  // namespace jpegdeblock
