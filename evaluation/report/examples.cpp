// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/examples.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jpegdeblock {
namespace {

double gain(const PictureResult& picture) {
    // A picture that JPEG left as it was can only lose.
    if (std::isinf(picture.jpeg.psnr)) return std::isinf(picture.restored.psnr) ? 0 : -HUGE_VAL;
    return picture.restored.psnr - picture.jpeg.psnr;
}

}  // namespace

EvaluationExamples find_examples(std::shared_ptr<const Model> model,
                                 const std::vector<NamedPicture>& pictures, const EvaluationOptions& options,
                                 const std::vector<QualityResult>& results, std::size_t at,
                                 std::size_t count) {
    const std::vector<PictureResult>& rows = results[at].pictures;
    std::vector<std::size_t> order(pictures.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return gain(rows[a]) > gain(rows[b]); });
    const std::size_t most = std::min(count, (order.size() + 1) / 2);
    const std::size_t least = std::min(count, order.size() - most);

    EvaluationOptions only = options;
    only.qualities = {results[at].quality};
    const auto example = [&](std::size_t index, bool best) {
        const NamedPicture& picture = pictures[index];
        EvaluationExample result{.name = picture.name,
                                 .quality = results[at].quality,
                                 .jpeg_quality = rows[index].jpeg,
                                 .restored_quality = rows[index].restored};
        const auto keep = [&](const RestoredPicture& restored) {
            const LumaImage decoded = decode_jpeg_luma(restored.jpeg, options.idct, picture.name);
            const WindowPlace place =
                find_window(picture.luma.view(), decoded.view(), restored.restored.view(), kCutOutSide, best);
            result.left = place.left;
            result.top = place.top;
            result.jpeg = cut_out(decoded.view(), place, kCutOutSide);
            result.restored = cut_out(restored.restored.view(), place, kCutOutSide);
            result.original = cut_out(picture.luma.view(), place, kCutOutSide);
        };
        evaluate(model, {picture}, only, {}, keep);
        return result;
    };
    EvaluationExamples examples;
    for (std::size_t i = 0; i < most; ++i) examples.gained_most.push_back(example(order[i], true));
    for (std::size_t i = 0; i < least; ++i)
        examples.gained_least.push_back(example(order[order.size() - 1 - i], false));
    return examples;
}

}  // namespace jpegdeblock
