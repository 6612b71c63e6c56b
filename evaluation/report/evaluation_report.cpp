// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/evaluation_report.h"

#include <nlohmann/json.hpp>

#include "report/figures.h"
#include "report/page.h"
#include "report/rate_distortion.h"

namespace jpegdeblock {
namespace {

nlohmann::json to_json(const std::vector<EvaluationExample>& examples) {
    nlohmann::json list = nlohmann::json::array();
    for (const EvaluationExample& example : examples)
        list.push_back({{"name", example.name},
                        {"quality", example.quality},
                        {"jpeg_quality", to_json(example.jpeg_quality)},
                        {"restored_quality", to_json(example.restored_quality)},
                        {"left", example.left},
                        {"top", example.top},
                        {"width", example.jpeg.width},
                        {"height", example.jpeg.height},
                        {"jpeg", base64_png(example.jpeg)},
                        {"restored", base64_png(example.restored)},
                        {"original", base64_png(example.original)}});
    return list;
}

}  // namespace

std::string report_page(const EvaluationReport& report) {
    const RateCurves curves = mean_curves(report.results);
    const std::optional<double> rate_of_means = bjontegaard_rate(curves.jpeg, curves.restored);
    nlohmann::json data = figures(report.results);
    data["kind"] = "evaluation";
    data["name"] = report.model_name;
    data["chroma"] = report.chroma;
    data["settings"] = report.settings;
    data["bd_rate_of_means"] = rate_of_means ? nlohmann::json(*rate_of_means) : nlohmann::json();
    data["gained_most"] = to_json(report.examples.gained_most);
    data["gained_least"] = to_json(report.examples.gained_least);
    return make_page(data);
}

}  // namespace jpegdeblock
