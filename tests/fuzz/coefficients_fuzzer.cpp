// SPDX-License-Identifier: LGPL-2.1-or-later
// Coefficients to pictures, with and without a network: all that a JPEG could hold, without one.
#include <random>

#include <jpegdeblock/error.h>

#include "coded_picture.h"
#include "shown_picture.h"
#include "tiny_networks.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    std::vector<Seed> result;
    std::minstd_rand random(1);
    for (int i = 0; i < 12; ++i) {
        Seed& seed = result.emplace_back(Seed{"random-" + std::to_string(i), {}});
        for (int n = 0; n < 400; ++n) seed.bytes.push_back(static_cast<std::uint8_t>(random() >> 8));
    }
    return result;
}

}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::fuzz;
    ByteReader reader({data, size});
    PictureRestorer restorer(Precision::kF32, make_workers(1));
    if (reader.flag()) restorer.set_luma_model(tiny_network(reader.below(kTinyNetworks)));
    if (reader.flag()) restorer.set_chroma_model(tiny_network(reader.below(kTinyNetworks)));
    PictureOptions options;
    options.strength = reader.below(5) / 2.0;
    options.bounded = reader.flag();
    options.compare = reader.below(5) / 4.0;
    options.temporal = reader.flag();
    const int width = reader.between(1, 100), height = reader.between(1, 100);
    const JpegColorSpace space = color_space(reader.below(5));
    CodedPicture first(reader, width, height, space), second(reader, width, height, space);
    JpegFrame frame;
    frame.fields = {&first.picture, &first.picture};
    frame.height = height;
    if (height > 8 && reader.below(4) == 0) {
        frame.interlaced = true;
        frame.height = 2 * height - reader.below(2);
        // Only a field that is like the first one becomes a part of the frame.
        bool alike = first.picture.components.size() == second.picture.components.size();
        for (std::size_t i = 0; alike && i < first.picture.components.size(); ++i)
            alike = first.picture.components[i].width == second.picture.components[i].width &&
                    first.picture.components[i].height == second.picture.components[i].height;
        if (alike) frame.fields[1] = &second.picture;
    }
    const ShownPicture shown(frame, reader.below(3));
    for (int n = 0; n < 3; ++n) {
        restorer.decode(frame, shown.picture(), options);
        first.change(reader);
    }
    return 0;
}
