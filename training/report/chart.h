// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace jpegdeblock::training {

struct ChartPoint {
    double x = 0, y = 0;
};

struct ChartSeries {
    std::string name = {};
    std::vector<ChartPoint> points = {};  ///< In order of x. Those that are not finite are left out.
    bool markers = true;                  ///< A dot at each point, which names its values.
    bool dashed = false;
};

struct Chart {
    std::string title = {}, x_label = {}, y_label = {};
    bool logarithmic_x = false;  ///< Every x > 0.
    std::vector<ChartSeries> series = {};
};

/// The chart as an HTML figure with inline SVG, for html_page. Colours follow the order of the series.
std::string draw_chart(const Chart& chart);

/// Round numbers within low..high, about `count` of them.
std::vector<double> axis_ticks(double low, double high, int count);
/// Those of a logarithmic axis: 1, 2 and 5 times powers of ten, or more where these are few. low > 0.
std::vector<double> logarithmic_ticks(double low, double high);

}  // namespace jpegdeblock::training
