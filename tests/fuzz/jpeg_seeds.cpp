// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg_seeds.h"

#include "../limits/hostile_jpegs.h"
#include "libjpeg_reference.h"

namespace jpegdeblock::fuzz {
namespace {

using test::JpegRecipe;

constexpr std::uint8_t kQuantizationTables = 0xdb, kHuffmanTables = 0xc4;

JpegRecipe small() {
    return {.width = 40, .height = 24, .optimized = true};
}

JpegRecipe halved(JpegRecipe recipe) {
    recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 2;
    return recipe;
}

JpegRecipe grey() {
    return {.width = 40, .height = 24, .input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .optimized = true};
}

JpegRecipe of_four(J_COLOR_SPACE stored) {
    return {.width = 20, .height = 12, .input = JCS_CMYK, .stored = stored, .optimized = true};
}

Bytes joined(std::initializer_list<Bytes> jpegs) {
    Bytes stream;
    for (const Bytes& jpeg : jpegs) stream.insert(stream.end(), jpeg.begin(), jpeg.end());
    return stream;
}

/// A JPEG that holds nothing but the first segment of that code of another.
Bytes tables_alone(const Bytes& jpeg, std::uint8_t code) {
    const std::size_t begin = test::find_segment(jpeg, code);
    const std::size_t size = 2 + static_cast<std::size_t>(jpeg[begin + 2] << 8 | jpeg[begin + 3]);
    const auto segment = jpeg.begin() + static_cast<std::ptrdiff_t>(begin);
    return joined({{0xff, 0xd8}, Bytes(segment, segment + static_cast<std::ptrdiff_t>(size)), {0xff, 0xd9}});
}

Bytes without_end(Bytes jpeg) {
    jpeg.resize(jpeg.size() - 2);
    return jpeg;
}

}  // namespace

std::vector<Seed> jpeg_seeds() {
    std::vector<Seed> result;
    const auto add = [&](const char* name, const JpegRecipe& recipe) {
        result.push_back({name, test::compress(recipe)});
    };
    JpegRecipe recipe = small();
    add("444.jpg", recipe);
    add("420.jpg", halved(recipe));
    recipe.horizontal_sampling[0] = 2;
    add("422.jpg", recipe);
    recipe.vertical_sampling[1] = 2;
    add("more-chroma.jpg", recipe);
    recipe = halved(small());
    recipe.one_scan_each = true;
    recipe.restart_interval = 2;
    add("restarts.jpg", recipe);
    recipe = halved(small());
    recipe.progressive = true;
    add("progressive.jpg", recipe);
    recipe.optimized = false;
    recipe.arithmetic = true;
    add("progressive-arithmetic.jpg", recipe);
    recipe.progressive = false;
    add("arithmetic.jpg", recipe);
    recipe = small();
    recipe.quality = 1;
    recipe.baseline = false;
    add("16-bit-steps.jpg", recipe);
    recipe = small();
    recipe.stored = JCS_RGB;
    add("rgb.jpg", recipe);
    add("cmyk.jpg", of_four(JCS_CMYK));
    add("ycck.jpg", of_four(JCS_YCCK));
    add("two-components.jpg",
        {.width = 24, .height = 16, .input = JCS_UNKNOWN, .stored = JCS_UNKNOWN, .optimized = true});
    add("grey.jpg", grey());
    recipe = grey();
    recipe.scans = {{1, {0}, 0, 0, 0, 1}, {1, {0}, 1, 5, 0, 2}, {1, {0}, 0, 0, 1, 0},
                    {1, {0}, 1, 5, 2, 1}, {1, {0}, 1, 5, 1, 0}, {1, {0}, 6, 63, 0, 0}};
    recipe.restart_interval = 3;
    add("scans-and-restarts.jpg", recipe);

    result.push_back({"damaged-rows.jpg", test::of_damaged_rows(40, 5)});
    result.push_back({"too-many-scans.jpg", test::of_empty_scans(8, 8, 501)});
    result.push_back({"too-large.jpg", test::headers(65500, 65500)});

    const Bytes field = test::compress(small());
    result.push_back({"two-fields.jpg", joined({field, field})});
    JpegRecipe usual = small();
    usual.optimized = false;
    const Bytes with_usual_tables = test::compress(usual);
    result.push_back({"motion-jpeg.jpg", test::without_segments(with_usual_tables, kHuffmanTables)});
    result.push_back({"tables-before.jpg",
                      joined({tables_alone(field, kQuantizationTables), tables_alone(field, kHuffmanTables),
                              test::without_segments(test::without_segments(field, kQuantizationTables),
                                                     kHuffmanTables)})});
    result.push_back({"stream.mjpeg", joined({without_end(field),
                                              {0xff, 0xd8, 0xff, 0xd8},
                                              field,
                                              Bytes{1, 2, 0xff, 3},
                                              test::compress(grey())})});
    return result;
}

}  // namespace jpegdeblock::fuzz
