// SPDX-License-Identifier: LGPL-2.1-or-later
// Planes that are restored band by band: every byte must be as if they had been restored at once.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include <jpegdeblock/jpeg.h>
#include "jpeg/luma_codec.h"

#include "jpeg/reconstruction.h"

#include "restore/region_restorer.h"

#include "../engine/reference_network.h"
#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

using Samples = std::vector<std::uint8_t>;

constexpr int kWidth = 173, kHeight = 611;
/// The lowest bands, and some that are higher.
constexpr RegionRestorer::MemoryLimit kLimits[] = {{0, 1, 0.0}, {0, 700000, 0.0}, {0, 1, 5.0}};

NetworkDescription network(int depth) {
    NetworkDescription network;
    network.channels = 16;
    network.depth = depth;
    network.condition_width = 8;
    return network;
}

NetworkDescription limited_range_network() {
    NetworkDescription network;
    network.architecture = Architecture::kDncnn;
    network.scale = 1;
    network.channels = 16;
    network.depth = 5;
    network.conditioned = network.phase_bias = false;
    network.skip_interval = 0;
    network.output_scale = 10.0f;
    network.range = LumaRange::kLimited;
    return network;
}

std::shared_ptr<const Model> model_of(const NetworkDescription& network) {
    return std::make_shared<const Model>(test::random_model(network, 5));
}

Plane plane(Samples& samples, int width = kWidth, int height = kHeight) {
    return {samples.data(), width, height, width};
}

class Bands : public testing::TestWithParam<NetworkDescription> {};

TEST_P(Bands, OfAPlaneApartAndInPlace) {
    const auto model = model_of(GetParam());
    const Samples decoded = test::synthetic_picture(kWidth, kHeight).samples;
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{3, 6}}) {
        const RestorationKey key = {{kWidth, kHeight, offset}, ijg_luma_table(20)};
        const auto restore = [&](RegionRestorer restorer, bool in_place) {
            Samples input = decoded, output(decoded.size());
            restorer.adapt_to(key.grid);
            const Plane to = plane(in_place ? input : output);
            restorer.restore(restorer.planner().whole(), key, DecodedFrame(plane(input)), to);
            return in_place ? input : output;
        };
        const Samples expected = restore({model, Precision::kF32, make_workers(1)}, false);
        EXPECT_NE(expected, decoded);
        for (const auto& limit : kLimits)
            for (const bool in_place : {false, true})
                EXPECT_EQ(restore({model, Precision::kF32, make_workers(2), limit}, in_place), expected)
                    << "offset " << offset.y << ", " << limit.band << " bytes, in place " << in_place;
    }
}

TEST_P(Bands, OfAJpeg) {
    const auto model = model_of(GetParam());
    JpegReader reader;
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(kWidth, kHeight).view(), 20);
    const JpegComponent& luma = reader.read(jpeg).components[0];
    const RestorationKey key = {{8 * luma.blocks_wide, 8 * luma.blocks_high, {}}, luma.table};
    const auto restore = [&](RegionRestorer restorer, int width, int height) {
        Samples output(static_cast<std::size_t>(width * height));
        restorer.adapt_to(key.grid);
        restorer.restore(restorer.planner().whole(), key, DecodedFrame(luma), plane(output, width, height));
        return output;
    };
    // What the picture shows; whole blocks; less than a block of the last band.
    for (const auto& [width, height] :
         {std::pair{kWidth, kHeight}, std::pair{176, 616}, std::pair{90, 300}}) {
        const Samples expected = restore({model, Precision::kF32, make_workers(1)}, width, height);
        for (const auto& limit : kLimits)
            EXPECT_EQ(restore({model, Precision::kF32, make_workers(2), limit}, width, height), expected)
                << width << "x" << height << ", " << limit.band << " bytes";
    }
}

TEST_P(Bands, OfRegions) {
    const auto model = model_of(GetParam());
    JpegReader reader;
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(kWidth, kHeight).view(), 20);
    const JpegComponent& luma = reader.read(jpeg).components[0];
    Samples decoded(176 * 616);
    decode_component(luma, plane(decoded, 176, 616));
    const RestorationKey key = {{176, 616, {}}, luma.table};
    for (const DecodedFrame& frame : {DecodedFrame(luma), DecodedFrame(plane(decoded, 176, 616))}) {
        Samples expected(decoded.size());
        RegionRestorer whole(model, Precision::kF32, make_workers(1));
        whole.adapt_to(key.grid);
        whole.restore(whole.planner().whole(), key, frame, plane(expected, 176, 616));
        for (const auto& limit : kLimits) {
            RegionRestorer restorer(model, Precision::kF32, make_workers(2), limit);
            restorer.adapt_to(key.grid);
            for (const BlockRectangle& needed : {BlockRectangle{2, 3, 3, 60}, BlockRectangle{2, 3, 3, 60},
                                                 BlockRectangle{0, 0, 22, 1}, BlockRectangle{9, 76, 2, 1}}) {
                Samples output(decoded.size(), 99);
                BlockMap wanted(22, 77, 0);
                wanted.fill(needed, 1);
                for (const Region& region : restorer.planner().cover(wanted))
                    restorer.restore(region, key, frame, plane(output, 176, 616));
                const Plane from = key.grid.part(plane(expected, 176, 616), needed);
                const Plane to = key.grid.part(plane(output, 176, 616), needed);
                for (int y = 0; y < from.height; ++y)
                    EXPECT_TRUE(std::equal(from.row(y), from.row(y) + from.width, to.row(y)))
                        << needed.left << ", " << needed.top << ", row " << y;
                EXPECT_GT(std::count(output.begin(), output.end(), 99), 0);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Networks, Bands, testing::Values(network(4), network(9), limited_range_network()),
                         [](const auto& info) { return "depth" + std::to_string(info.param.depth); });

}  // namespace
}  // namespace jpegdeblock
