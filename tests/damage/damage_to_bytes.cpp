// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstddef>
#include <string>
#include <utility>

#include "stream_collection.h"

namespace jpegdeblock_test {

void add_truncations(Streams& streams) {
    for (const Flavour& flavour : {kBaseline, kRestarts, kProgressive}) {
        const Bytes jpeg = Streams::jpeg(flavour);
        for (const JpegPart& part : parts_of(jpeg)) {
            if (part.code == 0 || part.begin == 0) continue;
            const auto cut = [&](const std::string& where, std::size_t at) {
                streams.add("truncated", flavour.name + ", " + where + " " + part.name, flavour,
                            {first_bytes(jpeg, at)});
            };
            cut("before", part.begin);
            if (flavour.recipe.progressive) continue;
            cut("within the marker of", part.begin + 1);
            if (part.has_length()) {
                cut("within the length of", part.begin + 3);
                cut("in the middle of", part.begin + part.size() / 2);
            }
        }
    }
    for (const Flavour& flavour : {kBaseline, kRestarts, kProgressive, kArithmetic, kScanEach})
        for (const int share : {25, 50, 75, 90, 99})
            streams.change("truncated", flavour.name + ", at " + percent(share), flavour,
                           [&](const Bytes& jpeg) {
                               return first_bytes(jpeg, jpeg.size() * static_cast<std::size_t>(share) / 100);
                           });
    streams.add("truncated", "after one byte", kBaseline, {{0xff}});
    streams.add("truncated", "to nothing", kBaseline, {{}});
    const Bytes one = Streams::jpeg(kBaseline), other = Streams::jpeg(kBaseline, 1);
    streams.add("truncated", "two frames in a row, within DHT.2 and in the middle", kBaseline,
                {first_bytes(one, part_of(one, "DHT.2").begin + 9), first_bytes(other, other.size() / 2)});
}

void add_bit_flips(Streams& streams) {
    for (const JpegPart& part : parts_of(Streams::jpeg(kBaseline))) {
        const auto flip = [&](const std::string& what, std::size_t offset, int bit) {
            streams.change("bit flipped", what + " " + part.name, kBaseline, [&](const Bytes& jpeg) {
                return with_bit_flipped(jpeg, part.begin + offset, bit);
            });
        };
        if (part.code == 0) {
            for (const int share : {1, 20, 40, 60, 80})
                flip("at " + percent(share) + " of", part.size() * static_cast<std::size_t>(share) / 100, 4);
            continue;
        }
        flip("in the 0xff of", 0, 2);
        flip("in the code of", 1, 1);
        if (!part.has_length()) continue;
        flip("in the length's high byte of", 2, 3);
        flip("in the length's low byte of", 3, 2);
        flip("in the first byte of", 4, 0);
        flip("in the middle of", part.size() / 2, 6);
    }
    for (const Flavour& flavour : {kRestarts, kProgressive, kArithmetic})
        for (const int share : {45, 70, 95})
            streams.change("bit flipped", flavour.name + ", at " + percent(share), flavour,
                           [&](const Bytes& jpeg) {
                               std::size_t at = jpeg.size() * static_cast<std::size_t>(share) / 100;
                               while (jpeg[at] == 0xff || jpeg[at - 1] == 0xff) ++at;
                               return with_bit_flipped(jpeg, at, 5);
                           });
}

void add_lengths(Streams& streams) {
    for (const JpegPart& part : parts_of(Streams::jpeg(kBaseline))) {
        if (!part.has_length()) continue;
        const int length = static_cast<int>(part.size()) - 2;
        for (const auto& [what, value] :
             {std::pair{"0", 0}, std::pair{"1", 1}, std::pair{"2", 2}, std::pair{"one less", length - 1},
              std::pair{"one more", length + 1}, std::pair{"1000 more", length + 1000},
              std::pair{"65535", 65535}})
            streams.change("wrong length", part.name + ": " + what, kBaseline,
                           set_in(part.name, 2, {value >> 8, value & 0xff}));
    }
}

}  // namespace jpegdeblock_test
