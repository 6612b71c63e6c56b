// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace jpegdeblock {
namespace {

/// What four samples, the second of which lies `t` before the place, count.
std::array<float, 4> cubic_weights(float t) {
    const float t2 = t * t, t3 = t2 * t;
    return {0.5f * (-t3 + 2 * t2 - t), 0.5f * (3 * t3 - 5 * t2 + 2), 0.5f * (-3 * t3 + 4 * t2 + t),
            0.5f * (t3 - t2)};
}

float bicubic(const LumaImage& picture, double x, double y) {
    const double left = std::floor(x), top = std::floor(y);
    const auto across = cubic_weights(static_cast<float>(x - left));
    const auto down = cubic_weights(static_cast<float>(y - top));
    const int first_x = static_cast<int>(left) - 1, first_y = static_cast<int>(top) - 1;
    const ConstPlane plane = picture.view();
    const bool inside =
        first_x >= 0 && first_y >= 0 && first_x + 3 < picture.width && first_y + 3 < picture.height;
    float sum = 0;
    for (int j = 0; j < 4; ++j) {
        const std::uint8_t* row = plane.row(std::clamp(first_y + j, 0, picture.height - 1));
        float line = 0;
        for (int i = 0; i < 4; ++i) {
            const int column = inside ? first_x + i : std::clamp(first_x + i, 0, picture.width - 1);
            line += across[static_cast<std::size_t>(i)] * static_cast<float>(row[column]);
        }
        sum += down[static_cast<std::size_t>(j)] * line;
    }
    return sum;
}

}  // namespace

void View::place(double frame_x, double frame_y, double& picture_x, double& picture_y) const {
    const double across = scale * std::cos(angle), down = scale * std::sin(angle);
    picture_x = x + across * frame_x - down * frame_y;
    picture_y = y + down * frame_x + across * frame_y;
}

void render_view(const LumaImage& picture, const View& view, int width, int height, float* frame) {
    double across_x, across_y, down_x, down_y, first_x, first_y;
    view.place(0.5 - width / 2.0, 0.5 - height / 2.0, first_x, first_y);
    View turned = view;
    turned.x = turned.y = 0;
    turned.place(1, 0, across_x, across_y);
    turned.place(0, 1, down_x, down_y);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            float sum = 0;
            for (const double v : {-0.25, 0.25})
                for (const double u : {-0.25, 0.25})
                    // Sample (0, 0) of the picture lies in the middle of its pixel.
                    sum += bicubic(picture, first_x + (x + u) * across_x + (y + v) * down_x - 0.5,
                                   first_y + (x + u) * across_y + (y + v) * down_y - 0.5);
            *frame++ = std::clamp(sum / 4, 0.0f, 255.0f);
        }
}

}  // namespace jpegdeblock
