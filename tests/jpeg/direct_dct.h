// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace jpegdeblock::test {

/// Entry (k, n) of the DCT of ITU-T T.81, A.3.3: C(k) / 2 cos((2n + 1) k pi / 16).
inline double dct_entry(int k, int n) {
    return (k == 0 ? std::sqrt(0.5) : 1.0) / 2.0 * std::cos((2 * n + 1) * k * std::numbers::pi / 16.0);
}

/// The 8x8 DCT by its definition, one double sum for each coefficient.
inline std::array<double, 64> direct_forward_dct(const std::array<double, 64>& samples) {
    std::array<double, 64> coefficients{};
    for (int v = 0; v < 8; ++v)
        for (int u = 0; u < 8; ++u)
            for (int y = 0; y < 8; ++y)
                for (int x = 0; x < 8; ++x)
                    coefficients[static_cast<std::size_t>(8 * v + u)] +=
                        samples[static_cast<std::size_t>(8 * y + x)] * dct_entry(v, y) * dct_entry(u, x);
    return coefficients;
}

inline std::array<double, 64> direct_inverse_dct(const std::array<double, 64>& coefficients) {
    std::array<double, 64> samples{};
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
            for (int v = 0; v < 8; ++v)
                for (int u = 0; u < 8; ++u)
                    samples[static_cast<std::size_t>(8 * y + x)] +=
                        coefficients[static_cast<std::size_t>(8 * v + u)] * dct_entry(v, y) * dct_entry(u, x);
    return samples;
}

}  // namespace jpegdeblock::test
