// SPDX-License-Identifier: LGPL-2.1-or-later
#include "damaged_streams.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>

#include "stream_collection.h"

namespace jpegdeblock_test {

using jpegdeblock::test::JpegRecipe;

JpegRecipe usual_recipe() {
    JpegRecipe recipe;
    recipe.width = 96;
    recipe.height = 64;
    recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 2;
    return recipe;
}

Bytes numbered_jpeg(int number, const JpegRecipe& recipe) {
    const std::size_t components = recipe.input == JCS_CMYK ? 4 : recipe.input == JCS_UNKNOWN ? 2 : 3;
    std::mt19937 generator(static_cast<unsigned>(number));
    Bytes samples;
    for (int y = 0; y < recipe.height; ++y)
        for (int x = 0; x < recipe.width; ++x)
            for (std::size_t c = 0; c < components; ++c) {
                const double wave =
                    std::sin(0.11 * x + 0.07 * y + 0.9 * number + 0.4 * static_cast<double>(c));
                const double edge = (x / 11 + y / 9 + number) % 2 == 0 ? 25.0 : 0.0;
                const int noise = static_cast<int>(generator() % 21);
                samples.push_back(static_cast<std::uint8_t>(95.0 + 70.0 * wave + edge + noise));
            }
    return jpegdeblock::test::libjpeg_compress(recipe, samples);
}

std::vector<DamagedStream> damaged_streams() {
    Streams streams;
    add_truncations(streams);
    add_bit_flips(streams);
    add_lengths(streams);
    add_packet_losses(streams);
    add_garbage(streams);
    add_markers(streams);
    add_thumbnails(streams);
    add_tables(streams);
    add_headers(streams);
    add_restarts(streams);
    add_changes(streams);
    add_fields(streams);
    return std::move(streams.all);
}

}  // namespace jpegdeblock_test
