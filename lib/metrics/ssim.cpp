// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "metrics/metrics.h"

#include "metrics/equal_size.h"

namespace jpegdeblock {
namespace {

constexpr int kWindow = 11;
constexpr double kC1 = (0.01 * 255.0) * (0.01 * 255.0);
constexpr double kC2 = (0.03 * 255.0) * (0.03 * 255.0);

/// The one-dimensional window; its outer product with itself is the two-dimensional one.
std::array<double, kWindow> gaussian_window() {
    std::array<double, kWindow> window;
    double sum = 0.0;
    for (int i = 0; i < kWindow; ++i) {
        const double distance = i - kWindow / 2;
        window[static_cast<std::size_t>(i)] = std::exp(-distance * distance / (2.0 * 1.5 * 1.5));
        sum += window[static_cast<std::size_t>(i)];
    }
    for (double& weight : window) weight /= sum;
    return window;
}

/// A plane with sides of at least the window: the plane itself, or a copy extended by edge replication.
class WindowedPlane {
  public:
    explicit WindowedPlane(ConstPlane plane) : plane_(plane) {
        if (plane.width >= kWindow && plane.height >= kWindow) return;
        plane_.width = std::max(plane.width, kWindow);
        plane_.height = std::max(plane.height, kWindow);
        plane_.stride = plane_.width;
        samples_.reserve(static_cast<std::size_t>(plane_.width) * static_cast<std::size_t>(plane_.height));
        for (int y = 0; y < plane_.height; ++y) {
            const std::uint8_t* row = plane.row(std::min(y, plane.height - 1));
            samples_.insert(samples_.end(), row, row + plane.width);
            samples_.insert(samples_.end(), static_cast<std::size_t>(plane_.width - plane.width),
                            row[plane.width - 1]);
        }
        plane_.data = samples_.data();
    }
    WindowedPlane(const WindowedPlane&) = delete;
    WindowedPlane& operator=(const WindowedPlane&) = delete;

    const ConstPlane& view() const { return plane_; }

  private:
    ConstPlane plane_;
    std::vector<std::uint8_t> samples_;
};

/// One row of the four weighted sums that SSIM needs; x is the reference, y the tested plane.
struct Moments {
    std::vector<double> x, y, xx_plus_yy, xy;

    explicit Moments(std::size_t width) : x(width), y(width), xx_plus_yy(width), xy(width) {}

    void clear() {
        for (std::vector<double>* sums : {&x, &y, &xx_plus_yy, &xy})
            std::fill(sums->begin(), sums->end(), 0.0);
    }
};

void add_row(const std::uint8_t* reference, const std::uint8_t* test, double weight, Moments& moments) {
    const std::size_t width = moments.x.size();
    double *x = moments.x.data(), *y = moments.y.data();
    double *xx_plus_yy = moments.xx_plus_yy.data(), *xy = moments.xy.data();
    for (std::size_t i = 0; i < width; ++i) {
        const int a = reference[i], b = test[i];
        x[i] += weight * a;
        y[i] += weight * b;
        xx_plus_yy[i] += weight * (a * a + b * b);
        xy[i] += weight * (a * b);
    }
}

void filter_row(const std::vector<double>& in, const std::array<double, kWindow>& window,
                std::vector<double>& out) {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t k = 0; k < kWindow; ++k)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += window[k] * in[i + k];
}

double sum_of_similarity(const Moments& mean) {
    double sum = 0.0;
    for (std::size_t i = 0; i < mean.x.size(); ++i) {
        const double product = mean.x[i] * mean.y[i];
        const double squares = mean.x[i] * mean.x[i] + mean.y[i] * mean.y[i];
        const double variances = mean.xx_plus_yy[i] - squares;
        const double covariance = mean.xy[i] - product;
        sum += (2.0 * product + kC1) * (2.0 * covariance + kC2) / ((squares + kC1) * (variances + kC2));
    }
    return sum;
}

}  // namespace

double ssim(ConstPlane reference, ConstPlane test) {
    require_equal_size(reference, test);
    const WindowedPlane windowed_reference(reference), windowed_test(test);
    const ConstPlane a = windowed_reference.view(), b = windowed_test.view();
    const std::array<double, kWindow> window = gaussian_window();
    const int columns = a.width - kWindow + 1, rows = a.height - kWindow + 1;
    Moments vertical(static_cast<std::size_t>(a.width)), mean(static_cast<std::size_t>(columns));

    double sum = 0.0;
    for (int y = 0; y < rows; ++y) {
        vertical.clear();
        for (int k = 0; k < kWindow; ++k)
            add_row(a.row(y + k), b.row(y + k), window[static_cast<std::size_t>(k)], vertical);
        filter_row(vertical.x, window, mean.x);
        filter_row(vertical.y, window, mean.y);
        filter_row(vertical.xx_plus_yy, window, mean.xx_plus_yy);
        filter_row(vertical.xy, window, mean.xy);
        sum += sum_of_similarity(mean);
    }
    return sum / (static_cast<double>(columns) * rows);
}

}  // namespace jpegdeblock
