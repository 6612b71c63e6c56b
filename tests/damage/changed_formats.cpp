// SPDX-License-Identifier: LGPL-2.1-or-later
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "stream_collection.h"

namespace jpegdeblock_test {

using jpegdeblock::test::JpegRecipe;

void add_changes(Streams& streams) {
    const auto add = [&](const std::string& what, const std::function<void(JpegRecipe&)>& change) {
        const JpegRecipe recipe = recipe_of(change);
        const Bytes one = numbered_jpeg(3, recipe), other = numbered_jpeg(4, recipe);
        streams.add("change", what, kBaseline, {one, other}, {one, other});
        streams.add("change", what + ", truncated", kBaseline, {first_bytes(one, one.size() * 3 / 4), other},
                    {other});
    };
    add("larger", [](JpegRecipe& recipe) { recipe.width = 160, recipe.height = 112; });
    add("smaller", [](JpegRecipe& recipe) { recipe.width = 48, recipe.height = 32; });
    add("odd size", [](JpegRecipe& recipe) { recipe.width = 71, recipe.height = 35; });
    add("1x1", [](JpegRecipe& recipe) { recipe.width = 1, recipe.height = 1; });
    add("half the height", [](JpegRecipe& recipe) { recipe.height = 32; });
    add("4:4:4", [](JpegRecipe& recipe) { recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1; });
    add("4:2:2", [](JpegRecipe& recipe) { recipe.vertical_sampling[0] = 1; });
    add("grey", [](JpegRecipe& recipe) {
        recipe.stored = JCS_GRAYSCALE;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("RGB", [](JpegRecipe& recipe) {
        recipe.stored = JCS_RGB;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("CMYK", [](JpegRecipe& recipe) {
        recipe.input = recipe.stored = JCS_CMYK;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("progressive", [](JpegRecipe& recipe) { recipe.progressive = true; });
    add("arithmetic", [](JpegRecipe& recipe) { recipe.arithmetic = true; });
    const Bytes two = numbered_jpeg(3, recipe_of([](JpegRecipe& recipe) {
                                        recipe.input = recipe.stored = JCS_UNKNOWN;
                                        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
                                    }));
    streams.add("change", "two components", kBaseline, {two});
}

/// Two fields in a buffer; that the caps tell the frame's height makes them so.
void add_fields(Streams& streams) {
    const Bytes top = Streams::jpeg(kBaseline), bottom = Streams::jpeg(kBaseline, 1);
    const auto frame = [](int number) {
        return joined({numbered_jpeg(number, usual_recipe()), numbered_jpeg(number + 10, usual_recipe())});
    };
    const auto add = [&](const std::string& name, const std::vector<Bytes>& packets) {
        DamagedStream stream{"fields", name, {}, {}, {joined({top, bottom})}, 2 * usual_recipe().height};
        for (int i = 0; i < kBefore; ++i) stream.whole.push_back(frame(i));
        stream.packets = stream.whole;
        stream.packets.insert(stream.packets.end(), packets.begin(), packets.end());
        for (int i = 0; i < kAfter; ++i) {
            stream.whole.push_back(frame(5 + i));
            stream.packets.push_back(stream.whole.back());
        }
        streams.all.push_back(std::move(stream));
    };
    const JpegRecipe small = recipe_of([](JpegRecipe& recipe) { recipe.width = 48; });
    add("second missing", {top});
    add("second truncated", {joined({top, first_bytes(bottom, bottom.size() / 2)})});
    add("second cut in its headers", {joined({top, first_bytes(bottom, 100)})});
    add("first truncated", {joined({first_bytes(top, top.size() / 2), bottom})});
    add("first cut in its headers", {joined({first_bytes(top, 100), bottom})});
    add("first without EOI", {joined({remove("EOI")(top), bottom})});
    add("second without EOI", {joined({top, remove("EOI")(bottom)})});
    add("noise between them", {joined({top, noise(100, 4), bottom})});
    add("SOI EOI between them", {joined({top, kStartOfImage, kEndOfImage, bottom})});
    add("second of another size", {joined({top, numbered_jpeg(4, small)})});
    add("three", {joined({top, bottom, bottom})});
    add("second without SOI", {joined({top, without(bottom, 0, 2)})});
    add("in two buffers", {top, bottom});
    add("a bit flipped in the second's DQT", {joined({top, set_in("DQT", 4, {7})(bottom)})});
    streams.add("fields", "two in a buffer that are not announced", kBaseline, {joined({top, bottom})});
}

}  // namespace jpegdeblock_test
