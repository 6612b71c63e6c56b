// SPDX-License-Identifier: LGPL-2.1-or-later
#include "damaged_streams.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <utility>

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::without_segments;

using Change = std::function<Bytes(const Bytes&)>;

constexpr int kBefore = 3, kAfter = 3;
const Bytes kStartOfImage = {0xff, 0xd8}, kEndOfImage = {0xff, 0xd9};

struct Flavour {
    std::string name;
    JpegRecipe recipe;
};

JpegRecipe recipe_of(const std::function<void(JpegRecipe&)>& change) {
    JpegRecipe recipe = usual_recipe();
    change(recipe);
    return recipe;
}

const Flavour kBaseline = {"baseline", usual_recipe()};
const Flavour kRestarts = {"restarts", recipe_of([](JpegRecipe& recipe) { recipe.restart_interval = 3; })};
const Flavour kProgressive = {"progressive",
                              recipe_of([](JpegRecipe& recipe) { recipe.progressive = true; })};
const Flavour kArithmetic = {"arithmetic", recipe_of([](JpegRecipe& recipe) { recipe.arithmetic = true; })};
const Flavour kScanEach = {"scan for each component",
                           recipe_of([](JpegRecipe& recipe) { recipe.one_scan_each = true; })};

/// Collects the streams.
class Streams {
  public:
    std::vector<DamagedStream> all;

    /// The packets stand in the middle; `whole` of their JPEGs are so.
    DamagedStream& add(const std::string& group, const std::string& name, const Flavour& flavour,
                       const std::vector<Bytes>& packets, const std::vector<Bytes>& whole = {}) {
        DamagedStream stream{group, name, {}, {}, {}};
        for (int i = 0; i < kBefore; ++i) stream.whole.push_back(numbered_jpeg(i, flavour.recipe));
        stream.packets = stream.whole;
        stream.packets.insert(stream.packets.end(), packets.begin(), packets.end());
        stream.whole.insert(stream.whole.end(), whole.begin(), whole.end());
        if (whole.size() < packets.size())
            for (int i = 0; i < 2; ++i) stream.spoilt.push_back(numbered_jpeg(kBefore + i, flavour.recipe));
        for (int i = 0; i < kAfter; ++i) {
            stream.whole.push_back(numbered_jpeg(kBefore + 2 + i, flavour.recipe));
            stream.packets.push_back(stream.whole.back());
        }
        all.push_back(std::move(stream));
        return all.back();
    }

    /// One JPEG is changed.
    DamagedStream& change(const std::string& group, const std::string& name, const Flavour& flavour,
                          const Change& change) {
        return add(group, name, flavour, {change(jpeg(flavour))});
    }

    static Bytes jpeg(const Flavour& flavour, int which = 0) {
        return numbered_jpeg(kBefore + which, flavour.recipe);
    }
};

Bytes replaced(const Bytes& jpeg, const JpegPart& part, const Bytes& by) {
    return with_inserted(without(jpeg, part.begin, part.end), part.begin, by);
}

Bytes copy_of(const Bytes& jpeg, const JpegPart& part) {
    return {jpeg.begin() + static_cast<std::ptrdiff_t>(part.begin),
            jpeg.begin() + static_cast<std::ptrdiff_t>(part.end)};
}

/// Bytes at a position within the named part are exchanged.
Change set_in(const std::string& part, std::size_t offset, const std::vector<int>& values) {
    return [=](const Bytes& jpeg) {
        Bytes changed = jpeg;
        for (std::size_t i = 0; i < values.size(); ++i)
            changed = with_byte(changed, part_of(jpeg, part).begin + offset + i, values[i]);
        return changed;
    };
}

Change remove(const std::string& part) {
    return [=](const Bytes& jpeg) {
        const JpegPart at = part_of(jpeg, part);
        return without(jpeg, at.begin, at.end);
    };
}

Change insert_before(const std::string& part, const Bytes& bytes, std::size_t offset = 0) {
    return [=](const Bytes& jpeg) { return with_inserted(jpeg, part_of(jpeg, part).begin + offset, bytes); };
}

std::string percent(int share) {
    return std::to_string(share) + " %";
}

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

