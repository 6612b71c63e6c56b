// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/training_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "report/chart.h"
#include "report/html.h"
#include "report/progress.h"
#include "report/text_file.h"

namespace jpegdeblock::training {
namespace {

constexpr std::size_t kStep = 0, kSeconds = 1, kPixels = 2, kLearningRate = 3, kGain = 5;
constexpr std::size_t kFirstValidation = 6, kColumnsOfValidation = 3;
constexpr int kReloadSeconds = 15;

std::vector<double> numbers_of(const std::string& line) {
    std::vector<double> numbers;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
        char* end = nullptr;
        const double value = std::strtod(cell.c_str(), &end);
        numbers.push_back(end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : value);
    }
    return numbers;
}

std::string now() {
    const std::time_t time = std::time(nullptr);
    std::tm local{};
    localtime_r(&time, &local);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &local);
    return text;
}

/// Values over time, at most about 400 of them.
ChartSeries series_of(const std::string& name, const std::vector<std::vector<double>>& rows,
                      std::size_t column, double seconds_a_unit, bool markers) {
    ChartSeries series{.name = name, .markers = markers};
    for (const std::vector<double>& row : rows)
        if (column < row.size() && std::isfinite(row[column]))
            series.points.push_back({row[kSeconds] / seconds_a_unit, row[column]});
    constexpr std::size_t kMost = 400;
    const std::size_t every = series.points.size() / kMost + 1;
    std::vector<ChartPoint> thinned;
    for (std::size_t i = 0; i < series.points.size(); ++i)
        if (i % every == 0 || i + 1 == series.points.size()) thinned.push_back(series.points[i]);
    series.points = std::move(thinned);
    return series;
}

}  // namespace

TrainingCurve::TrainingCurve(const std::string& model_path, const std::string& name,
                             const std::vector<int>& qualities, std::uint64_t step)
    : path_(model_path), name_(name), qualities_(qualities) {
    if (step > 0) take_over(step);
}

std::string TrainingCurve::header() const {
    std::string text = "step,seconds,pixels,learning_rate,loss,gain_db";
    for (const int quality : qualities_) {
        const std::string q = "_gain_q" + std::to_string(quality);
        text += ",psnr" + q + ",psnr_b" + q + ",ssim" + q;
    }
    return text;
}

void TrainingCurve::take_over(std::uint64_t step) {
    std::ifstream file(path_ + ".csv");
    std::string line;
    if (!std::getline(file, line)) return;
    if (line != header()) {
        std::error_code error;
        std::filesystem::rename(path_ + ".csv", path_ + ".csv.old", error);
        return;
    }
    while (std::getline(file, line)) {
        std::vector<double> row = numbers_of(line);
        // Rows after the checkpoint are of steps that will be done again.
        if (row.size() <= kGain || !(row[kStep] <= static_cast<double>(step))) continue;
        lines_.push_back(line);
        rows_.push_back(std::move(row));
    }
}

void TrainingCurve::add(const CurvePoint& point, State state) {
    std::ostringstream line;
    line << point.step << ',' << point.seconds << ',' << point.pixels << ',' << point.learning_rate << ','
         << point.loss << ',' << -10 * std::log10(point.loss);
    for (const QualityResult& result : point.validations) {
        const Quality before = result.mean_jpeg(), after = result.mean_restored();
        line << ',' << after.psnr - before.psnr << ',' << after.psnr_b - before.psnr_b << ','
             << after.ssim - before.ssim;
    }
    if (point.validations.empty()) line << std::string(kColumnsOfValidation * qualities_.size(), ',');
    lines_.push_back(line.str());
    rows_.push_back(numbers_of(line.str()));
    std::string table = header() + '\n';
    for (const std::string& row : lines_) table += row + '\n';
    write_text_file(path_ + ".csv", table);
    draw(state);
}

void TrainingCurve::draw(State state) const {
    if (rows_.empty()) return;
    const std::vector<double>& last = rows_.back();
    const bool long_time = last[kSeconds] > 2 * 3600;
    const double unit = long_time ? 3600 : 60;
    const std::string time = long_time ? "hours of training" : "minutes of training";

    Chart gains{.title = "Gain in PSNR over the JPEG", .x_label = time, .y_label = "dB"};
    gains.series.push_back(series_of("training patches, all qualities", rows_, kGain, unit, false));
    for (std::size_t i = 0; i < qualities_.size(); ++i) {
        ChartSeries series = series_of("held-back pictures, quality " + std::to_string(qualities_[i]), rows_,
                                       kFirstValidation + kColumnsOfValidation * i, unit, true);
        if (!series.points.empty()) gains.series.push_back(std::move(series));
    }
    Chart rates{.title = "Learning rate", .x_label = time, .y_label = "learning rate"};
    rates.series.push_back(series_of("learning rate", rows_, kLearningRate, unit, false));

    const auto validated = std::find_if(rows_.rbegin(), rows_.rend(), [](const std::vector<double>& row) {
        return row.size() > kFirstValidation && std::isfinite(row[kFirstValidation]);
    });
    std::string body = "<h1>Training " + escape_html(name_) + "</h1>\n<p class=\"muted\">";
    body += state == State::kRunning   ? "As of " + now() + ", with the next values soon."
            : state == State::kStopped ? "Stopped " + now() + "; --resume goes on."
                                       : "Done " + now() + ".";
    body += "</p>\n<div class=\"facts\">";
    const auto fact = [&body](const std::string& value, const std::string& what) {
        body += "<div><strong>" + value + "</strong>" + what + "</div>";
    };
    fact(decimal(last[kGain], 3, true) + " dB", "gain on training patches");
    if (validated != rows_.rend())
        for (std::size_t i = 0; i < qualities_.size(); ++i)
            fact(decimal((*validated)[kFirstValidation + kColumnsOfValidation * i], 3, true) + " dB",
                 "held-back pictures, quality " + std::to_string(qualities_[i]));
    fact(format_duration(last[kSeconds]), "of training, " + decimal(last[kStep], 0) + " steps, " +
                                              decimal(last[kPixels] / 1e6, 1) + " megapixels");
    body += "</div>\n<div class=\"charts\">\n" + draw_chart(gains) + draw_chart(rates) + "</div>\n";
    if (validated != rows_.rend()) {
        std::vector<std::vector<std::string>> rows;
        for (std::size_t i = 0; i < qualities_.size(); ++i) {
            const double* gain = validated->data() + kFirstValidation + kColumnsOfValidation * i;
            rows.push_back({std::to_string(qualities_[i]), decimal(gain[0], 3, true),
                            decimal(gain[1], 3, true), decimal(gain[2], 4, true)});
        }
        body += "<h2>Gain on held-back pictures after " + format_duration((*validated)[kSeconds]) +
                "</h2>\n" + html_table({"JPEG quality", "PSNR, dB", "PSNR-B, dB", "SSIM"}, rows);
    }
    write_text_file(path_ + ".html",
                    html_page("Training " + name_, body, state == State::kRunning ? kReloadSeconds : 0));
}

}  // namespace jpegdeblock::training
