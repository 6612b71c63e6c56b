// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>
#include "model/model.h"

namespace jpegdeblock {

namespace {

void check_layer(const NetworkDescription& network, int layer) {
    if (layer < 0 || layer >= network.depth)
        throw Error(ErrorCode::kInvalidArgument, "Layer " + std::to_string(layer) + " is outside of 0.." +
                                                     std::to_string(network.depth - 1) + ".");
}

}  // namespace

int input_channels(const NetworkDescription& network, int layer) {
    check_layer(network, layer);
    return layer == 0 ? network.scale * network.scale * (network.temporal ? 2 : 1) : network.channels;
}

int output_channels(const NetworkDescription& network, int layer) {
    check_layer(network, layer);
    return layer == network.depth - 1 ? network.scale * network.scale : network.channels;
}

double macs_per_pixel(const NetworkDescription& network) {
    double macs = 0;
    for (int layer = 0; layer < network.depth; ++layer)
        macs += 9.0 * input_channels(network, layer) * output_channels(network, layer);
    return macs / (network.scale * network.scale);
}

int halo(const NetworkDescription& network) {
    return network.scale * network.depth;
}

}  // namespace jpegdeblock
