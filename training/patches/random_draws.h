// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <random>
#include <vector>

namespace jpegdeblock::training {

/// A generator that depends on all bits of the numbers: a seed, and which of the things drawn from it, or
/// what for. What it draws depends on their types too.
template <std::unsigned_integral... Numbers>
std::mt19937_64 generator_of(Numbers... numbers) {
    // std::seed_seq takes 32 bits of each number that it is given.
    std::vector<std::uint32_t> words;
    const auto add = [&words](auto number) {
        words.push_back(static_cast<std::uint32_t>(number));
        if constexpr (sizeof number > sizeof(std::uint32_t))
            words.push_back(static_cast<std::uint32_t>(number >> 32));
    };
    (add(numbers), ...);
    std::seed_seq seeds(words.begin(), words.end());
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
