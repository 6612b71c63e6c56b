// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/reduction.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "patches/random_draws.h"

namespace jpegdeblock::training {
namespace {

// The part of each input sample in an output sample, along one side.
struct Coverage {
    int first = 0;
    std::vector<float> weights;
};

std::vector<Coverage> coverage(int from, int to) {
    std::vector<Coverage> result;
    const double step = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
        const double begin = i * step, end = std::min<double>(from, (i + 1) * step);
        Coverage part{static_cast<int>(begin), {}};
        for (int j = part.first; j < from && j < end; ++j)
            part.weights.push_back(
                static_cast<float>((std::min(end, j + 1.0) - std::max(begin, double(j))) / (end - begin)));
        result.push_back(std::move(part));
    }
    return result;
}

}  // namespace

LumaImage reduced(const LumaImage& picture, int width, int height) {
    LumaImage result{width, height, {}};
    result.samples.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const std::vector<Coverage> columns = coverage(picture.width, width);
    std::vector<float> sums(static_cast<std::size_t>(picture.width));
    for (const Coverage& rows : coverage(picture.height, height)) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (std::size_t i = 0; i < rows.weights.size(); ++i) {
            const std::uint8_t* row = picture.view().row(rows.first + static_cast<int>(i));
            for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += rows.weights[i] * row[x];
        }
        for (const Coverage& column : columns) {
            float sum = 0;
            for (std::size_t i = 0; i < column.weights.size(); ++i)
                sum += column.weights[i] * sums[static_cast<std::size_t>(column.first) + i];
            result.samples.push_back(static_cast<std::uint8_t>(std::clamp(sum + 0.5f, 0.0f, 255.0f)));
        }
    }
    return result;
}

std::vector<LumaImage> randomly_reduced(const std::vector<LumaImage>& pictures, int smallest_side,
                                        std::uint64_t seed) {
    std::mt19937_64 generator = generator_of(seed);
    std::vector<LumaImage> result;
    for (const LumaImage& picture : pictures) {
        const double factor = std::uniform_real_distribution<double>(0.5, 1)(generator);
        const auto side = [&](int pixels) {
            return std::max(smallest_side, static_cast<int>(std::lround(pixels * factor)));
        };
        result.push_back(reduced(picture, side(picture.width), side(picture.height)));
    }
    return result;
}

}  // namespace jpegdeblock::training
