// SPDX-License-Identifier: LGPL-2.1-or-later
#include "conditioned_activation.h"

#include <ATen/Parallel.h>

#include <vector>

#include "jpeg/target_clones.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// One image: positions x channels, channels adjacent.
JPEGDEBLOCK_TARGET_CLONES
void forward_image(const float* __restrict input, const float* __restrict gain, const float* __restrict shift,
                   const float* __restrict skip, float* __restrict output, int64_t positions,
                   int64_t channels) {
    for (int64_t p = 0; p < positions; ++p) {
        const float* in = input + p * channels;
        float* out = output + p * channels;
        if (skip != nullptr) {
            const float* added = skip + p * channels;
            for (int64_t c = 0; c < channels; ++c) {
                const float value = in[c] * gain[c] + shift[c] + added[c];
                out[c] = value > 0.0f ? value : 0.0f;
            }
        } else {
            for (int64_t c = 0; c < channels; ++c) {
                const float value = in[c] * gain[c] + shift[c];
                out[c] = value > 0.0f ? value : 0.0f;
            }
        }
    }
}

// `passed` is the gradient that the relu lets through: also the skip's gradient.
JPEGDEBLOCK_TARGET_CLONES
void backward_image(const float* __restrict gradient, const float* __restrict output,
                    const float* __restrict input, const float* __restrict gain, float* __restrict passed,
                    float* __restrict input_gradient, float* __restrict gain_gradient,
                    float* __restrict shift_gradient, int64_t positions, int64_t channels) {
    for (int64_t p = 0; p < positions; ++p) {
        const int64_t at = p * channels;
        for (int64_t c = 0; c < channels; ++c) {
            const float g = output[at + c] > 0.0f ? gradient[at + c] : 0.0f;
            passed[at + c] = g;
            input_gradient[at + c] = g * gain[c];
            gain_gradient[c] += g * input[at + c];
            shift_gradient[c] += g;
        }
    }
}

class ConditionedActivation : public torch::autograd::Function<ConditionedActivation> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& input_any, const Tensor& gain_any,
                          const Tensor& shift_any, const Tensor& skip_any) {
        const Tensor input = input_any.contiguous(at::MemoryFormat::ChannelsLast);
        const Tensor gain = gain_any.contiguous(), shift = shift_any.contiguous();
        const Tensor skip =
            skip_any.numel() > 0 ? skip_any.contiguous(at::MemoryFormat::ChannelsLast) : Tensor();
        const int64_t channels = input.size(1), positions = input.size(2) * input.size(3);
        Tensor output = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        const float* in = input.data_ptr<float>();
        const float* gains = gain.data_ptr<float>();
        const float* shifts = shift.data_ptr<float>();
        const float* added = skip.defined() ? skip.data_ptr<float>() : nullptr;
        float* out = output.data_ptr<float>();
        at::parallel_for(0, input.size(0), 1, [&](int64_t begin, int64_t end) {
            for (int64_t n = begin; n < end; ++n) {
                const int64_t at = n * positions * channels;
                forward_image(in + at, gains + n * channels, shifts + n * channels,
                              added != nullptr ? added + at : nullptr, out + at, positions, channels);
            }
        });
        context->save_for_backward({input, gain, output});
        context->saved_data["has_skip"] = skip.defined();
        return output;
    }

    static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
        const auto saved = context->get_saved_variables();
        const Tensor &input = saved[0], &gain = saved[1], &output = saved[2];
        const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        const int64_t channels = input.size(1), positions = input.size(2) * input.size(3);
        Tensor passed = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        Tensor input_gradient = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        Tensor gain_gradient = torch::zeros_like(gain), shift_gradient = torch::zeros_like(gain);
        const float* g = gradient.data_ptr<float>();
        const float* out = output.data_ptr<float>();
        const float* in = input.data_ptr<float>();
        const float* gains = gain.data_ptr<float>();
        float* pass = passed.data_ptr<float>();
        float* to_input = input_gradient.data_ptr<float>();
        float* to_gain = gain_gradient.data_ptr<float>();
        float* to_shift = shift_gradient.data_ptr<float>();
        at::parallel_for(0, input.size(0), 1, [&](int64_t begin, int64_t end) {
            for (int64_t n = begin; n < end; ++n) {
                const int64_t at = n * positions * channels;
                backward_image(g + at, out + at, in + at, gains + n * channels, pass + at, to_input + at,
                               to_gain + n * channels, to_shift + n * channels, positions, channels);
            }
        });
        return {input_gradient, gain_gradient, shift_gradient,
                context->saved_data["has_skip"].toBool() ? passed : Tensor()};
    }
};

}  // namespace

Tensor conditioned_activation(const Tensor& input, const Tensor& gain, const Tensor& shift,
                              const Tensor& skip) {
    // LibTorch's custom functions take no undefined tensors.
    return ConditionedActivation::apply(input, gain, shift, skip.defined() ? skip : torch::empty({0}));
}

}  // namespace jpegdeblock::training
