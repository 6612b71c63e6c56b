// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include <jpeglib.h>

namespace jpegdeblock::test {

/// How libjpeg_compress() writes.
struct JpegRecipe {
    int width = 64;
    int height = 48;
    J_COLOR_SPACE input = JCS_RGB;     ///< What the samples are; decides the number of components.
    J_COLOR_SPACE stored = JCS_YCbCr;  ///< What the file holds.
    int quality = 60;
    bool baseline = true;  ///< Limit the steps to 255.
    bool progressive = false;
    bool arithmetic = false;
    bool optimized = false;               ///< Huffman tables for this picture.
    bool one_scan_each = false;           ///< Components not interleaved.
    int horizontal_sampling[2] = {1, 1};  ///< Of components 0 and 1.
    int vertical_sampling[2] = {1, 1};
    int restart_interval = 0;  ///< In minimum coded units.
    J_DCT_METHOD method = JDCT_ISLOW;
    std::vector<jpeg_scan_info> scans = {};  ///< Unless empty, the scans to write.
};

/// Calls libjpeg directly, without the library under test. Samples: interleaved components, rows adjacent.
std::vector<std::uint8_t> libjpeg_compress(const JpegRecipe& recipe,
                                           const std::vector<std::uint8_t>& samples);

/// A picture of the recipe's size and components, smooth with noise.
std::vector<std::uint8_t> samples_for(const JpegRecipe& recipe);

/// The JPEG of samples_for(recipe).
std::vector<std::uint8_t> compress(const JpegRecipe& recipe);

/// Component 0 of a grey or YCbCr JPEG, decoded with all its components.
std::vector<std::uint8_t> libjpeg_decompress_luma(std::span<const std::uint8_t> jpeg, J_DCT_METHOD method,
                                                  bool block_smoothing = false);

/// Where the scans of a JPEG end: after the two bytes of the marker that follows the data of each. Segments
/// are skipped by their length. The last one ends with the picture.
std::vector<std::size_t> ends_of_scans(std::span<const std::uint8_t> jpeg);

/// A component's samples without upsampling, rows adjacent.
struct RawComponent {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;
};

/// All components of a JPEG of any sampling as libjpeg's islow transform gives them, cut to what the picture
/// shows.
std::vector<RawComponent> libjpeg_decompress_raw(std::span<const std::uint8_t> jpeg);

/// Where the first marker segment of that code (0xff, code) begins, which must exist; segments are searched
/// from the start of the file up to the first scan.
std::size_t find_segment(std::span<const std::uint8_t> jpeg, std::uint8_t code);

/// A copy without the segments of that code before the first scan.
std::vector<std::uint8_t> without_segments(std::span<const std::uint8_t> jpeg, std::uint8_t code);

}  // namespace jpegdeblock::test
