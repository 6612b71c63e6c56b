// SPDX-License-Identifier: LGPL-2.1-or-later
#include "full_rows.h"

#include <gtest/gtest.h>

#include <random>

namespace jpegdeblock {
namespace {

/// Y, Cb and Cr of noise, Cb and Cr halved in both directions.
class HalvedPicture {
  public:
    HalvedPicture(int width, int height) : width_(width), height_(height) {
        std::mt19937 random(1);
        for (std::size_t i = 0; i < 3; ++i)
            for (int k = 0; k < stride(i) * rows(i); ++k)
                samples_[i].push_back(static_cast<std::uint8_t>(random()));
    }

    /// Rows [first, last) of it, first a multiple of two.
    Picture band(int first, int last) {
        Picture band;
        band.components[0] = {samples_[0].data() + first * width_, width_, last - first, width_, 1};
        for (const std::size_t i : {1u, 2u})
            band.components[i] = {samples_[i].data() + first / 2 * stride(i), stride(i),
                                  (last + 1) / 2 - first / 2, stride(i), 1};
        return band;
    }

    /// Its rows of pixels, made of bands that end at those rows.
    std::vector<std::uint8_t> full_rows(const std::vector<int>& ends) {
        std::vector<std::uint8_t> pixels;
        FullRows rows(true,
                      [&](const std::uint8_t* row) { pixels.insert(pixels.end(), row, row + 3 * width_); });
        int first = 0;
        for (const int end : ends) {
            rows.add(band(first, end));
            first = end;
        }
        rows.finish();
        return pixels;
    }

  private:
    int stride(std::size_t component) const { return component == 0 ? width_ : (width_ + 1) / 2; }
    int rows(std::size_t component) const { return component == 0 ? height_ : (height_ + 1) / 2; }

    int width_, height_;
    std::array<std::vector<std::uint8_t>, 3> samples_;
};

TEST(FullRows, DoNotDependOnTheBands) {
    for (const int height : {1, 2, 17, 18, 33, 48}) {
        HalvedPicture picture(21, height);
        const std::vector<std::uint8_t> whole = picture.full_rows({height});
        ASSERT_EQ(whole.size(), std::size_t{3} * 21 * static_cast<std::size_t>(height));
        std::vector<int> ends;
        for (int end = 16; end < height; end += 16) ends.push_back(end);
        ends.push_back(height);
        EXPECT_EQ(picture.full_rows(ends), whole) << height;
    }
}

}  // namespace
}  // namespace jpegdeblock
