// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/conditioned_activation.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "jpeg/target_clones.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// How activations lie in memory: as floats, or as bfloat16, the upper half of a float, which halves the
// traffic.
float load(float value) {
    return value;
}

float load(std::uint16_t value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

void store(float value, float& place) {
    place = value;
}

// Rounds to the nearest, ties to even. What is not finite ends the training anyway.
void store(float value, std::uint16_t& place) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    place = static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// What int8 inference makes of an activation.
struct Rounding {
    float scale;
    float reciprocal;  // Of the scale; 0: activations stay as they are.

    [[gnu::always_inline]] float operator()(float activation) const {
        // Nothing that counts, but above zero: backward tells by it that the relu was open.
        constexpr float kOpen = 1e-20f;
        const float rounded = std::min(std::rint(activation * reciprocal), 255.0f) * scale;
        return activation > 0.0f ? std::max(rounded, kOpen) : 0.0f;
    }
};

// One image: positions x channels, channels adjacent.
template <typename Sample, typename Activation>
[[gnu::always_inline]] inline void forward_image(const Sample* __restrict input, const float* __restrict gain,
                                                 const float* __restrict shift, const Sample* __restrict skip,
                                                 Sample* __restrict output, int64_t positions,
                                                 int64_t channels, const Activation& activation) {
    for (int64_t p = 0; p < positions; ++p) {
        const Sample* in = input + p * channels;
        Sample* out = output + p * channels;
        if (skip != nullptr) {
            const Sample* added = skip + p * channels;
            for (int64_t c = 0; c < channels; ++c)
                store(activation(load(in[c]) * gain[c] + shift[c] + load(added[c])), out[c]);
        } else {
            for (int64_t c = 0; c < channels; ++c)
                store(activation(load(in[c]) * gain[c] + shift[c]), out[c]);
        }
    }
}

// A fixed number of positions, so that their sums stay in registers.
template <int kPositions, typename Sample>
[[gnu::always_inline]] inline void backward_positions(
    const Sample* __restrict gradient, const Sample* __restrict output, const Sample* __restrict input,
    const float* __restrict gain, Sample* __restrict passed, Sample* __restrict input_gradient,
    float* __restrict gain_gradient, float* __restrict shift_gradient, int64_t channels, float limit) {
#pragma GCC ivdep
    for (int64_t c = 0; c < channels; ++c) {
        float gain_sum = 0, shift_sum = 0;
#pragma GCC unroll 8
        for (int p = 0; p < kPositions; ++p) {
            const int64_t at = p * channels + c;
            const float incoming = load(gradient[at]);
            const float activation = load(output[at]);
            const float g = activation > 0.0f && activation < limit ? incoming : 0.0f;
            store(g, passed[at]);
            store(g * gain[c], input_gradient[at]);
            gain_sum += g * load(input[at]);
            shift_sum += g;
        }
        gain_gradient[c] += gain_sum;
        shift_gradient[c] += shift_sum;
    }
}

// `passed` is the gradient that the relu lets through: also the skip's gradient.
template <typename Sample>
[[gnu::always_inline]] inline void backward_image(const Sample* gradient, const Sample* output,
                                                  const Sample* input, const float* gain, Sample* passed,
                                                  Sample* input_gradient, float* gain_gradient,
                                                  float* shift_gradient, int64_t positions, int64_t channels,
                                                  float limit) {
    constexpr int kTogether = 8;
    int64_t p = 0;
    for (; p + kTogether <= positions; p += kTogether) {
        const int64_t at = p * channels;
        backward_positions<kTogether>(gradient + at, output + at, input + at, gain, passed + at,
                                      input_gradient + at, gain_gradient, shift_gradient, channels, limit);
    }
    for (; p < positions; ++p) {
        const int64_t at = p * channels;
        backward_positions<1>(gradient + at, output + at, input + at, gain, passed + at, input_gradient + at,
                              gain_gradient, shift_gradient, channels, limit);
    }
}

// Templates cannot be compiled for several processors, so each kind of sample has its functions.
#define JPEGDEBLOCK_DEFINE_FOR(Sample)                                                                       \
    JPEGDEBLOCK_TARGET_CLONES                                                                                \
    void forward(const Sample* input, const float* gain, const float* shift, const Sample* skip,             \
                 Sample* output, int64_t positions, int64_t channels, Rounding rounding) {                   \
        if (rounding.reciprocal > 0.0f)                                                                      \
            forward_image(input, gain, shift, skip, output, positions, channels, rounding);                  \
        else                                                                                                 \
            forward_image(input, gain, shift, skip, output, positions, channels,                             \
                          [](float activation) { return std::max(activation, 0.0f); });                      \
    }                                                                                                        \
    JPEGDEBLOCK_TARGET_CLONES                                                                                \
    void backward(const Sample* gradient, const Sample* output, const Sample* input, const float* gain,      \
                  Sample* passed, Sample* input_gradient, float* gain_gradient, float* shift_gradient,       \
                  int64_t positions, int64_t channels, float limit) {                                        \
        backward_image(gradient, output, input, gain, passed, input_gradient, gain_gradient, shift_gradient, \
                       positions, channels, limit);                                                          \
    }
JPEGDEBLOCK_DEFINE_FOR(float)
JPEGDEBLOCK_DEFINE_FOR(std::uint16_t)
#undef JPEGDEBLOCK_DEFINE_FOR

template <typename Sample>
Sample* samples(const Tensor& tensor) {
    return tensor.defined() ? static_cast<Sample*>(tensor.data_ptr()) : nullptr;
}

// The batch's images in parallel.
template <typename Sample>
void forward_batch(const Tensor& input, const Tensor& gain, const Tensor& shift, const Tensor& skip,
                   const Tensor& output, Rounding rounding) {
    const int64_t channels = input.size(1), positions = input.size(2) * input.size(3);
    at::parallel_for(0, input.size(0), 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
            const int64_t at = n * positions * channels;
            const Sample* added = skip.defined() ? samples<Sample>(skip) + at : nullptr;
            jpegdeblock::training::forward(samples<Sample>(input) + at, gain.data_ptr<float>() + n * channels,
                                           shift.data_ptr<float>() + n * channels, added,
                                           samples<Sample>(output) + at, positions, channels, rounding);
        }
    });
}

