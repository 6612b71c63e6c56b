// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/picture_set.h"

#include "patches/random_draws.h"

namespace jpegdeblock::training {

const LumaImage& pick_picture(const std::vector<PictureSet>& sets, std::mt19937_64& generator) {
    double total = 0;
    for (const PictureSet& set : sets) total += set.share;
    double at = uniform(generator, 0, total);
    std::size_t chosen = 0;
    while (chosen + 1 < sets.size() && at >= sets[chosen].share) at -= sets[chosen++].share;
    const auto& pictures = sets[chosen].pictures;
    return pictures[std::uniform_int_distribution<std::size_t>(0, pictures.size() - 1)(generator)];
}

}  // namespace jpegdeblock::training
