// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg_parts.h"

#include <map>
#include <random>
#include <stdexcept>

namespace jpegdeblock_test {
namespace {

constexpr std::uint8_t kMarkerStart = 0xff;

std::string name_of_marker(std::uint8_t code) {
    if (code == 0xc4) return "DHT";
    if (code == 0xcc) return "DAC";
    if (code >= 0xc0 && code <= 0xcf) return "SOF" + std::to_string(code - 0xc0);
    if (code >= 0xd0 && code <= 0xd7) return "RST" + std::to_string(code - 0xd0);
    if (code >= 0xe0 && code <= 0xef) return "APP" + std::to_string(code - 0xe0);
    static const std::map<std::uint8_t, std::string> names = {{0xd8, "SOI"}, {0xd9, "EOI"}, {0xda, "SOS"},
                                                              {0xdb, "DQT"}, {0xdd, "DRI"}, {0xfe, "COM"}};
    return names.at(code);
}

auto place(const Bytes& bytes, std::size_t at) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(at);
}

}  // namespace

bool JpegPart::has_length() const {
    return code != 0 && (code < 0xd0 || code > 0xd9);
}

std::vector<JpegPart> parts_of(const Bytes& jpeg) {
    std::vector<JpegPart> parts;
    std::map<std::string, int> seen;
    std::size_t position = 0;
    while (position + 1 < jpeg.size()) {
        JpegPart part{"data", 0, position, position};
        if (jpeg[position] == kMarkerStart && jpeg[position + 1] != 0) {
            part.code = jpeg[position + 1];
            part.name = name_of_marker(part.code);
            part.end += 2;
            if (part.has_length())
                part.end += static_cast<std::size_t>(jpeg[position + 2] << 8 | jpeg[position + 3]);
        } else {
            while (jpeg[part.end] != kMarkerStart || jpeg[part.end + 1] == 0) ++part.end;
        }
        position = part.end;
        if (const int count = ++seen[part.name]; count > 1) part.name += "." + std::to_string(count);
        parts.push_back(part);
    }
    return parts;
}

JpegPart part_of(const Bytes& jpeg, const std::string& name) {
    for (const JpegPart& part : parts_of(jpeg))
        if (part.name == name) return part;
    throw std::logic_error("the JPEG has no " + name);
}

Bytes first_bytes(const Bytes& bytes, std::size_t count) {
    return {bytes.begin(), place(bytes, count)};
}

Bytes without(const Bytes& bytes, std::size_t begin, std::size_t end) {
    Bytes result = first_bytes(bytes, begin);
    result.insert(result.end(), place(bytes, end), bytes.end());
    return result;
}

Bytes with_inserted(const Bytes& bytes, std::size_t at, const Bytes& inserted) {
    Bytes result = bytes;
    result.insert(place(result, at), inserted.begin(), inserted.end());
    return result;
}

Bytes with_byte(Bytes bytes, std::size_t at, int value) {
    bytes.at(at) = static_cast<std::uint8_t>(value);
    return bytes;
}

Bytes with_bit_flipped(Bytes bytes, std::size_t at, int bit) {
    bytes.at(at) = static_cast<std::uint8_t>(bytes.at(at) ^ 1 << bit);
    return bytes;
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes noise(std::size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator() % 0xff);
    return bytes;
}

}  // namespace jpegdeblock_test
