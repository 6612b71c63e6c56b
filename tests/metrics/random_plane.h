// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock::test {

/// A plane that owns its samples. Rows are farther apart than they are long, and the bytes between differ
/// from plane to plane, so that a function that reads them is found out.
class OwnedPlane {
  public:
    OwnedPlane(int width, int height, std::uint8_t level, std::uint8_t padding = 0)
        : width_(width), height_(height), samples_(static_cast<std::size_t>(stride() * height), padding) {
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) at(x, y) = level;
    }

    std::uint8_t& at(int x, int y) { return samples_[static_cast<std::size_t>(y * stride() + x)]; }
    operator ConstPlane() const { return {samples_.data(), width_, height_, stride()}; }

  private:
    int stride() const { return width_ + 5; }

    int width_;
    int height_;
    std::vector<std::uint8_t> samples_;
};

inline OwnedPlane random_plane(int width, int height, unsigned seed) {
    std::mt19937 generator(seed);
    OwnedPlane plane(width, height, 0, static_cast<std::uint8_t>(seed));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) plane.at(x, y) = static_cast<std::uint8_t>(generator());
    return plane;
}

/// `plane` with noise of up to `amplitude` levels.
inline OwnedPlane noisy_copy(ConstPlane plane, int amplitude, unsigned seed) {
    std::mt19937 generator(seed);
    OwnedPlane noisy(plane.width, plane.height, 0, static_cast<std::uint8_t>(seed));
    for (int y = 0; y < plane.height; ++y)
        for (int x = 0; x < plane.width; ++x) {
            const int noise = static_cast<int>(generator() % (2u * static_cast<unsigned>(amplitude) + 1u));
            const int sample = plane.row(y)[x] + noise - amplitude;
            noisy.at(x, y) = static_cast<std::uint8_t>(sample < 0 ? 0 : sample > 255 ? 255 : sample);
        }
    return noisy;
}

}  // namespace jpegdeblock::test
