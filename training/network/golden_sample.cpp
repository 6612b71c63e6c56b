// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/golden_sample.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "patches/jpeg_degradation.h"

namespace jpegdeblock::training {

Golden make_golden(const Network& network) {
    Golden golden;
    golden.width = 104;
    golden.height = 72;
    golden.table = ijg_luma_table(20);
    const std::size_t pixels = static_cast<std::size_t>(golden.width * golden.height);
    std::vector<std::uint8_t> pristine(pixels);
    std::mt19937 generator(7);
    for (int y = 0; y < golden.height; ++y)
        for (int x = 0; x < golden.width; ++x) {
            double value = 70 + 0.8 * x + 20 * std::sin(0.11 * x + 0.07 * y);
            if ((x - 60) * (x - 60) + (y - 30) * (y - 30) < 400) value = 210 - 0.5 * y;
            if (x + 2 * y > 180) value += static_cast<double>(generator() % 41) - 20;
            pristine[static_cast<std::size_t>(y * golden.width + x)] =
                static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
        }
    golden.luma.resize(pixels);
    degrade_luma(pristine.data(), golden.width, golden.height, golden.table, golden.luma.data());

    torch::NoGradGuard no_gradient;
    const torch::Tensor luma =
        torch::from_blob(golden.luma.data(), {1, 1, golden.height, golden.width}, torch::kByte)
            .to(torch::kFloat);
    torch::Tensor steps = torch::empty({1, 64});
    for (std::size_t i = 0; i < 64; ++i) steps.data_ptr<float>()[i] = golden.table.step[i];
    torch::Tensor history;
    if (network.description().temporal) {
        const float unit = low_frequency_step(golden.table);
        for (std::size_t i = 0; i < pixels; ++i) {
            // What an all-knowing history would show, where there is any: not on the left.
            const float known = i % static_cast<std::size_t>(golden.width) < 24 ? 0.0f : 128.0f / unit;
            const float shown = known * static_cast<float>(int{pristine[i]} - int{golden.luma[i]});
            golden.history.push_back(
                static_cast<std::uint8_t>(128 + std::clamp(std::lround(shown), -127L, 127L)));
        }
        history = (torch::from_blob(golden.history.data(), {1, 1, golden.height, golden.width}, torch::kByte)
                       .to(torch::kFloat) -
                   128) /
                  128;
    }
    const torch::Tensor residual = network.forward(luma, steps, history).contiguous();
    golden.residual.assign(residual.data_ptr<float>(), residual.data_ptr<float>() + pixels);
    return golden;
}

}  // namespace jpegdeblock::training
