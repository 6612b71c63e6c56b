// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/onednn_compatibility.h"

#include <cstddef>
#include <string_view>

namespace jpegdeblock::onednn {

using dnnl::memory;

#if DNNL_VERSION_MAJOR < 3

namespace {

constexpr int kEachOutput = 1 << 1;

}  // namespace

memory::dims dimensions_of(const memory::desc& layout) {
    return layout.dims();
}

dnnl::convolution_forward::primitive_desc create_convolution(
    const dnnl::engine& engine, const memory::desc& input, const memory::desc& weights,
    const memory::desc& bias, const memory::desc& output, const memory::dims& strides,
    const memory::dims& padding, const dnnl::primitive_attr& attributes) {
    const dnnl::convolution_forward::desc operation(dnnl::prop_kind::forward_inference,
                                                    dnnl::algorithm::convolution_direct, input, weights, bias,
                                                    output, strides, padding, padding);
    return {operation, attributes, engine};
}

void append_relu(dnnl::post_ops& chain) {
    chain.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
}

void set_output_scaling(const OutputScaling& scaling, const memory::desc& factors,
                        dnnl::primitive_attr& attributes, dnnl::post_ops& chain) {
    if (!scaling.scales.empty()) attributes.set_output_scales(kEachOutput, scaling.scales);
    if (scaling.gain) chain.append_binary(dnnl::algorithm::binary_mul, factors);
}

memory::desc factors_layout(const OutputScaling& scaling, int output_channels) {
    if (!scaling.gain) return {};
    return {{1, output_channels, 1, 1}, memory::data_type::f32, memory::format_tag::nhwc};
}

int factors_argument() {
    return DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1;
}

std::vector<float> call_factors(const OutputScaling&, const std::vector<float>& gains) {
    return gains;
}

std::vector<float> call_bias(const OutputScaling&, const std::vector<float>&,
                             const std::vector<float>& bias) {
    return bias;
}

#else

namespace {

constexpr int kEachOutput = 1 << 0;  // Of the weights' dimensions.

constexpr std::string_view kNotForSingleChannels = "brg_conv_fwd:avx512_core";

bool is_single_channel_of_bytes(const memory::desc& input) {
    return input.get_data_type() == memory::data_type::u8 && input.get_dims()[1] == 1;
}

}  // namespace

memory::dims dimensions_of(const memory::desc& layout) {
    return layout.get_dims();
}

dnnl::convolution_forward::primitive_desc create_convolution(
    const dnnl::engine& engine, const memory::desc& input, const memory::desc& weights,
    const memory::desc& bias, const memory::desc& output, const memory::dims& strides,
    const memory::dims& padding, const dnnl::primitive_attr& attributes) {
    dnnl::convolution_forward::primitive_desc operation(engine, dnnl::prop_kind::forward_inference,
                                                        dnnl::algorithm::convolution_direct, input, weights,
                                                        bias, output, strides, padding, padding, attributes);
    // oneDNN 3.7 computes networks of one input channel (dncnn) wrongly in int8 with AVX-512 without VNNI by
    // its first choice there; all others are right.
    while (is_single_channel_of_bytes(input) && operation.impl_info_str() == kNotForSingleChannels &&
           operation.next_impl()) {
    }
    return operation;
}

void append_relu(dnnl::post_ops& chain) {
    chain.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
}

void set_output_scaling(const OutputScaling&, const memory::desc& factors, dnnl::primitive_attr& attributes,
                        dnnl::post_ops&) {
    if (!factors.is_zero()) attributes.set_scales_mask(DNNL_ARG_WEIGHTS, kEachOutput);
}

memory::desc factors_layout(const OutputScaling& scaling, int output_channels) {
    if (scaling.scales.empty() && !scaling.gain) return {};
    return {{output_channels}, memory::data_type::f32, memory::format_tag::x};
}

int factors_argument() {
    return DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS;
}

std::vector<float> call_factors(const OutputScaling& scaling, const std::vector<float>& gains) {
    std::vector<float> factors = gains;
    for (std::size_t i = 0; i < scaling.scales.size(); ++i) factors[i] *= scaling.scales[i];
    return factors;
}

std::vector<float> call_bias(const OutputScaling& scaling, const std::vector<float>& gains,
                             const std::vector<float>& bias) {
    std::vector<float> scaled = call_factors(scaling, gains);
    for (std::size_t i = 0; i < bias.size(); ++i) scaled[i] *= bias[i];
    return scaled;
}

#endif

}  // namespace jpegdeblock::onednn
