// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "model/model.h"

#include "expect_error.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

using test::expect_error;

NetworkDescription dncnn_of_the_paper() {
    NetworkDescription network = test::sample_dncnn().network;
    network.channels = 64;
    network.depth = 20;
    return network;
}

TEST(Network, RefusesLayersItDoesNotHave) {
    const NetworkDescription network;
    expect_error(ErrorCode::kInvalidArgument, {"Layer -1", "0..9"}, [&] { input_channels(network, -1); });
    expect_error(ErrorCode::kInvalidArgument, {"Layer 10", "0..9"}, [&] { output_channels(network, 10); });
}

TEST(Network, HasTheChannelsOfTheUnshuffledPlaneAtBothEnds) {
    const NetworkDescription network;  // scale 2, 32 channels, 10 layers
    EXPECT_EQ(input_channels(network, 0), 4);
    EXPECT_EQ(output_channels(network, 0), 32);
    EXPECT_EQ(input_channels(network, 5), 32);
    EXPECT_EQ(output_channels(network, 5), 32);
    EXPECT_EQ(input_channels(network, 9), 32);
    EXPECT_EQ(output_channels(network, 9), 4);
    EXPECT_EQ(input_channels(dncnn_of_the_paper(), 0), 1);
    EXPECT_EQ(output_channels(dncnn_of_the_paper(), 19), 1);
}

TEST(Network, TemporalOnesSeeTheHistoryBesideThePlane) {
    NetworkDescription network;
    network.temporal = true;
    EXPECT_EQ(input_channels(network, 0), 8);
    EXPECT_EQ(input_channels(network, 1), 32);
    EXPECT_EQ(output_channels(network, 9), 4);
    EXPECT_DOUBLE_EQ(macs_per_pixel(network), 19008 + 9 * 32);
}

TEST(Network, CountsMultiplyAdds) {
    // (9 * 4 * 32 + 8 * 9 * 32 * 32 + 9 * 32 * 4) / 4
    EXPECT_DOUBLE_EQ(macs_per_pixel(NetworkDescription{}), 19008);
    // 9 * 64 + 18 * 9 * 64 * 64 + 9 * 64
    EXPECT_DOUBLE_EQ(macs_per_pixel(dncnn_of_the_paper()), 664704);
    NetworkDescription shallow;
    shallow.scale = 8;
    shallow.channels = 1;
    shallow.depth = 2;
    EXPECT_DOUBLE_EQ(macs_per_pixel(shallow), 18);
}

TEST(Network, ReachesOnePositionALayer) {
    EXPECT_EQ(halo(NetworkDescription{}), 20);
    EXPECT_EQ(halo(dncnn_of_the_paper()), 20);
    NetworkDescription coarse;
    coarse.scale = 8;
    coarse.depth = 3;
    EXPECT_EQ(halo(coarse), 24);
}

}  // namespace
}  // namespace jpegdeblock
