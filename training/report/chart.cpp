// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "report/html.h"

namespace jpegdeblock::training {
namespace {

constexpr double kWidth = 480, kHeight = 300;
constexpr double kLeft = 48, kRight = 16, kTop = 26, kBottom = 42;
constexpr std::size_t kColours = 5;

bool drawable(const ChartPoint& point) {
    return std::isfinite(point.x) && std::isfinite(point.y);
}

std::string coordinate(double value) {
    return decimal(value, 1);
}

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", std::abs(value) < 1e-12 ? 0.0 : value);
    return text;
}

struct Range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void include(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    /// Room around the values; an empty range or a single value gets some extent.
    void widen(double share) {
        if (low > high) low = high = 0;
        const double margin = high > low ? share * (high - low) : std::max(0.5, std::abs(high) * 0.1);
        low -= margin;
        high += margin;
    }
};

class Drawing {
  public:
    explicit Drawing(const Chart& chart) : chart_(chart) {
        for (const ChartSeries& series : chart.series)
            for (const ChartPoint& point : series.points)
                if (drawable(point)) {
                    x_.include(along(point.x));
                    y_.include(point.y);
                }
        x_.widen(0.03);
        y_.widen(0.06);
    }

    std::string svg() {
        svg_ = "<svg viewBox=\"0 0 " + coordinate(kWidth) + " " + coordinate(kHeight) +
               "\" role=\"img\" aria-label=\"" + escape_html(chart_.title) + "\">\n";
        draw_axes();
        for (std::size_t i = 0; i < chart_.series.size(); ++i) draw(chart_.series[i], i % kColours);
        return svg_ + "</svg>\n";
    }

  private:
    double along(double x) const { return chart_.logarithmic_x ? std::log10(x) : x; }
    double column(double x) const {
        return kLeft + (along(x) - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
    }
    double row(double y) const {
        return kHeight - kBottom - (y - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom);
    }
    void draw_line(double x1, double y1, double x2, double y2) {
        svg_ += "<line class=\"grid\" x1=\"" + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" +
                coordinate(x2) + "\" y2=\"" + coordinate(y2) + "\"/>\n";
    }
    void draw_text(double x, double y, const char* anchor, const std::string& text) {
        svg_ += "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" + anchor +
                "\">" + escape_html(text) + "</text>\n";
    }
    void draw_axes() {
        const double bottom = kHeight - kBottom;
        for (const double tick : axis_ticks(y_.low, y_.high, 6)) {
            draw_line(kLeft, row(tick), kWidth - kRight, row(tick));
            draw_text(kLeft - 6, row(tick) + 4, "end", short_number(tick));
        }
        for (const double tick : chart_.logarithmic_x
                                     ? logarithmic_ticks(std::pow(10, x_.low), std::pow(10, x_.high))
                                     : axis_ticks(x_.low, x_.high, 7)) {
            draw_line(column(tick), bottom, column(tick), bottom + 5);
            draw_text(column(tick), bottom + 18, "middle", short_number(tick));
        }
        draw_text(4, 14, "start", chart_.y_label);
        draw_text((kLeft + kWidth - kRight) / 2, kHeight - 5, "middle", chart_.x_label);
    }
    void draw(const ChartSeries& series, std::size_t colour) {
        const std::string number = std::to_string(colour);
        std::string path, dots;
        for (const ChartPoint& point : series.points) {
            if (!drawable(point)) continue;
            const std::string x = coordinate(column(point.x)), y = coordinate(row(point.y));
            path += (path.empty() ? "M" : "L") + x + " " + y;
            if (series.markers)
                dots += "<circle class=\"p" + number + "\" cx=\"" + x + "\" cy=\"" + y +
                        "\" r=\"4\"><title>" +
                        escape_html(series.name + ": " + short_number(point.x) + " " + chart_.x_label + ", " +
                                    short_number(point.y) + " " + chart_.y_label) +
                        "</title></circle>\n";
        }
        if (path.empty()) return;
        svg_ += "<path class=\"s" + number + (series.dashed ? " dashed" : "") + "\" d=\"" + path + "\"/>\n" +
                dots;
    }

    const Chart& chart_;
    Range x_, y_;
    std::string svg_;
};

std::string legend(const Chart& chart) {
    std::string list = "<ul class=\"legend\">";
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        list += "<li><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"s" +
                std::to_string(i % kColours) + (chart.series[i].dashed ? " dashed" : "") +
                "\" d=\"M0 5H28\"/></svg>" + escape_html(chart.series[i].name) + "</li>";
    return list + "</ul>\n";
}

}  // namespace

std::vector<double> axis_ticks(double low, double high, int count) {
    const double wanted = (high - low) / count;
    double step = std::pow(10, std::floor(std::log10(wanted)));
    for (const double factor : {2.0, 2.5, 2.0})
        if (step < wanted) step *= factor;
    std::vector<double> ticks;
    const double first = std::ceil(low / step);
    for (double i = first; i * step <= high; ++i) ticks.push_back(i * step);
    return ticks;
}

std::vector<double> logarithmic_ticks(double low, double high) {
    const auto multiples = [&](const std::vector<double>& digits) {
        std::vector<double> ticks;
        for (double decade = std::pow(10, std::floor(std::log10(low))); decade <= high; decade *= 10)
            for (const double digit : digits)
                if (digit * decade >= low && digit * decade <= high) ticks.push_back(digit * decade);
        return ticks;
    };
    constexpr std::size_t kFew = 4;
    const std::vector<double> ticks = multiples({1, 2, 5});
    return ticks.size() >= kFew ? ticks : multiples({1, 1.5, 2, 3, 4, 5, 7});
}

std::string draw_chart(const Chart& chart) {
    return "<figure class=\"chart\"><figcaption>" + escape_html(chart.title) + "</figcaption>\n" +
           legend(chart) + Drawing(chart).svg() + "</figure>\n";
}

}  // namespace jpegdeblock::training
