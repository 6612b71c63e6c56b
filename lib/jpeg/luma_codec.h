// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// An 8-bit plane that owns its samples, rows adjacent (stride == width).
struct LumaImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;

    ConstPlane view() const { return {samples.data(), width, height, width}; }
    Plane view() { return {samples.data(), width, height, width}; }
};

/// What a JPEG's headers say of its luma.
struct JpegHeader {
    int width = 0;
    int height = 0;
    int components = 0;            ///< 1 (grey), 3 (YCbCr or RGB) or 4.
    bool progressive = false;      ///< SOF2 (or SOF10).
    QuantizationTable luma_table;  ///< Of component 0.
};

/// Which of libjpeg-turbo's inverse transforms decodes.
enum class IdctMethod { kIslow, kIfast, kFloat };

/// Reads the headers of the JPEG in `bytes` up to the first scan.
/// Errors: kInvalidFile with libjpeg's reason (`name` stands in the message for the file).
JpegHeader read_jpeg_header(std::span<const std::uint8_t> bytes, const std::string& name = "the JPEG");

/// Decodes the luma of the JPEG in `bytes` (grey or YCbCr; no up- or down-scaling, no block smoothing), bit
/// for bit as libjpeg-turbo's decoder of that transform does. A truncated file is decoded as far as it goes;
/// the rest is what libjpeg-turbo makes of missing data.
/// Errors: kInvalidFile, also for what only attacks contain: more than 500 scans, scans that pass over a
/// large picture more than 64 times, or more than 16 megapixels with less than a byte for 4096 of them.
/// kUnsupported for RGB, CMYK and YCCK, and for luma with fewer samples than chroma.
LumaImage decode_jpeg_luma(std::span<const std::uint8_t> bytes, IdctMethod method = IdctMethod::kIslow,
                           const std::string& name = "the JPEG");

/// Writes `luma` as a grey baseline JPEG with libjpeg-turbo at an IJG quality (1..100): islow DCT, Huffman
/// tables made for the picture.
/// Errors: kInvalidArgument for a quality or size out of range (1..65500 pixels a side).
std::vector<std::uint8_t> encode_grey_jpeg(ConstPlane luma, int quality);

/// As above with an explicit table (steps 1..255: baseline).
std::vector<std::uint8_t> encode_grey_jpeg(ConstPlane luma, const QuantizationTable& table);

}  // namespace jpegdeblock
