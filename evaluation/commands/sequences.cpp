// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commands/sequences.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "commands/model_argument.h"
#include "model/model.h"
#include "pictures/pictures.h"
#include "report/figures.h"
#include "report/progress.h"
#include "report/sequence_report.h"
#include "report/text_file.h"
#include "sequences/clip_files.h"

namespace jpegdeblock {
namespace {

void print(const ClipResult& mean) {
    std::printf("%-14s %7d | %7.3f %+7.3f %+7.3f | %+7.3f %+7.3f %5.1f | %6.3f %6.3f %6.3f\n",
                mean.kind.c_str(), mean.quality, mean.decoded, mean.single - mean.decoded,
                mean.temporal - mean.single, mean.first_temporal - mean.first_single, mean.worst,
                100 * mean.followed, mean.flicker_decoded, mean.flicker_single, mean.flicker_temporal);
}

std::vector<Clip> rendered_clips(const SequenceArguments& arguments, const SequenceKind& kind) {
    const std::vector<std::string> paths = list_pictures(arguments.path);
    const std::size_t count = std::min(paths.size(), static_cast<std::size_t>(arguments.pictures));
    std::vector<Clip> clips;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& path = paths[i * paths.size() / count];
        clips.push_back(render_clip(load_luma(path),
                                    std::filesystem::path(path).lexically_relative(arguments.path).string(),
                                    kind, arguments.frames));
    }
    return clips;
}

std::vector<std::pair<std::string, std::string>> settings(const SequenceArguments& arguments) {
    const std::string length = "at most " + std::to_string(arguments.frames) + " frames";
    return {{"Model", arguments.model},
            {"Frame by frame", arguments.single.empty() ? "the same model" : arguments.single},
            {arguments.is_clip ? "Clip" : "Pictures", arguments.path},
            {"Length of a clip", length},
            {"Arithmetic", arguments.precision}};
}

}  // namespace

void evaluate_sequences(const SequenceArguments& arguments) {
    auto model = load_model_argument(arguments.model, true);
    if (!model->network.temporal)
        throw Error(ErrorCode::kInvalidArgument,
                    "'" + arguments.model +
                        "' is not a model for videos: train one with --temporal, or "
                        "leave out --sequences and --clip");
    const auto single = arguments.single.empty() ? model : load_model_argument(arguments.single);
    model = paired(model, single);
    std::printf(
        "PSNR within a border of 24 pixels from frame %d on: decoded, gain frame by frame, further gain by "
        "the frames\n"
        "before; that of the first frame and of the worst, %% of blocks followed; flicker: mean absolute "
        "change of\n"
        "what stands still, levels: decoded, frame by frame, with the frames before\n"
        "kind           quality | decoded  single  before |   first   worst     %% | decoded single before\n",
        kFirstCounted);
    SequenceReport report{model->name, settings(arguments), {}, {}};
    const std::vector<int>& qualities = arguments.options.qualities;
    const int lowest = *std::min_element(qualities.begin(), qualities.end());
    const std::size_t kinds = arguments.is_clip ? 1 : sequence_kinds().size();
    ProgressBar bar;
    double done = 0, total = 0;
    const auto evaluate_kind = [&](const std::vector<Clip>& clips, const std::string& kind) {
        // Frames that are of no use for the report are not kept.
        SequenceExamples examples;
        total = static_cast<double>(kinds * qualities.size() * clips.size());
        for (const int quality : arguments.options.qualities) {
            SequenceEvaluationOptions options = arguments.options;
            options.qualities = {quality};
            const auto count = [&](const ClipResult& result, const ClipFrame& before, const ClipFrame& last) {
                bar.update(++done / total, kind + ", quality " + std::to_string(quality));
                if (quality == lowest) examples.consider(result, before, last);
            };
            const std::vector<ClipResult> results =
                evaluate_sequences(single, model, clips, kind, options, count);
            bar.interrupt();
            print(mean_of(results));
            report.results.insert(report.results.end(), results.begin(), results.end());
        }
        for (SequenceExample& example : examples.take()) report.examples.push_back(std::move(example));
    };
    if (arguments.is_clip) {
        evaluate_kind({load_clip(arguments.path, arguments.frames)}, "clip");
    } else {
        for (const SequenceKind& kind : sequence_kinds())
            evaluate_kind(rendered_clips(arguments, kind), kind.name);
    }
    if (!arguments.json.empty()) write_text_file(arguments.json, figures(report.results).dump(1) + '\n');
    if (arguments.report.empty()) return;
    write_text_file(arguments.report, report_page(report));
    std::printf("wrote %s\n", arguments.report.c_str());
}

}  // namespace jpegdeblock
