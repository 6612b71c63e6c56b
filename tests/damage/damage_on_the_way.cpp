// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstddef>
#include <string>
#include <utility>

#include "stream_collection.h"

namespace jpegdeblock_test {

void add_packet_losses(Streams& streams) {
    constexpr std::size_t kPacket = 150;
    for (const Flavour& flavour : {kBaseline, kRestarts}) {
        const Bytes jpeg = Streams::jpeg(flavour);
        const std::size_t headers = part_of(jpeg, "data").begin;
        for (const std::size_t number : {0u, 1u, 3u}) {
            const std::size_t at = headers + number * kPacket;
            const Bytes packet(jpeg.begin() + static_cast<std::ptrdiff_t>(at),
                               jpeg.begin() + static_cast<std::ptrdiff_t>(at + kPacket));
            const auto add = [&](const std::string& what, const Bytes& changed) {
                streams.add("packet", flavour.name + ", data packet " + std::to_string(number) + " " + what,
                            flavour, {changed});
            };
            add("lost", without(jpeg, at, at + kPacket));
            add("repeated", with_inserted(jpeg, at, packet));
            add("zeroed", replaced(jpeg, {"", 0, at, at + kPacket}, Bytes(kPacket, 0)));
            add("after the next", with_inserted(without(jpeg, at, at + kPacket), at + kPacket, packet));
            add("of another frame", replaced(jpeg, {"", 0, at, at + kPacket}, noise(kPacket, 5)));
        }
        streams.add("packet", flavour.name + ", first lost", flavour, {without(jpeg, 0, kPacket)});
        streams.add("packet", flavour.name + ", that with the frame header lost", flavour,
                    {without(jpeg, 100, 100 + kPacket)});
        streams.add("packet", flavour.name + ", last lost", flavour,
                    {first_bytes(jpeg, jpeg.size() - kPacket)});
        streams.add("packet", flavour.name + ", frame cut after SOI, the rest in the next buffer", flavour,
                    {first_bytes(jpeg, 2), Bytes(jpeg.begin() + 2, jpeg.end())});
    }
    const Bytes one = Streams::jpeg(kBaseline), other = Streams::jpeg(kBaseline, 1);
    const std::size_t half = one.size() / 2;
    const Bytes tail(one.begin() + static_cast<std::ptrdiff_t>(half), one.end());
    streams.add("packet", "frame lost altogether", kBaseline, {});
    streams.add("packet", "frame repeated", kBaseline, {one, one}, {one, one});
    streams.add("packet", "frame in two buffers", kBaseline, {first_bytes(one, half), tail});
    streams.add("packet", "second half alone", kBaseline, {tail});
    streams.add("packet", "two frames in one buffer", kBaseline, {joined({one, other})});
    streams.add("packet", "half a frame and a whole one in one buffer", kBaseline,
                {joined({first_bytes(one, half), other})});
    streams.add(
        "packet", "halves of two frames", kBaseline,
        {joined({first_bytes(one, half),
                 Bytes(other.begin() + static_cast<std::ptrdiff_t>(other.size() / 2), other.end())})});
    streams.add("packet", "frame and half of the next in one buffer", kBaseline,
                {joined({one, first_bytes(other, other.size() / 2)})});
    for (const std::size_t size : {1u, 2u, 3u, 500u})
        streams.add("packet", std::to_string(size) + " bytes of noise for a frame", kBaseline,
                    {noise(size, 3)});
    streams.add("packet", "500 zeros for a frame", kBaseline, {Bytes(500, 0)});
    streams.add("packet", "500 times 0xff for a frame", kBaseline, {Bytes(500, 0xff)});
}

void add_garbage(Streams& streams) {
    const Bytes text = {'-', '-', 'b', 'o', 'u', 'n', 'd', 'a', 'r', 'y', '\r', '\n'};
    for (const auto& [what, garbage] : {std::pair<std::string, Bytes>{"text", text},
                                        {"100 zeros", Bytes(100, 0)},
                                        {"100 times 0xff", Bytes(100, 0xff)},
                                        {"noise", noise(100, 9)}}) {
        const Bytes jpeg = Streams::jpeg(kBaseline);
        streams.add("garbage", what + " before the frame", kBaseline, {joined({garbage, jpeg})});
        streams.add("garbage", what + " after the frame", kBaseline, {joined({jpeg, garbage})});
        streams.add("garbage", what + " in a buffer between frames", kBaseline, {garbage, jpeg});
        streams.change("garbage", what + " after SOI", kBaseline, insert_before("APP0", garbage));
        streams.change("garbage", what + " before SOF0", kBaseline, insert_before("SOF0", garbage));
        streams.change("garbage", what + " before SOS", kBaseline, insert_before("SOS", garbage));
        streams.change("garbage", what + " in the data", kBaseline, insert_before("data", garbage, 200));
        streams.change("garbage", what + " before EOI", kBaseline, insert_before("EOI", garbage));
        streams.change("garbage", what + " before RST1", kRestarts, insert_before("RST1", garbage));
        streams.change("garbage", what + " after RST1", kRestarts, insert_before("RST1", garbage, 2));
        streams.change("garbage", what + " between scans", kProgressive, insert_before("SOS.2", garbage));
    }
}

}  // namespace jpegdeblock_test
