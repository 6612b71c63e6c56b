// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/quantization.h>

#include <algorithm>
#include <string>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

const std::array<std::uint8_t, 64> kZigzagToRow = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,   //
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,  //
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,  //
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

namespace {

// ITU-T T.81, tables K.1 and K.2.
constexpr std::array<std::uint16_t, 64> kLuminance = {16, 11, 10, 16, 24,  40,  51,  61,   //
                                                      12, 12, 14, 19, 26,  58,  60,  55,   //
                                                      14, 13, 16, 24, 40,  57,  69,  56,   //
                                                      14, 17, 22, 29, 51,  87,  80,  62,   //
                                                      18, 22, 37, 56, 68,  109, 103, 77,   //
                                                      24, 35, 55, 64, 81,  104, 113, 92,   //
                                                      49, 64, 78, 87, 103, 121, 120, 101,  //
                                                      72, 92, 95, 98, 112, 100, 103, 99};
constexpr std::array<std::uint16_t, 64> kChrominance = {17, 18, 24, 47, 99, 99, 99, 99,  //
                                                        18, 21, 26, 66, 99, 99, 99, 99,  //
                                                        24, 26, 56, 99, 99, 99, 99, 99,  //
                                                        47, 66, 99, 99, 99, 99, 99, 99,  //
                                                        99, 99, 99, 99, 99, 99, 99, 99,  //
                                                        99, 99, 99, 99, 99, 99, 99, 99,  //
                                                        99, 99, 99, 99, 99, 99, 99, 99,  //
                                                        99, 99, 99, 99, 99, 99, 99, 99};

QuantizationTable scale_table(const std::array<std::uint16_t, 64>& base, int quality) {
    if (quality < 1 || quality > 100)
        throw Error(ErrorCode::kInvalidArgument,
                    "JPEG quality " + std::to_string(quality) + " is outside of 1..100");
    // As libjpeg's jpeg_quality_scaling and jpeg_add_quant_table.
    const int percent = quality < 50 ? 5000 / quality : 200 - quality * 2;
    QuantizationTable table;
    for (std::size_t i = 0; i < 64; ++i)
        table.step[i] = static_cast<std::uint16_t>(std::clamp((base[i] * percent + 50) / 100, 1, 255));
    return table;
}

}  // namespace

QuantizationTable ijg_luma_table(int quality) {
    return scale_table(kLuminance, quality);
}

QuantizationTable ijg_chroma_table(int quality) {
    return scale_table(kChrominance, quality);
}

float low_frequency_step(const QuantizationTable& table) {
    int sum = 0;
    for (int v = 0; v < 4; ++v)
        for (int u = 0; u + v < 4; ++u) sum += table.step[static_cast<std::size_t>(8 * v + u)];
    return static_cast<float>(sum) / 10.0f;
}

std::size_t QuantizationTableHash::operator()(const QuantizationTable& table) const noexcept {
    std::uint64_t hash = 14695981039346656037u;
    for (const std::uint16_t step : table.step) {
        for (const unsigned byte : {step & 0xffu, static_cast<unsigned>(step) >> 8}) {
            hash ^= byte;
            hash *= 1099511628211u;
        }
    }
    return static_cast<std::size_t>(hash);
}

}  // namespace jpegdeblock
