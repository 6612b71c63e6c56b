// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <utility>
#include <vector>

#include "stream_collection.h"

namespace jpegdeblock_test {

using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::without_segments;

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

}  // namespace jpegdeblock_test
