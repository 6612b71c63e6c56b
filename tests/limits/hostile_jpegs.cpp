// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hostile_jpegs.h"

#include <algorithm>
#include <initializer_list>

namespace jpegdeblock::test {
namespace {

constexpr std::uint8_t kProgressive = 0xc2, kBaseline = 0xc0;
constexpr int kLongestRun = 32767;  ///< Blocks that one symbol passes over.

void append(Bytes& bytes, const Bytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes bytes;
    for (const Bytes& part : parts) append(bytes, part);
    return bytes;
}

Bytes segment(std::uint8_t marker, const Bytes& payload) {
    const std::size_t length = payload.size() + 2;
    return joined(
        {{0xff, marker, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)}, payload});
}

const Bytes kStart = {0xff, 0xd8}, kEnd = {0xff, 0xd9};

Bytes quantization_table() {
    Bytes payload(65, 16);
    payload[0] = 0;
    return segment(0xdb, payload);
}

/// One code, "0", for that symbol.
Bytes huffman_table(std::uint8_t class_and_slot, std::uint8_t symbol) {
    Bytes payload(18, 0);
    payload[0] = class_and_slot;
    payload[1] = 1;
    payload[17] = symbol;
    return segment(0xc4, payload);
}

Bytes frame_header(std::uint8_t marker, int width, int height) {
    return segment(marker,
                   {8, static_cast<std::uint8_t>(height >> 8), static_cast<std::uint8_t>(height),
                    static_cast<std::uint8_t>(width >> 8), static_cast<std::uint8_t>(width), 1, 1, 0x11, 0});
}

Bytes scan_header(std::uint8_t first, std::uint8_t last, std::uint8_t precision) {
    return segment(0xda, {1, 1, 0, first, last, precision});
}

Bytes repeated(const Bytes& part, std::size_t bytes) {
    Bytes result;
    while (result.size() < bytes) append(result, part);
    return result;
}

/// Tables of a grey JPEG: DC differences and AC symbols are 0 (nothing, the end of the block).
Bytes usual_tables() {
    Bytes bytes = quantization_table();
    append(bytes, huffman_table(0x00, 0));
    append(bytes, huffman_table(0x10, 0));
    return bytes;
}

std::size_t blocks_of(int width, int height) {
    return static_cast<std::size_t>((width + 7) / 8) * static_cast<std::size_t>((height + 7) / 8);
}

}  // namespace

Bytes headers(int width, int height) {
    return joined({kStart, usual_tables(), frame_header(kBaseline, width, height), scan_header(0, 63, 0)});
}

Bytes of_empty_scans(int width, int height, int scans) {
    // AC: the one symbol is a run of 2^14 blocks and as many more as the 14 bits after it say.
    Bytes jpeg = joined({kStart, quantization_table(), huffman_table(0x00, 0), huffman_table(0x10, 0xe0),
                         frame_header(kProgressive, width, height)});
    Bytes data;
    unsigned bits = 0, held = 0;
    for (std::size_t runs = blocks_of(width, height) / kLongestRun + 1; runs > 0; --runs) {
        bits = bits << 15 | 0x3fff;  // "0" and 14 ones.
        for (held += 15; held >= 8; held -= 8) {
            data.push_back(static_cast<std::uint8_t>(bits >> (held - 8)));
            if (data.back() == 0xff) data.push_back(0);
        }
    }
    data.push_back(static_cast<std::uint8_t>(bits << (8 - held)));
    append(jpeg, scan_header(0, 0, 0));
    append(jpeg, Bytes(blocks_of(width, height) / 8 + 1, 0));
    for (int scan = 1; scan < scans; ++scan) {
        append(jpeg, scan_header(1, 63, 0));
        append(jpeg, data);
    }
    append(jpeg, kEnd);
    return jpeg;
}

Bytes of_changing_scans(int width, int height, int scans) {
    constexpr int kBits = 8;
    Bytes jpeg = joined({kStart, quantization_table(), huffman_table(0x00, 0),
                         frame_header(kProgressive, width, height), scan_header(0, 0, 0)});
    append(jpeg, Bytes(blocks_of(width, height) / 8 + 1, 0));
    // Of each block a code, "0", and a bit, 1. The code: a coefficient that comes to be, whose sign is the
    // bit; later the block's end, before which the bit adds to the coefficient.
    const Bytes data(blocks_of(width, height) / 4 + 1, 0x55);
    for (int scan = 0; scan + 1 < scans; ++scan) {
        const auto coefficient = static_cast<std::uint8_t>(1 + scan / kBits);
        const int bit = kBits - 1 - scan % kBits;
        const bool first = scan % kBits == 0;
        if (scan % kBits < 2) append(jpeg, huffman_table(0x10, first ? 0x01 : 0x00));
        append(jpeg, scan_header(coefficient, coefficient,
                                 static_cast<std::uint8_t>((first ? 0 : bit + 1) << 4 | bit)));
        append(jpeg, data);
    }
    append(jpeg, kEnd);
    return jpeg;
}

