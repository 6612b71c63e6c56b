// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace jpegdeblock::fuzz {

/// Takes decisions from an input, byte by byte. At its end all are 0.
class ByteReader {
  public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool empty() const { return bytes_.empty(); }

    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const std::uint8_t first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }

    bool flag() { return (byte() & 1) != 0; }

    /// 0 .. end-1, end up to 65536.
    int below(int end) {
        const int value = end > 256 ? byte() << 8 | byte() : byte();
        return value % end;
    }

    int between(int first, int last) { return first + below(last - first + 1); }

    std::int16_t word() {
        const int high = byte();
        return static_cast<std::int16_t>(high << 8 | byte());
    }

    std::span<const std::uint8_t> take(std::size_t most) {
        const auto taken = bytes_.first(std::min(most, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

}  // namespace jpegdeblock::fuzz
