// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/moved_frame.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "temporal/luma_filter.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

/// Where a row or column of a moved block comes from: eight samples, and what they count.
struct Taps {
    std::array<int, 8> at;
    std::array<float, 8> weight;
};

Taps taps_of(int place, int quarters, int size) {
    Taps taps{};
    const int whole = quarters >> 2, fraction = quarters & 3;
    for (int i = 0; i < 8; ++i) {
        const auto index = static_cast<std::size_t>(i);
        taps.at[index] = std::clamp(place + whole + i - kLumaFilterBefore, 0, size - 1);
        taps.weight[index] = static_cast<float>(kLumaFilter[fraction][i]) / 64;
    }
    return taps;
}

/// The transpose of warp() for one block: adds what its samples' gradients are to those of the plane before.
void scatter_block(const float* gradient, int left, int top, MotionVector vector, int width, int height,
                   float* before) {
    std::array<Taps, 8> rows, columns;
    for (int i = 0; i < 8; ++i) {
        rows[static_cast<std::size_t>(i)] = taps_of(top + i, vector.y, height);
        columns[static_cast<std::size_t>(i)] = taps_of(left + i, vector.x, width);
    }
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const float value = gradient[(top + y) * width + left + x];
            const Taps &row = rows[static_cast<std::size_t>(y)],
                       &column = columns[static_cast<std::size_t>(x)];
            for (std::size_t j = 0; j < 8; ++j) {
                if (row.weight[j] == 0.0f) continue;
                float* to = before + row.at[j] * width;
                for (std::size_t i = 0; i < 8; ++i)
                    to[column.at[i]] += value * row.weight[j] * column.weight[i];
            }
        }
}

class MovedFrame : public torch::autograd::Function<MovedFrame> {
  public:
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& before,
                          const Tensor& moved, std::shared_ptr<const std::vector<BlockMotion>> motions) {
        context->saved_data["motions"] =
            torch::IValue::make_capsule(c10::make_intrusive<Holder>(std::move(motions)));
        return moved.to(before.device(), torch::kFloat);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto capsule = context->saved_data["motions"].toCapsule();
        const std::vector<BlockMotion>& motions = *static_cast<const Holder&>(*capsule).motions;
        const Tensor gradient = gradients[0].cpu().contiguous();
        Tensor before = torch::zeros_like(gradient);
        const auto height = static_cast<int>(gradient.size(2)), width = static_cast<int>(gradient.size(3));
        at::parallel_for(0, gradient.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const BlockMotion& blocks = motions[static_cast<std::size_t>(i)];
                const float* from = gradient.data_ptr<float>() + i * gradient.stride(0);
                float* to = before.data_ptr<float>() + i * before.stride(0);
                for (int y = 0; y < blocks.ages.rows(); ++y)
                    for (int x = 0; x < blocks.ages.columns(); ++x)
                        if (blocks.ages.row(y)[x] != 0)
                            scatter_block(from, 8 * x, 8 * y, blocks.motion.row(y)[x], width, height, to);
            }
        });
        return {before.to(gradients[0].device()), Tensor(), Tensor()};
    }

  private:
    struct Holder : torch::CustomClassHolder {
        explicit Holder(std::shared_ptr<const std::vector<BlockMotion>> held) : motions(std::move(held)) {}
        std::shared_ptr<const std::vector<BlockMotion>> motions;
    };
};

}  // namespace

Tensor moved_frame(const Tensor& before, std::vector<BlockMotion> motions, const Tensor& moved) {
    return MovedFrame::apply(before, moved,
                             std::make_shared<const std::vector<BlockMotion>>(std::move(motions)));
}

}  // namespace jpegdeblock::training
