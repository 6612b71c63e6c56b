// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/sequence_report.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "report/figures.h"
#include "report/page.h"

namespace jpegdeblock {
namespace {

nlohmann::json to_json(const FrameParts& parts) {
    return {{"width", parts.decoded.width},           {"height", parts.decoded.height},
            {"decoded", base64_png(parts.decoded)},   {"single", base64_png(parts.single)},
            {"temporal", base64_png(parts.temporal)}, {"original", base64_png(parts.pristine)}};
}

nlohmann::json to_json(const SequenceExample& example) {
    nlohmann::json data = {{"figures", figures(example.result)}, {"left", example.place.left},
                           {"top", example.place.top},           {"width", example.frame.width},
                           {"height", example.frame.height},     {"frame", base64_png(example.frame)},
                           {"last", to_json(example.last)}};
    if (example.changes) data["changes"] = to_json(*example.changes);
    return data;
}

/// By how much each sample changed, to look at.
LumaImage change(const LumaImage& before, const LumaImage& now) {
    LumaImage result = now;
    for (std::size_t i = 0; i < result.samples.size(); ++i) {
        const int difference = int(now.samples[i]) - int(before.samples[i]);
        result.samples[i] = static_cast<std::uint8_t>(std::clamp(128 + kChangeShown * difference, 0, 255));
    }
    return result;
}

double gain(const ClipResult& result) {
    return result.temporal - result.single;
}

}  // namespace

SequenceExample example_of(const ClipResult& result, const ClipFrame& before, const ClipFrame& last,
                           bool most) {
    SequenceExample example{.result = result, .frame = last.temporal, .place = {}, .last = {}, .changes = {}};
    example.place =
        find_window(last.pristine.view(), last.single.view(), last.temporal.view(), kFramePartSide, most);
    const auto parts = [&](const ClipFrame& frame) {
        const auto part = [&](const LumaImage& image) {
            return cut_out(image.view(), example.place, kFramePartSide);
        };
        return FrameParts{part(frame.pristine), part(frame.decoded), part(frame.single),
                          part(frame.temporal)};
    };
    example.last = parts(last);
    if (result.standing < kMostlyStanding) return example;
    const FrameParts old = parts(before);
    example.changes = {change(old.pristine, example.last.pristine), change(old.decoded, example.last.decoded),
                       change(old.single, example.last.single), change(old.temporal, example.last.temporal)};
    return example;
}

void SequenceExamples::consider(const ClipResult& result, const ClipFrame& before, const ClipFrame& last) {
    ++considered_;
    if (!most_ || gain(result) > gain(most_->result)) most_ = example_of(result, before, last, true);
    // Where all gain the same these are the first and the last.
    if (!least_ || gain(result) <= gain(least_->result)) least_ = example_of(result, before, last, false);
}

std::vector<SequenceExample> SequenceExamples::take() {
    std::vector<SequenceExample> examples;
    if (most_) examples.push_back(std::move(*most_));
    if (considered_ > 1) examples.push_back(std::move(*least_));
    *this = {};
    return examples;
}

ClipResult mean_of(const std::vector<ClipResult>& results) {
    ClipResult mean = results.front();
    double ClipResult::*const means[] = {&ClipResult::decoded,        &ClipResult::single,
                                         &ClipResult::temporal,       &ClipResult::first_single,
                                         &ClipResult::first_temporal, &ClipResult::followed,
                                         &ClipResult::standing,       &ClipResult::flicker_decoded,
                                         &ClipResult::flicker_single, &ClipResult::flicker_temporal};
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

nlohmann::json descriptions_of_kinds() {
    nlohmann::json descriptions = nlohmann::json::object();
    for (const SequenceKind& kind : sequence_kinds()) descriptions[kind.name] = description_of(kind);
    return descriptions;
}

std::string report_page(const SequenceReport& report) {
    nlohmann::json data;
    data["kind"] = "sequences";
    data["name"] = report.model_name;
    data["settings"] = report.settings;
    data["clips"] = figures(report.results);
    data["means"] = figures(means_of_kinds(report.results));
    data["first_counted"] = kFirstCounted;
    data["mostly_standing"] = kMostlyStanding;
    data["change_shown"] = kChangeShown;
    data["kinds"] = descriptions_of_kinds();
    data["examples"] = nlohmann::json::array();
    for (const SequenceExample& example : report.examples) data["examples"].push_back(to_json(example));
    return make_page(data);
}

}  // namespace jpegdeblock
