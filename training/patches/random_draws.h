// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <random>

namespace jpegdeblock::training {

/// The generator of number `number` of an endless sequence of things drawn from a seed.
inline std::mt19937_64 generator_of(std::uint64_t seed, std::uint64_t number) {
    std::seed_seq seeds{seed, seed >> 32, number, number >> 32};
    return std::mt19937_64(seeds);
}

inline double uniform(std::mt19937_64& generator, double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(generator);
}

inline int uniform_int(std::mt19937_64& generator, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(generator);
}

/// true in that share of the draws.
inline bool happens(std::mt19937_64& generator, double share) {
    return uniform(generator, 0, 1) < share;
}

}  // namespace jpegdeblock::training
