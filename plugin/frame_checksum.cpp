// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_checksum.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace jpegdeblock_plugin {
namespace {

/// FNV-1a (Fowler, Noll, Vo) over words of 64 bits. Four chains hide the multiplier's latency, so that memory
/// is what it waits for.
class Checksum {
  public:
    void add(const guint8* bytes, std::size_t size) {
        std::size_t at = 0;
        for (; at + sizeof(Words) <= size; at += sizeof(Words)) {
            add(bytes + at, Words());
        }
        if (at < size) {
            Words rest{};
            std::memcpy(rest.data(), bytes + at, size - at);
            add(reinterpret_cast<const guint8*>(rest.data()), Words());
        }
    }

    std::uint64_t value() const {
        std::uint64_t sum = kBasis;
        for (const std::uint64_t chain : chains_) {
            sum = (sum ^ chain ^ (chain >> 32)) * kPrime;
        }
        return sum;
    }

  private:
    using Words = std::array<std::uint64_t, 4>;
    static constexpr std::uint64_t kBasis = 0xcbf29ce484222325, kPrime = 0x100000001b3;

    void add(const guint8* bytes, Words words) {
        std::memcpy(words.data(), bytes, sizeof(words));
        for (std::size_t i = 0; i < words.size(); ++i) {
            chains_[i] = (chains_[i] ^ words[i]) * kPrime;
        }
    }

    Words chains_ = {kBasis, kBasis + 1, kBasis + 2, kBasis + 3};
};

void add_plane(Checksum& checksum, const GstVideoFrame& frame, guint plane) {
    gint component = 0;
    while (GST_VIDEO_FRAME_COMP_PLANE(&frame, component) != plane) {
        ++component;
    }
    const auto bytes = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, component)) *
                       GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, component);
    const auto* row = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, component); ++y) {
        checksum.add(row, bytes);
        row += GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
    }
}

}  // namespace

FrameChecksums checksums_of(const GstVideoFrame& frame) {
    Checksum first, other;
    add_plane(first, frame, 0);
    for (guint plane = 1; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
        add_plane(other, frame, plane);
    }
    return {first.value(), other.value()};
}

}  // namespace jpegdeblock_plugin
