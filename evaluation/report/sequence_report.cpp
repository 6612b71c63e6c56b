// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/sequence_report.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "report/figures.h"
#include "report/page.h"

namespace jpegdeblock {
namespace {

nlohmann::json to_json(const SequenceExample& example) {
    return {{"figures", figures(example.result)},
            {"left", example.place.left},
            {"top", example.place.top},
            {"width", example.decoded.width},
            {"height", example.decoded.height},
            {"decoded", base64_png(example.decoded)},
            {"single", base64_png(example.single)},
            {"temporal", base64_png(example.temporal)},
            {"original", base64_png(example.pristine)}};
}

}  // namespace

SequenceExample example_of(const ClipResult& result, const ClipFrame& last, bool most) {
    const WindowPlace place =
        find_window(last.pristine.view(), last.single.view(), last.temporal.view(), kCutOutSide, most);
    const auto part = [&](const LumaImage& frame) { return cut_out(frame.view(), place, kCutOutSide); };
    return {result, place, part(last.decoded), part(last.single), part(last.temporal), part(last.pristine)};
}

void SequenceExamples::consider(const ClipResult& result, const ClipFrame& last) {
    const auto gain = [](const ClipResult& of) { return of.temporal - of.single; };
    if (!most) {
        most = example_of(result, last, true);
    } else if (gain(result) > gain(most->result)) {
        // What gained most so far may yet be what gains least.
        if (!least) least = std::move(most);
        most = example_of(result, last, true);
    } else if (!least || gain(result) < gain(least->result)) {
        least = example_of(result, last, false);
    }
}

ClipResult mean_of(const std::vector<ClipResult>& results) {
    ClipResult mean = results.front();
    double ClipResult::*const means[] = {
        &ClipResult::decoded,         &ClipResult::single,         &ClipResult::temporal,
        &ClipResult::first_single,    &ClipResult::first_temporal, &ClipResult::followed,
        &ClipResult::flicker_decoded, &ClipResult::flicker_single, &ClipResult::flicker_temporal};
    for (const auto member : means) {
        double sum = 0;
        for (const ClipResult& result : results) sum += result.*member;
        mean.*member = sum / static_cast<double>(results.size());
    }
    for (std::size_t i = 0; i < mean.gains.size(); ++i) {
        mean.gains[i] = 0;
        for (const ClipResult& result : results)
            mean.gains[i] += result.gains.at(i) / static_cast<double>(results.size());
    }
    for (const ClipResult& result : results) mean.worst = std::min(mean.worst, result.worst);
    return mean;
}

std::vector<ClipResult> means_of_kinds(const std::vector<ClipResult>& results) {
    std::vector<ClipResult> means;
    for (auto first = results.begin(); first != results.end();) {
        const auto last = std::find_if(first, results.end(), [&](const ClipResult& result) {
            return result.kind != first->kind || result.quality != first->quality;
        });
        means.push_back(mean_of({first, last}));
        first = last;
    }
    return means;
}

std::string report_page(const SequenceReport& report) {
    nlohmann::json data;
    data["kind"] = "sequences";
    data["name"] = report.model_name;
    data["settings"] = report.settings;
    data["clips"] = figures(report.results);
    data["means"] = figures(means_of_kinds(report.results));
    data["first_counted"] = kFirstCounted;
    data["examples"] = nlohmann::json::array();
    for (const SequenceExample& example : report.examples) data["examples"].push_back(to_json(example));
    return make_page(data);
}

}  // namespace jpegdeblock
