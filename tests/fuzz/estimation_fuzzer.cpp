// SPDX-License-Identifier: LGPL-2.1-or-later
// Estimates of quantization, of planes of all kinds: random samples, patterns, decoded JPEGs, cropped ones.
#include <jpegdeblock/error.h>

#include "byte_reader.h"
#include "fuzzer.h"
#include "jpeg/estimation.h"
#include "jpeg/luma_codec.h"
#include "jpeg/table_check.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    std::vector<Seed> result;
    for (std::uint8_t kind = 0; kind < 4; ++kind)
        for (const std::uint8_t quality : {9, 49, 89}) {
            Seed& seed = result.emplace_back(
                Seed{"kind-" + std::to_string(kind) + "-quality-" + std::to_string(quality), {}});
            seed.bytes = {71, 55, kind, quality, quality, quality, 3, 5};
            for (unsigned i = 0, state = quality; i < 600; ++i) {
                state = state * 1103515245u + 12345u;
                seed.bytes.push_back(static_cast<std::uint8_t>(state >> 16));
            }
        }
    return result;
}

namespace {

LumaImage plane_of(ByteReader& reader, int kind, std::span<const std::uint8_t> bytes, int width, int height) {
    LumaImage plane{width, height, {}};
    const std::size_t count = std::max<std::size_t>(bytes.size(), 1);
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
        for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
            // Samples one after another, or squares of four that are all of a level, as a picture has them.
            const std::size_t at =
                kind % 2 == 0 ? y * static_cast<std::size_t>(width) + x : y / 4 * 31 + x / 4;
            plane.samples.push_back(bytes.empty() ? 128 : bytes[at % count]);
        }
    if (kind < 2) return plane;
    QuantizationTable table = ijg_luma_table(reader.between(1, 100));
    table.step[static_cast<std::size_t>(reader.below(64))] =
        static_cast<std::uint16_t>(reader.between(1, 255));
    return decode_jpeg_luma(encode_grey_jpeg(plane.view(), table));
}

void check(const std::optional<QuantizationEstimate>& estimate) {
    if (!estimate) return;
    require(estimate->quality >= 0 && estimate->quality <= 100, "qualities are 0..100");
    require(estimate->offset.x >= 0 && estimate->offset.x < 8 && estimate->offset.y >= 0 &&
                estimate->offset.y < 8,
            "offsets are 0..7");
    for (const std::uint16_t step : estimate->table.step)
        require(step >= 1 && step <= 255, "steps are 1..255");
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::fuzz;
    ByteReader reader({data, size});
    const int width = reader.between(1, 80), height = reader.between(1, 64), kind = reader.below(4);
    const bool anywhere = reader.below(4) == 0;
    ByteReader choices(reader.take(4));
    const LumaImage plane = plane_of(choices, kind, reader.take(size), width, height);
    const int left = choices.below(8) % width, top = choices.below(8) % height;
    const ConstPlane part{plane.view().row(top) + left, width - left, height - top, width};
    const GridOffset offset{left % 8, top % 8};
    has_detail(part);
    agrees_with_table(part, ijg_luma_table(50), offset);
    trace_of_quantization(part, std::nullopt);
    const std::optional<QuantizationEstimate> found =
        anywhere ? estimate_quantization_anywhere(part) : estimate_quantization(part, offset);
    check(found);
    if (found) TableCheck(*found, part).check(plane.view());
    return 0;
}
