// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commands/sequences.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/model.h"
#include "pictures/pictures.h"
#include "report/progress.h"
#include "report/text_file.h"
#include "sequences/clip_files.h"

namespace jpegdeblock {
namespace {

/// Means of the results of one kind and quality.
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
    for (const ClipResult& result : results) mean.worst = std::min(mean.worst, result.worst);
    return mean;
}

void print(const ClipResult& mean) {
    std::printf("%-14s %7d | %7.3f %+7.3f %+7.3f | %+7.3f %+7.3f %5.1f | %6.3f %6.3f %6.3f\n",
                mean.kind.c_str(), mean.quality, mean.decoded, mean.single - mean.decoded,
                mean.temporal - mean.single, mean.first_temporal - mean.first_single, mean.worst,
                100 * mean.followed, mean.flicker_decoded, mean.flicker_single, mean.flicker_temporal);
}

nlohmann::json figures(const ClipResult& result) {
    return {{"clip", result.clip},
            {"kind", result.kind},
            {"quality", result.quality},
            {"psnr_decoded", result.decoded},
            {"psnr_single", result.single},
            {"psnr_temporal", result.temporal},
            {"first_psnr_single", result.first_single},
            {"first_psnr_temporal", result.first_temporal},
            {"worst_gain", result.worst},
            {"followed", result.followed},
            {"flicker_decoded", result.flicker_decoded},
            {"flicker_single", result.flicker_single},
            {"flicker_temporal", result.flicker_temporal}};
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

}  // namespace

void evaluate_sequences(const SequenceArguments& arguments) {
    const auto model = load_model(arguments.model);
    if (!model->network.temporal)
        throw Error(ErrorCode::kInvalidArgument,
                    "'" + arguments.model +
                        "' is not a model for videos: train one with --temporal, or "
                        "leave out --sequences and --clip");
    const auto single = arguments.single.empty() ? model : load_model(arguments.single);
    std::printf(
        "PSNR within a border of 24 pixels from frame %d on: decoded, gain frame by frame, further gain by "
        "the frames\n"
        "before; that of the first frame and of the worst, %% of blocks followed; flicker: mean absolute "
        "change of\n"
        "what stands still, levels: decoded, frame by frame, with the frames before\n"
        "kind           quality | decoded  single  before |   first   worst     %% | decoded single before\n",
        kFirstCounted);
    nlohmann::json all = nlohmann::json::array();
    const auto evaluate_kind = [&](const std::vector<Clip>& clips, const std::string& kind) {
        for (const int quality : arguments.options.qualities) {
            SequenceEvaluationOptions options = arguments.options;
            options.qualities = {quality};
            ProgressBar bar;
            const std::vector<ClipResult> results =
                evaluate_sequences(single, model, clips, kind, options, [&](int done, int total) {
                    bar.update(static_cast<double>(done) / total,
                               kind + ", quality " + std::to_string(quality));
                });
            bar.interrupt();
            print(mean_of(results));
            for (const ClipResult& result : results) all.push_back(figures(result));
        }
    };
    if (arguments.is_clip) {
        evaluate_kind({load_clip(arguments.path, arguments.frames)}, "clip");
    } else {
        for (const SequenceKind& kind : sequence_kinds())
            evaluate_kind(rendered_clips(arguments, kind), kind.name);
    }
    if (!arguments.json.empty()) write_text_file(arguments.json, all.dump(1) + '\n');
}

}  // namespace jpegdeblock
