// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/metrics.h"

#include "metrics/equal_size.h"

namespace jpegdeblock {
namespace {

constexpr int kBlock = 8;

double decibel(double squared_error) {
    return squared_error > 0.0 ? 10.0 * std::log10(255.0 * 255.0 / squared_error)
                               : std::numeric_limits<double>::infinity();
}

/// Sum of (a[i] - b[i])^2, exact.
std::uint64_t squared_distance(const std::uint8_t* a, const std::uint8_t* b, int count) {
    std::uint64_t total = 0;
    // A run of 2^15 squares below 2^16 fits 32 bits, in which the compiler vectorises.
    for (int start = 0; start < count; start += 1 << 15) {
        const int end = std::min(count, start + (1 << 15));
        std::uint32_t sum = 0;
        for (int i = start; i < end; ++i) {
            const int difference = a[i] - b[i];
            sum += static_cast<std::uint32_t>(difference * difference);
        }
        total += sum;
    }
    return total;
}

/// Sum and count of the squared differences of some pairs of neighbours.
struct Pairs {
    double sum = 0.0;
    double count = 0.0;

    double mean() const { return count > 0.0 ? sum / count : 0.0; }
};

}  // namespace

// Yim and Bovik, equations (4) to (10), for blocks of 8x8.
double blocking_effect(ConstPlane plane) {
    Pairs all, across;
    for (int y = 0; y < plane.height; ++y) {
        const std::uint8_t* row = plane.row(y);
        all.sum += static_cast<double>(squared_distance(row, row + 1, plane.width - 1));
        all.count += plane.width - 1;
        for (int x = kBlock; x < plane.width; x += kBlock) {
            const double difference = row[x] - row[x - 1];
            across.sum += difference * difference;
            across.count += 1.0;
        }
        if (y == 0) continue;
        const double sum = static_cast<double>(squared_distance(row, plane.row(y - 1), plane.width));
        all.sum += sum;
        all.count += plane.width;
        if (y % kBlock == 0) {
            across.sum += sum;
            across.count += plane.width;
        }
    }
    const Pairs within{all.sum - across.sum, all.count - across.count};
    const double excess = across.mean() - within.mean();
    if (excess <= 0.0) return 0.0;
    const int side = std::min(plane.width, plane.height);
    const double eta = side > kBlock ? std::log2(kBlock) / std::log2(side) : 1.0;
    return eta * excess;
}

double mean_squared_error(ConstPlane reference, ConstPlane test) {
    require_equal_size(reference, test);
    std::uint64_t sum = 0;
    for (int y = 0; y < test.height; ++y) sum += squared_distance(reference.row(y), test.row(y), test.width);
    return static_cast<double>(sum) / (static_cast<double>(test.width) * test.height);
}

double psnr(ConstPlane reference, ConstPlane test) {
    return decibel(mean_squared_error(reference, test));
}

double psnr_b(ConstPlane reference, ConstPlane test) {
    return decibel(mean_squared_error(reference, test) + blocking_effect(test));
}

}  // namespace jpegdeblock
