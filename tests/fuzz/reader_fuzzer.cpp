// SPDX-License-Identifier: LGPL-2.1-or-later
// Feeds a JPEG, whole and in pieces, to the reader and decodes what comes out: for libFuzzer, or with the
// main function of random_damage.cpp.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/reconstruction.h"

namespace {

using jpegdeblock::JpegComponent;
using jpegdeblock::JpegPicture;

constexpr std::uint64_t kMostSamples = 1 << 20;  // More would only take time.

/// The samples of all components.
std::vector<std::uint8_t> decoded(const JpegPicture& picture) {
    std::vector<std::uint8_t> samples;
    for (const JpegComponent& component : picture.components) {
        const std::size_t before = samples.size();
        samples.resize(before + static_cast<std::size_t>(component.width) *
                                    static_cast<std::size_t>(component.height));
        decode_component(component,
                         {samples.data() + before, component.width, component.height, component.width});
    }
    return samples;
}

std::vector<std::uint8_t> read_whole(jpegdeblock::JpegReader& reader, std::span<const std::uint8_t> bytes) {
    try {
        return decoded(reader.read(bytes));
    } catch (const jpegdeblock::Error&) {
        return {};
    }
}

/// In pieces of a size that the bytes themselves decide.
std::vector<std::uint8_t> read_pieces(jpegdeblock::JpegReader& reader, std::span<const std::uint8_t> bytes) {
    const std::size_t size = bytes.empty() ? 1 : 1 + bytes[bytes.size() / 2] * 7u;
    try {
        reader.begin();
        int scans = 0;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            const JpegPicture* picture = reader.append(bytes.subspan(at, std::min(size, bytes.size() - at)));
            if (picture == nullptr || picture->scans == scans) continue;
            scans = picture->scans;
            if (scans < 16) decoded(*picture);
        }
        return decoded(reader.finish());
    } catch (const jpegdeblock::Error&) {
        return {};
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    jpegdeblock::JpegReader whole, pieces;
    whole.set_most_samples(kMostSamples);
    pieces.set_most_samples(kMostSamples);
    if (read_whole(whole, bytes) != read_pieces(pieces, bytes)) std::abort();
    // Tables that were kept, and what the picture before has left behind, must not matter to memory safety.
    read_whole(whole, bytes.subspan(size / 2));
    read_whole(whole, bytes);
    return 0;
}
