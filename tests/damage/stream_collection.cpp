// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream_collection.h"

#include <utility>

namespace jpegdeblock_test {

using jpegdeblock::test::JpegRecipe;

JpegRecipe recipe_of(const std::function<void(JpegRecipe&)>& change) {
    JpegRecipe recipe = usual_recipe();
    change(recipe);
    return recipe;
}

const Flavour kBaseline = {"baseline", usual_recipe()};
const Flavour kRestarts = {"restarts", recipe_of([](JpegRecipe& recipe) { recipe.restart_interval = 3; })};
const Flavour kProgressive = {"progressive",
                              recipe_of([](JpegRecipe& recipe) { recipe.progressive = true; })};
const Flavour kArithmetic = {"arithmetic", recipe_of([](JpegRecipe& recipe) { recipe.arithmetic = true; })};
const Flavour kScanEach = {"scan for each component",
                           recipe_of([](JpegRecipe& recipe) { recipe.one_scan_each = true; })};

const Bytes kStartOfImage = {0xff, 0xd8}, kEndOfImage = {0xff, 0xd9};

void Streams::add(const std::string& group, const std::string& name, const Flavour& flavour,
                  const std::vector<Bytes>& packets, const std::vector<Bytes>& whole) {
    DamagedStream stream{group, name, {}, {}, {}};
    for (int i = 0; i < kBefore; ++i) stream.whole.push_back(numbered_jpeg(i, flavour.recipe));
    stream.packets = stream.whole;
    stream.packets.insert(stream.packets.end(), packets.begin(), packets.end());
    stream.whole.insert(stream.whole.end(), whole.begin(), whole.end());
    if (whole.size() < packets.size())
        for (int i = 0; i < 2; ++i) stream.spoilt.push_back(numbered_jpeg(kBefore + i, flavour.recipe));
    for (int i = 0; i < kAfter; ++i) {
        stream.whole.push_back(numbered_jpeg(kBefore + 2 + i, flavour.recipe));
        stream.packets.push_back(stream.whole.back());
    }
    all.push_back(std::move(stream));
}

void Streams::change(const std::string& group, const std::string& name, const Flavour& flavour,
                     const Change& change) {
    add(group, name, flavour, {change(jpeg(flavour))});
}

Bytes Streams::jpeg(const Flavour& flavour, int which) {
    return numbered_jpeg(kBefore + which, flavour.recipe);
}

Bytes replaced(const Bytes& jpeg, const JpegPart& part, const Bytes& by) {
    return with_inserted(without(jpeg, part.begin, part.end), part.begin, by);
}

Bytes copy_of(const Bytes& jpeg, const JpegPart& part) {
    return {jpeg.begin() + static_cast<std::ptrdiff_t>(part.begin),
            jpeg.begin() + static_cast<std::ptrdiff_t>(part.end)};
}

Change set_in(const std::string& part, std::size_t offset, const std::vector<int>& values) {
    return [=](const Bytes& jpeg) {
        Bytes changed = jpeg;
        for (std::size_t i = 0; i < values.size(); ++i)
            changed = with_byte(changed, part_of(jpeg, part).begin + offset + i, values[i]);
        return changed;
    };
}

Change remove(const std::string& part) {
    return [=](const Bytes& jpeg) {
        const JpegPart at = part_of(jpeg, part);
        return without(jpeg, at.begin, at.end);
    };
}

Change insert_before(const std::string& part, const Bytes& bytes, std::size_t offset) {
    return [=](const Bytes& jpeg) { return with_inserted(jpeg, part_of(jpeg, part).begin + offset, bytes); };
}

std::string percent(int share) {
    return std::to_string(share) + " %";
}

}  // namespace jpegdeblock_test
