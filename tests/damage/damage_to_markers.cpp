// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stream_collection.h"

namespace jpegdeblock_test {

using jpegdeblock::test::JpegRecipe;

void add_markers(Streams& streams) {
    const Bytes jpeg = Streams::jpeg(kBaseline);
    streams.change("marker", "SOI missing", kBaseline, remove("SOI"));
    streams.change("marker", "SOI twice", kBaseline, insert_before("SOI", kStartOfImage));
    streams.change("marker", "SOI before SOF0", kBaseline, insert_before("SOF0", kStartOfImage));
    streams.change("marker", "SOI in the data", kBaseline, insert_before("data", kStartOfImage, 200));
    streams.change("marker", "SOI before EOI", kBaseline, insert_before("EOI", kStartOfImage));
    for (const Flavour& flavour : {kBaseline, kRestarts, kProgressive, kArithmetic, kScanEach})
        streams.change("marker", "EOI missing, " + flavour.name, flavour, remove("EOI"));
    streams.add("marker", "EOI missing in two frames", kBaseline,
                {remove("EOI")(jpeg), remove("EOI")(Streams::jpeg(kBaseline, 1))});
    streams.change("marker", "EOI twice", kBaseline, insert_before("EOI", kEndOfImage));
    streams.change("marker", "EOI before SOF0", kBaseline, insert_before("SOF0", kEndOfImage));
    streams.change("marker", "EOI in the data", kBaseline, insert_before("data", kEndOfImage, 200));
    streams.change("marker", "EOI between scans", kProgressive, insert_before("SOS.3", kEndOfImage));
    streams.add("marker", "SOI and EOI for a frame", kBaseline, {joined({kStartOfImage, kEndOfImage})});
    streams.add("marker", "SOI for a frame", kBaseline, {kStartOfImage});
    streams.add("marker", "EOI for a frame", kBaseline, {kEndOfImage});
    streams.add("marker", "100 times SOI for a frame", kBaseline,
                {joined(std::vector<Bytes>(100, kStartOfImage))});
    for (const char* part : {"APP0", "DQT", "DQT.2", "SOF0", "DHT", "DHT.4", "SOS", "data"})
        streams.change("marker", std::string(part) + " missing", kBaseline, remove(part));
    for (const char* part : {"APP0", "DQT", "SOF0", "DHT", "SOS"}) {
        streams.change("marker", std::string(part) + " twice", kBaseline, [&](const Bytes& bytes) {
            return insert_before(part, copy_of(bytes, part_of(bytes, part)))(bytes);
        });
    }
    streams.change("marker", "SOS before SOF0", kBaseline, [](const Bytes& bytes) {
        const Bytes header = copy_of(bytes, part_of(bytes, "SOS"));
        return insert_before("SOF0", header)(remove("SOS")(bytes));
    });
    for (const int code : {0x01, 0xc8, 0xd3, 0xde, 0xdf, 0xf0, 0xfd, 0x02, 0xbf})
        streams.change("marker",
                       "0x" + std::string(1, "0123456789abcdef"[code >> 4]) +
                           std::string(1, "0123456789abcdef"[code & 15]) + " before SOF0",
                       kBaseline, insert_before("SOF0", {0xff, static_cast<std::uint8_t>(code)}));
    streams.change("marker", "number of lines (DNL) after the scan", kBaseline,
                   insert_before("EOI", {0xff, 0xdc, 0, 4, 0, 64}));
    streams.change("marker", "scan missing", kScanEach, [](const Bytes& bytes) {
        return without(bytes, part_of(bytes, "SOS.2").begin, part_of(bytes, "SOS.3").begin);
    });
    streams.change("marker", "scan twice", kScanEach, [](const Bytes& bytes) {
        const std::size_t begin = part_of(bytes, "SOS.2").begin, end = part_of(bytes, "SOS.3").begin;
        return with_inserted(bytes, end, copy_of(bytes, {"", 0, begin, end}));
    });
    for (const char* part : {"SOS", "SOS.2", "SOS.4"}) {
        streams.change("marker", std::string("scan missing, progressive, of ") + part, kProgressive,
                       [&](const Bytes& bytes) {
                           const std::vector<JpegPart> parts = parts_of(bytes);
                           const auto at =
                               std::find_if(parts.begin(), parts.end(),
                                            [&](const JpegPart& each) { return each.name == part; });
                           return without(bytes, at->begin, (at + 1)->end);
                       });
    }
}

void add_restarts(Streams& streams) {
    const auto swap = [](const std::string& one, const std::string& other) {
        return [=](const Bytes& jpeg) {
            return with_byte(with_byte(jpeg, part_of(jpeg, one).begin + 1, part_of(jpeg, other).code),
                             part_of(jpeg, other).begin + 1, part_of(jpeg, one).code);
        };
    };
    // From one marker to another, which stays.
    const auto lose = [](const std::string& from, const std::string& to) {
        return [=](const Bytes& jpeg) {
            return without(jpeg, part_of(jpeg, from).begin, part_of(jpeg, to).begin);
        };
    };
    for (const char* marker : {"RST0", "RST3", "RST6"}) {
        const std::string name = marker;
        streams.change("restart", name + " lost", kRestarts, remove(name));
        streams.change("restart", name + " twice", kRestarts, [&](const Bytes& jpeg) {
            return insert_before(name, copy_of(jpeg, part_of(jpeg, name)))(jpeg);
        });
        streams.change("restart", name + " with a wrong number", kRestarts, [&](const Bytes& jpeg) {
            return with_byte(jpeg, part_of(jpeg, name).begin + 1,
                             0xd0 + ((part_of(jpeg, name).code + 2) & 7));
        });
        streams.change("restart", name + " zeroed", kRestarts, set_in(name, 0, {0, 0}));
    }
    streams.change("restart", "interval lost", kRestarts, lose("RST1", "RST2"));
    streams.change("restart", "three intervals lost", kRestarts, lose("RST1", "RST4"));
    streams.change("restart", "all but the first interval lost", kRestarts, lose("RST0", "EOI"));
    streams.change("restart", "half of an interval lost", kRestarts, [](const Bytes& jpeg) {
        const JpegPart data = part_of(jpeg, "data.3");
        return without(jpeg, data.begin + data.size() / 2, data.end);
    });
    streams.change("restart", "intervals exchanged", kRestarts, swap("RST1", "RST2"));
    streams.change("restart", "interval twice", kRestarts, [](const Bytes& jpeg) {
        const std::size_t begin = part_of(jpeg, "RST1").begin, end = part_of(jpeg, "RST2").begin;
        return with_inserted(jpeg, end, copy_of(jpeg, {"", 0, begin, end}));
    });
    streams.change("restart", "all markers lost", kRestarts, [](Bytes jpeg) {
        std::vector<JpegPart> parts = parts_of(jpeg);
        std::reverse(parts.begin(), parts.end());
        for (const JpegPart& part : parts)
            if (part.name.starts_with("RST")) jpeg = without(jpeg, part.begin, part.end);
        return jpeg;
    });
}

/// A thumbnail in Exif data, and the same with the picture cut off in it.
void add_thumbnails(Streams& streams) {
    const Bytes thumbnail = numbered_jpeg(9, recipe_of([](JpegRecipe& recipe) {
                                              recipe.width = 32;
                                              recipe.height = 16;
                                          }));
    const std::size_t length = thumbnail.size() + 8;
    const Bytes head = {0xff,
                        0xe1,
                        static_cast<std::uint8_t>(length >> 8),
                        static_cast<std::uint8_t>(length),
                        'E',
                        'x',
                        'i',
                        'f',
                        0,
                        0};
    const Bytes jpeg = with_inserted(Streams::jpeg(kBaseline), 2, joined({head, thumbnail}));
    streams.add("thumbnail", "whole frame", kBaseline, {jpeg});
    streams.add("thumbnail", "truncated before it", kBaseline, {first_bytes(jpeg, 2 + head.size())});
    streams.add("thumbnail", "truncated within it", kBaseline,
                {first_bytes(jpeg, 2 + head.size() + thumbnail.size() / 2)});
    streams.add("thumbnail", "truncated behind it", kBaseline, {first_bytes(jpeg, 2 + 2 + length)});
    streams.add("thumbnail", "the picture's DQT wrong", kBaseline, {set_in("DQT", 4, {7})(jpeg)});
    streams.add("thumbnail", "its length too short", kBaseline, {set_in("APP1", 2, {0, 40})(jpeg)});
    streams.add("thumbnail", "its length 65535", kBaseline, {set_in("APP1", 2, {255, 255})(jpeg)});
    streams.add("thumbnail", "SOI of the picture missing", kBaseline, {without(jpeg, 0, 2)});
}

}  // namespace jpegdeblock_test