Bytes of_damaged_rows(int rows, int scans) {
    // A restart behind each row keeps what is wrong within it.
    Bytes jpeg = joined({kStart, quantization_table(), huffman_table(0x00, 0), huffman_table(0x10, 0),
                         segment(0xdd, {0, 1}), frame_header(kProgressive, 8, 8 * rows)});
    // One code, "0", then ones; a code of ones does not exist.
    const Bytes right = {0x7f}, wrong = {0xff, 0x00};
    for (int scan = -1; scan < scans; ++scan) {
        const auto coefficient = static_cast<std::uint8_t>(scan + 1);
        append(jpeg, scan_header(coefficient, coefficient, 0));
        for (int row = 0; row < rows; ++row) {
            append(jpeg, scan >= 0 && (row >> scan & 1) ? wrong : right);
            if (row + 1 < rows) append(jpeg, {0xff, static_cast<std::uint8_t>(0xd0 + row % 8)});
        }
    }
    append(jpeg, kEnd);
    return jpeg;
}

std::vector<HostileJpeg> hostile_jpegs(std::size_t bytes) {
    const auto pixels = [](int width, int height) {
        return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    };
    std::vector<HostileJpeg> all;
    all.push_back({"claims 65500x65500", joined({headers(65500, 65500), kEnd}), pixels(65500, 65500)});
    all.push_back({"claims 4096x4096", joined({headers(4096, 4096), kEnd}), pixels(4096, 4096)});
    all.push_back({"claims 4096 pixels a byte", joined({headers(16384, 16384), Bytes(65536, 0), kEnd}),
                   pixels(16384, 16384)});
    all.push_back({"500 scans", of_empty_scans(512, 512, 500), pixels(512, 512)});
    all.push_back(
        {"500 scans, each shown", of_empty_scans(512, 512, 500), pixels(512, 512), "progressive=true"});
    all.push_back({"500 scans that change all", of_changing_scans(512, 512, 500), pixels(512, 512)});
    all.push_back({"500 scans that change all, each shown", of_changing_scans(512, 512, 500),
                   pixels(512, 512), "progressive=true"});
    all.push_back({"10000 scans", of_empty_scans(512, 512, 10000), pixels(512, 512)});
    all.push_back({"runs over 4096x4096", of_empty_scans(4096, 4096, 64), pixels(4096, 4096)});
    all.push_back({"starts", repeated(kStart, bytes)});
    all.push_back({"starts and ends", repeated(joined({kStart, kEnd}), bytes)});
    all.push_back({"tables alone", repeated(joined({kStart, quantization_table(), kEnd}), bytes)});
    const Bytes picture = joined({headers(16, 16), Bytes(4, 0), kEnd});
    all.push_back({"small pictures", repeated(picture, bytes), bytes / picture.size() * 256});
    const Bytes cut = joined({headers(16, 16), Bytes(4, 0)});
    all.push_back({"small pictures, no ends", repeated(cut, bytes), bytes / cut.size() * 256});
    const auto after_start = [&](const Bytes& part) {
        return joined({kStart, repeated(part, bytes), picture});
    };
    all.push_back({"quantization tables", after_start(quantization_table())});
    all.push_back({"Huffman tables", after_start(huffman_table(0, 0))});
    all.push_back({"empty Huffman tables", after_start(segment(0xc4, {}))});
    all.push_back({"empty comments", after_start(segment(0xfe, {}))});
    all.push_back({"fill bytes", joined({kStart, Bytes(bytes, 0xff), picture})});
    all.push_back({"no markers", joined({headers(256, 256), Bytes(bytes, 0x55)}), pixels(256, 256)});
    Bytes restarts;
    for (std::uint8_t n = 0; n < 8; ++n) append(restarts, {0xff, static_cast<std::uint8_t>(0xd0 + n)});
    const Bytes interval = segment(0xdd, {0, 1});
    all.push_back({"restarts",
                   joined({kStart, interval, usual_tables(), frame_header(kBaseline, 2048, 2048),
                           scan_header(0, 63, 0), repeated(restarts, bytes), kEnd}),
                   pixels(2048, 2048)});
    all.push_back({"the same restart",
                   joined({kStart, interval, usual_tables(), frame_header(kBaseline, 2048, 2048),
                           scan_header(0, 63, 0), repeated({0xff, 0xd3}, bytes), kEnd}),
                   pixels(2048, 2048)});
    return all;
}

}  // namespace jpegdeblock::test
