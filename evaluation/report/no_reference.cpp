// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/no_reference.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/luma_codec.h"
#include "jpeg/reconstruction.h"
#include "model/model.h"
#include "restore/deblocker.h"

namespace jpegdeblock {
namespace {

/// A frame as decoded and as restored.
struct Luma {
    LumaImage decoded, restored;
};

double mean(const std::vector<BlockingResult>& pictures, double BlockingResult::*which) {
    double sum = 0;
    for (const BlockingResult& picture : pictures) sum += picture.*which;
    return pictures.empty() ? 0 : sum / static_cast<double>(pictures.size());
}

LumaImage blank(const JpegComponent& component) {
    const auto samples =
        static_cast<std::size_t>(component.width) * static_cast<std::size_t>(component.height);
    return {component.width, component.height, std::vector<std::uint8_t>(samples)};
}

}  // namespace

double NoReferenceResult::mean_before() const {
    return mean(pictures, &BlockingResult::before);
}

double NoReferenceResult::mean_after() const {
    return mean(pictures, &BlockingResult::after);
}

NoReferenceResult evaluate_without_reference(std::shared_ptr<const Model> model, Precision precision,
                                             int threads, const PictureOptions& options,
                                             const std::vector<NamedJpeg>& jpegs,
                                             const std::function<void(const std::string&)>& warn,
                                             const std::function<void(int done, int total)>& progress) {
    const auto workers = make_workers(threads);
    const bool temporal = model->network.temporal;
    Deblocker deblocker(
        std::move(model), precision, workers,
        {.strength = static_cast<float>(options.strength), .bounded = options.bounded, .temporal = temporal});
    JpegReader reader;
    NoReferenceResult result;
    Luma before;
    std::string clip_before;
    for (std::size_t i = 0; i < jpegs.size(); ++i) {
        const std::string& name = jpegs[i].name;
        try {
            const JpegPicture& picture = reader.read(jpegs[i].read(), name);
            if (picture.components.empty()) throw Error(ErrorCode::kInvalidFile, name + " holds no picture");
            const JpegComponent& luma = picture.components[0];
            Luma now = {blank(luma), blank(luma)};
            const bool follows = jpegs[i].clip == clip_before && before.decoded.width == luma.width &&
                                 before.decoded.height == luma.height;
            if (!follows) deblocker.forget_frame_before();
            decode_component(luma, now.decoded.view(), *workers);
            deblocker.process(luma, now.restored.view());
            result.pictures.push_back(
                {name, blocking_effect(now.decoded.view()), blocking_effect(now.restored.view())});
            if (follows) {
                result.flicker += flicker(before.decoded.view(), now.decoded.view(), before.restored.view(),
                                          now.restored.view());
                ++result.pairs;
            }
            clip_before = jpegs[i].clip;
            before = std::move(now);
        } catch (const Error& error) {
            if (warn) warn(error.what());
            before = {};
        }
        if (progress) progress(static_cast<int>(i + 1), static_cast<int>(jpegs.size()));
    }
    return result;
}

nlohmann::json figures(const NoReferenceResult& result) {
    nlohmann::json all;
    for (const BlockingResult& picture : result.pictures)
        all["pictures"].push_back(
            {{"name", picture.name}, {"blocking_before", picture.before}, {"blocking_after", picture.after}});
    all["blocking_before"] = result.mean_before();
    all["blocking_after"] = result.mean_after();
    if (result.pairs > 0) {
        all["pairs_of_frames"] = result.pairs;
        all["flicker_before"] = result.flicker.mean_before();
        all["flicker_after"] = result.flicker.mean_after();
        all["share_that_stands_still"] = result.flicker.still_samples / result.flicker.samples;
    }
    return all;
}

}  // namespace jpegdeblock
