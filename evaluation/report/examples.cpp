// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/examples.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace jpegdeblock {
namespace {

constexpr int kGrid = 8;
constexpr int kSide = 160;

std::int64_t squared(int value) {
    return static_cast<std::int64_t>(value) * value;
}

LumaImage cut(ConstPlane plane, WindowPlace place, int side) {
    LumaImage result{std::min(side, plane.width), std::min(side, plane.height), {}};
    for (int y = 0; y < result.height; ++y) {
        const std::uint8_t* row = plane.row(place.top + y) + place.left;
        result.samples.insert(result.samples.end(), row, row + result.width);
    }
    return result;
}

double gain(const PictureResult& picture) {
    // A picture that JPEG left as it was can only lose.
    if (std::isinf(picture.jpeg.psnr)) return std::isinf(picture.restored.psnr) ? 0 : -HUGE_VAL;
    return picture.restored.psnr - picture.jpeg.psnr;
}

}  // namespace

WindowPlace find_window(ConstPlane original, ConstPlane jpeg, ConstPlane restored, int side, bool most) {
    const int width = std::min(side, original.width), height = std::min(side, original.height);
    // sums[y][x]: error taken away above and to the left of (x, y), so that a window is four of them.
    const auto stride = static_cast<std::size_t>(original.width) + 1;
    std::vector<std::int64_t> sums(stride * (static_cast<std::size_t>(original.height) + 1));
    const auto at = [&](int x, int y) -> std::int64_t& {
        return sums[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)];
    };
    for (int y = 0; y < original.height; ++y)
        for (int x = 0; x < original.width; ++x) {
            const int pristine = original.row(y)[x];
            at(x + 1, y + 1) = at(x, y + 1) + at(x + 1, y) - at(x, y) + squared(jpeg.row(y)[x] - pristine) -
                               squared(restored.row(y)[x] - pristine);
        }
    WindowPlace best;
    std::int64_t best_sum = 0;
    for (int top = 0; top + height <= original.height; top += kGrid)
        for (int left = 0; left + width <= original.width; left += kGrid) {
            const std::int64_t sum = at(left + width, top + height) - at(left, top + height) -
                                     at(left + width, top) + at(left, top);
            const bool first = left == 0 && top == 0;
            if (first || (most ? sum > best_sum : sum < best_sum)) {
                best = {left, top};
                best_sum = sum;
            }
        }
    return best;
}

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
                find_window(picture.luma.view(), decoded.view(), restored.restored.view(), kSide, best);
            result.left = place.left;
            result.top = place.top;
            result.jpeg = cut(decoded.view(), place, kSide);
            result.restored = cut(restored.restored.view(), place, kSide);
            result.original = cut(picture.luma.view(), place, kSide);
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