/// A thumbnail in Exif data, and the same with the picture cut off in it.
void add_thumbnails(Streams& streams) {
    Flavour flavour = kBaseline;
    flavour.name = "thumbnail";
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

void add_tables(Streams& streams) {
    const Bytes jpeg = Streams::jpeg(kBaseline), other = Streams::jpeg(kBaseline, 1);
    const Bytes abbreviated = without_segments(without_segments(jpeg, 0xdb), 0xc4);
    const Bytes other_abbreviated = without_segments(without_segments(other, 0xdb), 0xc4);
    Bytes tables = kStartOfImage;
    for (const JpegPart& part : parts_of(jpeg))
        if (part.code == 0xdb || part.code == 0xc4) tables = joined({tables, copy_of(jpeg, part)});
    tables = joined({tables, kEndOfImage});
    streams.add("tables", "no Huffman tables (Motion JPEG's own)", kBaseline, {without_segments(jpeg, 0xc4)});
    streams.add("tables", "no quantization tables", kBaseline, {without_segments(jpeg, 0xdb)});
    streams.add("tables", "none", kBaseline, {abbreviated});
    streams.add("tables", "alone, then two abbreviated frames", kBaseline,
                {tables, abbreviated, other_abbreviated});
    streams.add("tables", "alone, cut short, then an abbreviated frame", kBaseline,
                {first_bytes(tables, 60), abbreviated});
    streams.add("tables", "abbreviated frame, then tables alone", kBaseline, {abbreviated, tables});
    streams.add("tables", "in one buffer with an abbreviated frame", kBaseline,
                {joined({tables, abbreviated})});
    JpegRecipe coarse = usual_recipe();
    coarse.quality = 20;
    const Bytes of_other_quality = numbered_jpeg(3, coarse);
    streams.add("tables", "of quality 20 for two frames", kBaseline,
                {of_other_quality, numbered_jpeg(4, coarse)}, {of_other_quality, numbered_jpeg(4, coarse)});
    JpegRecipe optimized = usual_recipe();
    optimized.optimized = true;
    const Bytes of_own_huffman = numbered_jpeg(3, optimized);
    streams.add("tables", "Huffman tables of its own", kBaseline, {of_own_huffman}, {of_own_huffman});
    streams.add("tables", "Huffman tables of its own missing", kBaseline,
                {without_segments(of_own_huffman, 0xc4)});
    JpegRecipe wide = usual_recipe();
    wide.quality = 2;
    wide.baseline = false;
    const Bytes of_16_bits = numbered_jpeg(3, wide);
    streams.add("tables", "of 16 bits", kBaseline, {of_16_bits}, {of_16_bits});
    for (const auto& [what, change] : {
             std::pair<std::string, Change>{"quantization table 7", set_in("DQT", 4, {7})},
             {"quantization table of precision 2", set_in("DQT", 4, {0x20})},
             {"quantization table of 16 bits that has 8", set_in("DQT", 4, {0x10})},
             {"a step of 0", set_in("DQT", 10, {0})},
             {"all steps 0", set_in("DQT", 5, std::vector<int>(64, 0))},
             {"all steps 255", set_in("DQT", 5, std::vector<int>(64, 255))},
             {"steps of noise", set_in("DQT", 5, {200, 3, 77, 19, 250, 1, 128, 90})},
             {"steps that look like SOI", set_in("DQT", 20, {0xff, 0xd8, 0xff, 0xd8})},
             {"Huffman table 9", set_in("DHT", 4, {9})},
             {"Huffman table of class 2", set_in("DHT", 4, {0x20})},
             {"Huffman table with too many codes", set_in("DHT", 5, {255, 255, 255})},
             {"Huffman table with codes that cannot be", set_in("DHT", 5, {3, 3, 3})},
             {"Huffman table without codes", set_in("DHT", 5, std::vector<int>(16, 0))},
             {"Huffman table with symbols too large", set_in("DHT", 21, std::vector<int>(12, 0xff))},
             {"AC table with other symbols", set_in("DHT.2", 30, {0x11, 0x11, 0x22})},
             {"AC table of class DC", set_in("DHT.2", 4, {0x00})},
         })
        streams.change("tables", what, kBaseline, change);
}

void add_headers(Streams& streams) {
    // SOF0: marker, length, precision, height, width, components; then 3 bytes for each component.
    for (const auto& [what, change] : {
             std::pair<std::string, Change>{"precision 12", set_in("SOF0", 4, {12})},
             {"precision 0", set_in("SOF0", 4, {0})},
             {"height 0", set_in("SOF0", 5, {0, 0})},
             {"height one block row less", set_in("SOF0", 5, {0, 48})},
             {"height 5000", set_in("SOF0", 5, {5000 >> 8, 5000 & 255})},
             {"height 65500", set_in("SOF0", 5, {65500 >> 8, 65500 & 255})},
             {"width 0", set_in("SOF0", 7, {0, 0})},
             {"width one unit less", set_in("SOF0", 7, {0, 80})},
             {"width 65500", set_in("SOF0", 7, {65500 >> 8, 65500 & 255})},
             {"65500x65500", set_in("SOF0", 5, {65500 >> 8, 65500 & 255, 65500 >> 8, 65500 & 255})},
             {"65535x65535", set_in("SOF0", 5, {255, 255, 255, 255})},
             {"0 components", set_in("SOF0", 9, {0})},
             {"1 component", set_in("SOF0", 9, {1})},
             {"2 components", set_in("SOF0", 9, {2})},
             {"4 components", set_in("SOF0", 9, {4})},
             {"255 components", set_in("SOF0", 9, {255})},
             {"components of one name", set_in("SOF0", 13, {1})},
             {"sampling 0", set_in("SOF0", 11, {0})},
             {"sampling 5x5", set_in("SOF0", 11, {0x55})},
             {"sampling 4x4", set_in("SOF0", 11, {0x44})},
             {"sampling 1x1 of all", set_in("SOF0", 11, {0x11})},
             {"quantization table 3, which is not there", set_in("SOF0", 12, {3})},
             {"quantization table 200", set_in("SOF0", 12, {200})},
             // SOS: marker, length, components; 2 bytes for each; first, last coefficient, bits.
             {"scan of 0 components", set_in("SOS", 4, {0})},
             {"scan of 1 component", set_in("SOS", 4, {1})},
             {"scan of 2 components", set_in("SOS", 4, {2})},
             {"scan of 5 components", set_in("SOS", 4, {5})},
             {"scan of component 99", set_in("SOS", 5, {99})},
             {"scan of one component twice", set_in("SOS", 7, {1})},
             {"scan with Huffman table 3", set_in("SOS", 6, {0x33})},
             {"scan with Huffman table 15", set_in("SOS", 6, {0xff})},
             {"scan's coefficients 0 to 0", set_in("SOS", 11, {0, 0})},
             {"scan's coefficients 63 to 1", set_in("SOS", 11, {63, 1})},
             {"scan's bits 0xff", set_in("SOS", 13, {0xff})},
         })
        streams.change("header", what, kBaseline, change);
    for (const int type : {1, 2, 3, 5, 7, 9, 10, 11, 15})
        streams.change("header", "SOF" + std::to_string(type) + " in place of SOF0", kBaseline,
                       set_in("SOF0", 1, {0xc0 + type}));
    streams.change("header", "SOF0 in place of SOF2", kProgressive, set_in("SOF2", 1, {0xc0}));
    streams.change("header", "second scan's bits 0xff", kProgressive, set_in("SOS.2", 9, {0xff}));
    streams.change("header", "second scan's coefficients 1 to 64", kProgressive, set_in("SOS.2", 8, {64}));
    streams.change("header", "restart interval 0", kRestarts, set_in("DRI", 4, {0, 0}));
    streams.change("header", "restart interval one more", kRestarts, set_in("DRI", 4, {0, 4}));
    streams.change("header", "restart interval 65535", kRestarts, set_in("DRI", 4, {255, 255}));
    streams.change("header", "restart interval where there are none", kBaseline,
                   insert_before("SOS", {0xff, 0xdd, 0, 4, 0, 3}));
    streams.change("header", "arithmetic conditioning that cannot be", kArithmetic,
                   insert_before("SOS", {0xff, 0xcc, 0, 4, 0x00, 0x0f}));
    streams.change("header", "Adobe transform 9", kBaseline,
                   insert_before("DQT", {0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 9}));
    streams.change("header", "Adobe transform 0 (RGB)", kBaseline,
                   insert_before("DQT", {0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}));
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

void add_changes(Streams& streams) {
    const auto add = [&](const std::string& what, const std::function<void(JpegRecipe&)>& change) {
        const JpegRecipe recipe = recipe_of(change);
        const Bytes one = numbered_jpeg(3, recipe), other = numbered_jpeg(4, recipe);
        streams.add("change", what, kBaseline, {one, other}, {one, other});
        streams.add("change", what + ", truncated", kBaseline, {first_bytes(one, one.size() * 3 / 4), other},
                    {other});
    };
    add("larger", [](JpegRecipe& recipe) { recipe.width = 160, recipe.height = 112; });
    add("smaller", [](JpegRecipe& recipe) { recipe.width = 48, recipe.height = 32; });
    add("odd size", [](JpegRecipe& recipe) { recipe.width = 71, recipe.height = 35; });
    add("1x1", [](JpegRecipe& recipe) { recipe.width = 1, recipe.height = 1; });
    add("half the height", [](JpegRecipe& recipe) { recipe.height = 32; });
    add("4:4:4", [](JpegRecipe& recipe) { recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1; });
    add("4:2:2", [](JpegRecipe& recipe) { recipe.vertical_sampling[0] = 1; });
    add("grey", [](JpegRecipe& recipe) {
        recipe.stored = JCS_GRAYSCALE;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("RGB", [](JpegRecipe& recipe) {
        recipe.stored = JCS_RGB;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("CMYK", [](JpegRecipe& recipe) {
        recipe.input = recipe.stored = JCS_CMYK;
        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
    });
    add("progressive", [](JpegRecipe& recipe) { recipe.progressive = true; });
    add("arithmetic", [](JpegRecipe& recipe) { recipe.arithmetic = true; });
    const Bytes two = numbered_jpeg(3, recipe_of([](JpegRecipe& recipe) {
                                        recipe.input = recipe.stored = JCS_UNKNOWN;
                                        recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 1;
                                    }));
    streams.add("change", "two components", kBaseline, {two});
}

/// Two fields in a buffer; that the caps tell the frame's height makes them so.
void add_fields(Streams& streams) {
    const Bytes top = Streams::jpeg(kBaseline), bottom = Streams::jpeg(kBaseline, 1);
    const auto frame = [](int number) {
        return joined({numbered_jpeg(number, usual_recipe()), numbered_jpeg(number + 10, usual_recipe())});
    };
    const auto add = [&](const std::string& name, const std::vector<Bytes>& packets) {
        DamagedStream stream{"fields", name, {}, {}, {joined({top, bottom})}, 2 * usual_recipe().height};
        for (int i = 0; i < kBefore; ++i) stream.whole.push_back(frame(i));
        stream.packets = stream.whole;
        stream.packets.insert(stream.packets.end(), packets.begin(), packets.end());
        for (int i = 0; i < kAfter; ++i) {
            stream.whole.push_back(frame(5 + i));
            stream.packets.push_back(stream.whole.back());
        }
        streams.all.push_back(std::move(stream));
    };
    const JpegRecipe small = recipe_of([](JpegRecipe& recipe) { recipe.width = 48; });
    add("second missing", {top});
    add("second truncated", {joined({top, first_bytes(bottom, bottom.size() / 2)})});
    add("second cut in its headers", {joined({top, first_bytes(bottom, 100)})});
    add("first truncated", {joined({first_bytes(top, top.size() / 2), bottom})});
    add("first cut in its headers", {joined({first_bytes(top, 100), bottom})});
    add("first without EOI", {joined({remove("EOI")(top), bottom})});
    add("second without EOI", {joined({top, remove("EOI")(bottom)})});
    add("noise between them", {joined({top, noise(100, 4), bottom})});
    add("SOI EOI between them", {joined({top, kStartOfImage, kEndOfImage, bottom})});
    add("second of another size", {joined({top, numbered_jpeg(4, small)})});
    add("three", {joined({top, bottom, bottom})});
    add("second without SOI", {joined({top, without(bottom, 0, 2)})});
    add("in two buffers", {top, bottom});
    add("a bit flipped in the second's DQT", {joined({top, set_in("DQT", 4, {7})(bottom)})});
    streams.add("fields", "two in a buffer that are not announced", kBaseline, {joined({top, bottom})});
}

}  // namespace

JpegRecipe usual_recipe() {
    JpegRecipe recipe;
    recipe.width = 96;
    recipe.height = 64;
    recipe.horizontal_sampling[0] = recipe.vertical_sampling[0] = 2;
    return recipe;
}

Bytes numbered_jpeg(int number, const JpegRecipe& recipe) {
    const std::size_t components = recipe.input == JCS_CMYK ? 4 : recipe.input == JCS_UNKNOWN ? 2 : 3;
    std::mt19937 generator(static_cast<unsigned>(number));
    Bytes samples;
    for (int y = 0; y < recipe.height; ++y)
        for (int x = 0; x < recipe.width; ++x)
            for (std::size_t c = 0; c < components; ++c) {
                const double wave =
                    std::sin(0.11 * x + 0.07 * y + 0.9 * number + 0.4 * static_cast<double>(c));
                const double edge = (x / 11 + y / 9 + number) % 2 == 0 ? 25.0 : 0.0;
                const int noise = static_cast<int>(generator() % 21);
                samples.push_back(static_cast<std::uint8_t>(95.0 + 70.0 * wave + edge + noise));
            }
    return jpegdeblock::test::libjpeg_compress(recipe, samples);
}

std::vector<DamagedStream> damaged_streams() {
    Streams streams;
    add_truncations(streams);
    add_bit_flips(streams);
    add_lengths(streams);
    add_packet_losses(streams);
    add_garbage(streams);
    add_markers(streams);
    add_thumbnails(streams);
    add_tables(streams);
    add_headers(streams);
    add_restarts(streams);
    add_changes(streams);
    add_fields(streams);
    return std::move(streams.all);
}

}  // namespace jpegdeblock_test
