// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <jpegdeblock/error.h>
#include "model/model.h"

namespace jpegdeblock {

struct NamedNetwork {
    std::string name;
    NetworkDescription network;
};

inline NetworkDescription grid_network(int channels, int depth) {
    NetworkDescription network;
    network.channels = channels;
    network.depth = depth;
    return network;
}

inline NetworkDescription dncnn_network() {
    NetworkDescription network;
    network.architecture = Architecture::kDncnn;
    network.scale = 1;
    network.channels = 64;
    network.depth = 20;
    network.conditioned = network.phase_bias = false;
    network.skip_interval = 0;
    return network;
}

/// The shapes of the presets.
inline std::vector<NamedNetwork> preset_networks() {
    return {{"fast", grid_network(16, 8)},
            {"balanced", grid_network(32, 10)},
            {"best", grid_network(64, 16)},
            {"dncnn", dncnn_network()}};
}

inline NetworkDescription preset_network(const std::string& name) {
    for (const NamedNetwork& named : preset_networks())
        if (named.name == name) return named.network;
    throw Error(ErrorCode::kInvalidArgument,
                "There is no network '" + name + "'; expected fast, balanced, best or dncnn.");
}

}  // namespace jpegdeblock
