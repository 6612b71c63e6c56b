// SPDX-License-Identifier: LGPL-2.1-or-later
#include "coded_picture.h"

#include <algorithm>

namespace jpegdeblock::fuzz {
namespace {

constexpr int kMostBlocksWithDetail = 24;

int divide_up(int a, int b) {
    return (a + b - 1) / b;
}

int component_count(JpegColorSpace space) {
    if (space == JpegColorSpace::kGrey) return 1;
    return space == JpegColorSpace::kCmyk || space == JpegColorSpace::kYcck ? 4 : 3;
}

QuantizationTable table_of(ByteReader& reader) {
    const int kind = reader.below(4);
    if (kind < 2) return ijg_luma_table(reader.between(1, 100));
    QuantizationTable table;
    // As the file has it: also 0.
    for (std::uint16_t& step : table.step)
        step = kind == 2 ? reader.byte() : static_cast<std::uint16_t>(reader.word());
    return table;
}

ScanState state_of(ByteReader& reader) {
    ScanState state;
    const int kind = reader.below(4);
    if (kind == 0) return state;
    for (std::int8_t& bits : state.missing_bits)
        bits = static_cast<std::int8_t>(kind == 1 ? reader.below(3) - 1 : reader.below(15) - 1);
    return state;
}

/// Scans set no bits that they say are missing; damaged ones do.
void fill(ByteReader& reader, std::int16_t* block) {
    const bool large = reader.below(8) == 0;
    for (int n = reader.below(12); n > 0; --n) {
        const int at = reader.below(64);
        block[at] =
            large ? reader.word() : static_cast<std::int16_t>(static_cast<std::int8_t>(reader.byte()));
    }
}

}  // namespace

JpegColorSpace color_space(int number) {
    constexpr JpegColorSpace kSpaces[] = {JpegColorSpace::kGrey, JpegColorSpace::kYCbCr, JpegColorSpace::kRgb,
                                          JpegColorSpace::kCmyk, JpegColorSpace::kYcck};
    return kSpaces[number % 5];
}

CodedPicture::CodedPicture(ByteReader& reader, int width, int height, JpegColorSpace space) {
    picture.width = width;
    picture.height = height;
    picture.color_space = space;
    picture.adobe_marker = reader.flag();
    picture.progressive = reader.flag();
    picture.scans = 1;
    const int count = component_count(space);
    int horizontal[4], vertical[4];
    const bool usual = reader.below(3) > 0;
    for (int i = 0; i < count; ++i) {
        horizontal[i] = usual ? (i == 0 ? 1 + (width & 1) : 1) : reader.between(1, 4);
        vertical[i] = usual ? (i == 0 ? 1 + (height & 1) : 1) : reader.between(1, 4);
    }
    picture.horizontal_sampling = *std::max_element(horizontal, horizontal + count);
    picture.vertical_sampling = *std::max_element(vertical, vertical + count);
    for (int i = 0; i < count; ++i) add_component(reader, horizontal[i], vertical[i]);
}

void CodedPicture::add_component(ByteReader& reader, int horizontal, int vertical) {
    JpegComponent& component = picture.components.emplace_back();
    component.horizontal_sampling = horizontal;
    component.vertical_sampling = vertical;
    component.width = divide_up(picture.width * horizontal, picture.horizontal_sampling);
    component.height = divide_up(picture.height * vertical, picture.vertical_sampling);
    component.blocks_wide = divide_up(component.width, 8);
    component.blocks_high = divide_up(component.height, 8);
    component.table = table_of(reader);
    const auto blocks =
        static_cast<std::size_t>(component.blocks_wide) * static_cast<std::size_t>(component.blocks_high);
    std::vector<std::int16_t>& coefficients = coefficients_.emplace_back(64 * blocks);
    for (std::size_t i = 0; i < blocks; ++i) {
        std::int16_t* block = coefficients.data() + 64 * i;
        if (i < kMostBlocksWithDetail) fill(reader, block);
        if (i >= kMostBlocksWithDetail) std::copy_n(block - 64 * kMostBlocksWithDetail, 64, block);
    }
    for (int y = 0; y < component.blocks_high; ++y)
        component.block_rows.push_back(coefficients.data() + 64 * y * component.blocks_wide);
    if (!picture.progressive) return;
    component.state = state_of(reader);
    if (reader.below(3) > 0) return;
    component.states = {component.state, state_of(reader), state_of(reader)};
    for (std::size_t i = 0; i < blocks; ++i)
        component.state_of_block.push_back(static_cast<std::uint8_t>(reader.below(3)));
}

void CodedPicture::change(ByteReader& reader) {
    for (int n = reader.below(4); n > 0; --n) {
        std::vector<std::int16_t>& coefficients =
            coefficients_[static_cast<std::size_t>(reader.below(static_cast<int>(coefficients_.size())))];
        const auto blocks = static_cast<int>(coefficients.size() / 64);
        fill(reader, coefficients.data() + 64 * reader.below(blocks));
    }
}

}  // namespace jpegdeblock::fuzz
