// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace jpegdeblock_test {

using Bytes = std::vector<std::uint8_t>;

/// A marker with its segment, or a stretch of entropy-coded data.
struct JpegPart {
    std::string name;   ///< "SOI", "DQT", "DQT.2", "RST0", "data.3", ...: unique in its JPEG.
    std::uint8_t code;  ///< The marker's; 0: data.
    std::size_t begin = 0, end = 0;

    std::size_t size() const { return end - begin; }
    bool has_length() const;
};

/// The parts of an undamaged JPEG, from the first byte to the last.
std::vector<JpegPart> parts_of(const Bytes& jpeg);

/// The part of that name, which must exist.
JpegPart part_of(const Bytes& jpeg, const std::string& name);

Bytes first_bytes(const Bytes& bytes, std::size_t count);
Bytes without(const Bytes& bytes, std::size_t begin, std::size_t end);
Bytes with_inserted(const Bytes& bytes, std::size_t at, const Bytes& inserted);
Bytes with_byte(Bytes bytes, std::size_t at, int value);
Bytes with_bit_flipped(Bytes bytes, std::size_t at, int bit);
Bytes joined(const std::vector<Bytes>& parts);

/// Seeded random bytes without 0xff.
Bytes noise(std::size_t count, unsigned seed);

}  // namespace jpegdeblock_test