template <typename Sample>
void backward_batch(const Tensor& gradient, const Tensor& output, const Tensor& input, const Tensor& gain,
                    const Tensor& passed, const Tensor& input_gradient, const Tensor& gain_gradient,
                    const Tensor& shift_gradient, float limit) {
    const int64_t channels = input.size(1), positions = input.size(2) * input.size(3);
    at::parallel_for(0, input.size(0), 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
            const int64_t at = n * positions * channels, row = n * channels;
            jpegdeblock::training::backward(
                samples<Sample>(gradient) + at, samples<Sample>(output) + at, samples<Sample>(input) + at,
                gain.data_ptr<float>() + row, samples<Sample>(passed) + at,
                samples<Sample>(input_gradient) + at, gain_gradient.data_ptr<float>() + row,
                shift_gradient.data_ptr<float>() + row, positions, channels, limit);
        }
    });
}

class ConditionedActivation : public torch::autograd::Function<ConditionedActivation> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& input_any, const Tensor& gain_any,
                          const Tensor& shift_any, const Tensor& skip_any, double scale) {
        const Tensor input = input_any.contiguous(at::MemoryFormat::ChannelsLast);
        const Tensor gain = gain_any.contiguous(), shift = shift_any.contiguous();
        const Tensor skip =
            skip_any.numel() > 0 ? skip_any.contiguous(at::MemoryFormat::ChannelsLast) : Tensor();
        Tensor output = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        const auto factor = static_cast<float>(scale);
        const Rounding rounding{factor, scale > 0 ? 1 / factor : 0.0f};
        if (input.scalar_type() == torch::kBFloat16)
            forward_batch<std::uint16_t>(input, gain, shift, skip, output, rounding);
        else
            forward_batch<float>(input, gain, shift, skip, output, rounding);
        context->save_for_backward({input, gain, output});
        context->saved_data["has_skip"] = skip.defined();
        // What is stored of activations that were cut off; bfloat16 may store one or two below it alike.
        context->saved_data["limit"] =
            scale > 0 ? torch::full({}, 255.0f * factor).to(input.scalar_type()).item<double>()
                      : double{std::numeric_limits<float>::infinity()};
        return output;
    }

    static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
        const auto saved = context->get_saved_variables();
        const Tensor &input = saved[0], &gain = saved[1], &output = saved[2];
        const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        Tensor passed = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        Tensor input_gradient = torch::empty_like(input, at::MemoryFormat::ChannelsLast);
        Tensor gain_gradient = torch::zeros_like(gain), shift_gradient = torch::zeros_like(gain);
        const auto limit = static_cast<float>(context->saved_data["limit"].toDouble());
        if (input.scalar_type() == torch::kBFloat16)
            backward_batch<std::uint16_t>(gradient, output, input, gain, passed, input_gradient,
                                          gain_gradient, shift_gradient, limit);
        else
            backward_batch<float>(gradient, output, input, gain, passed, input_gradient, gain_gradient,
                                  shift_gradient, limit);
        return {input_gradient, gain_gradient, shift_gradient,
                context->saved_data["has_skip"].toBool() ? passed : Tensor(), Tensor()};
    }
};

}  // namespace

Tensor conditioned_activation(const Tensor& input, const Tensor& gain, const Tensor& shift,
                              const Tensor& skip, float scale) {
    if (!input.is_cpu()) return activation_by_operators(input, gain, shift, skip, scale);
    // LibTorch's custom functions take no undefined tensors.
    return ConditionedActivation::apply(input, gain, shift, skip.defined() ? skip : torch::empty({0}),
                                        double{scale});
}

Tensor activation_by_operators(const Tensor& input, const Tensor& gain, const Tensor& shift,
                               const Tensor& skip, float scale) {
    const auto per_channel = [](const Tensor& values) { return values.unsqueeze(2).unsqueeze(3); };
    Tensor value = torch::addcmul(per_channel(shift), input.to(torch::kFloat), per_channel(gain));
    if (skip.defined()) value = value + skip;
    value = torch::relu(value);
    if (scale > 0) {
        // Where it is cut off, to 255 at the most, no gradient passes.
        value = torch::where(value < 254.5f * scale, value, value.detach().clamp_max(255 * scale));
        value = value + (torch::round(value / scale) * scale - value).detach();
    }
    return value.to(input.scalar_type());
}

}  // namespace jpegdeblock::training
