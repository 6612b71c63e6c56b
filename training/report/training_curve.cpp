// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/training_curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/page.h"
#include "report/sequence_report.h"
#include "report/text_file.h"
#include "sequences/sequence_validation.h"

namespace jpegdeblock::training {
namespace {

constexpr std::size_t kStep = 0, kSeconds = 1, kPixels = 2, kLearningRate = 3, kGain = 5;
constexpr std::size_t kFirstValidation = 6, kColumnsOfValidation = 3, kColumnsOfClips = 2;
constexpr int kReloadSeconds = 15;

/// Of as many columns, NaN where the line has no number.
std::vector<double> numbers_of(const std::string& line, std::size_t columns) {
    std::vector<double> numbers;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
        char* end = nullptr;
        const double value = std::strtod(cell.c_str(), &end);
        numbers.push_back(end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : value);
    }
    numbers.resize(columns, std::numeric_limits<double>::quiet_NaN());
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

/// A column over the seconds of training, at most about 400 points of it.
nlohmann::json points_of(const std::vector<std::vector<double>>& rows, std::size_t column) {
    std::vector<std::array<double, 2>> points;
    for (const std::vector<double>& row : rows)
        if (std::isfinite(row[column])) points.push_back({row[kSeconds], row[column]});
    constexpr std::size_t kMost = 400;
    const std::size_t every = points.size() / kMost + 1;
    nlohmann::json kept = nlohmann::json::array();
    for (std::size_t i = 0; i < points.size(); ++i)
        if (i % every == 0 || i + 1 == points.size()) kept.push_back(points[i]);
    return kept;
}

std::string text_of(TrainingCurve::State state) {
    return state == TrainingCurve::State::kRunning   ? "running"
           : state == TrainingCurve::State::kStopped ? "stopped"
                                                     : "done";
}

/// The last row that has a value there; nullptr: none has.
const std::vector<double>* last_with(const std::vector<std::vector<double>>& rows, std::size_t column) {
    const auto found = std::find_if(rows.rbegin(), rows.rend(), [column](const std::vector<double>& row) {
        return std::isfinite(row[column]);
    });
    return found == rows.rend() ? nullptr : &*found;
}

/// As columns are named: still_noise_q80.
std::string column_name(const SequenceKind& kind) {
    std::string name;
    for (const char c : kind.name)
        if (c == ' ')
            name += '_';
        else if (c != ',')
            name += c;
    return name + "_q" + std::to_string(validated_quality(kind));
}

}  // namespace

TrainingCurve::TrainingCurve(const std::string& model_path, const std::string& name,
                             const Validation& validation, std::uint64_t step)
    : path_(model_path), name_(name), qualities_(validation.qualities), clips_(validation.clips) {
    if (step > 0) take_over(step);
}

std::string TrainingCurve::header() const {
    std::string text = "step,seconds,pixels,learning_rate,loss,gain_db";
    for (const int quality : qualities_) {
        const std::string q = "_gain_q" + std::to_string(quality);
        text += ",psnr" + q + ",psnr_b" + q + ",ssim" + q;
    }
    if (!clips_) return text;
    for (const SequenceKind& kind : sequence_kinds())
        text += ",clip_gain_" + column_name(kind) + ",gain_by_frames_before_" + column_name(kind);
    return text;
}

std::size_t TrainingCurve::columns() const {
    return kFirstValidation + kColumnsOfValidation * qualities_.size() +
           (clips_ ? kColumnsOfClips * sequence_kinds().size() : 0);
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
        std::vector<double> row = numbers_of(line, columns());
        // Rows after the checkpoint are of steps that will be done again.
        if (!std::isfinite(row[kGain]) || !(row[kStep] <= static_cast<double>(step))) continue;
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
    for (const ClipResult& clip : point.clips)
        line << ',' << clip.temporal - clip.decoded << ',' << clip.temporal - clip.single;
    if (clips_ && point.clips.empty()) line << std::string(kColumnsOfClips * sequence_kinds().size(), ',');
    lines_.push_back(line.str());
    rows_.push_back(numbers_of(line.str(), columns()));
    std::string table = header() + '\n';
    for (const std::string& row : lines_) table += row + '\n';
    write_text_file(path_ + ".csv", table);
    draw(state);
}

/// What the page shows of them; null where nothing was measured yet.
nlohmann::json TrainingCurve::clips_data() const {
    const std::size_t first = kFirstValidation + kColumnsOfValidation * qualities_.size();
    const std::vector<double>* measured = clips_ ? last_with(rows_, first) : nullptr;
    if (measured == nullptr) return {};
    nlohmann::json data = {{"seconds", (*measured)[kSeconds]}, {"first_counted", kFirstCounted}};
    const std::vector<SequenceKind>& kinds = sequence_kinds();
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::size_t column = first + kColumnsOfClips * i;
        const int quality = validated_quality(kinds[i]);
        const std::string name = kinds[i].name + ", quality " + std::to_string(quality);
        constexpr std::size_t kColours = 5;
        const auto curve = [&](std::size_t of) {
            return nlohmann::json{
                {"name", name}, {"points", points_of(rows_, of)}, {"dashed", i >= kColours}};
        };
        data["gains"].push_back(curve(column));
        data["gains_before"].push_back(curve(column + 1));
        data["kinds"].push_back({{"kind", kinds[i].name},
                                 {"quality", quality},
                                 {"gain", (*measured)[column]},
                                 {"before", (*measured)[column + 1]}});
    }
    return data;
}

void TrainingCurve::draw(State state) const {
    if (rows_.empty()) return;
    const std::vector<double>& last = rows_.back();
    nlohmann::json data = {
        {"kind", "training"},      {"name", name_},       {"state", text_of(state)},
        {"time", now()},           {"step", last[kStep]}, {"seconds", last[kSeconds]},
        {"pixels", last[kPixels]}, {"gain", last[kGain]}, {"learning_rate", points_of(rows_, kLearningRate)}};
    if (state == State::kRunning) data["reload_seconds"] = kReloadSeconds;
    data["gains"].push_back({{"name", "training patches, all qualities"},
                             {"points", points_of(rows_, kGain)},
                             {"markers", false}});
    for (std::size_t i = 0; i < qualities_.size(); ++i) {
        const auto points = points_of(rows_, kFirstValidation + kColumnsOfValidation * i);
        if (!points.empty())
            data["gains"].push_back({{"name", "held-back pictures, quality " + std::to_string(qualities_[i])},
                                     {"points", points}});
    }
    const std::vector<double>* validated = qualities_.empty() ? nullptr : last_with(rows_, kFirstValidation);
    if (validated != nullptr) {
        nlohmann::json& validation = data["validation"];
        validation["seconds"] = (*validated)[kSeconds];
        for (std::size_t i = 0; i < qualities_.size(); ++i) {
            const double* gain = validated->data() + kFirstValidation + kColumnsOfValidation * i;
            validation["qualities"].push_back(
                {{"quality", qualities_[i]}, {"psnr", gain[0]}, {"psnr_b", gain[1]}, {"ssim", gain[2]}});
        }
    }
    if (nlohmann::json clips = clips_data(); !clips.is_null()) {
        data["clips"] = std::move(clips);
        data["kinds"] = descriptions_of_kinds();
    }
    write_text_file(path_ + ".html", make_page(data));
}

}  // namespace jpegdeblock::training
