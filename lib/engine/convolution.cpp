// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/convolution.h"

#include <string>
#include <utility>

#include "engine/onednn.h"

namespace jpegdeblock {

namespace {

using dnnl::memory;

constexpr int kEachChannel = 1 << 1;

/// The name of a post-op's argument, by its place in the chain.
constexpr int post_op_argument(int place) {
    return DNNL_ARG_ATTR_MULTIPLE_POST_OP(place) | DNNL_ARG_SRC_1;
}

/// The layout to ask for the weights in. For int8 oneDNN 2.6 likes kernels of its brgemm family best, which
/// take 20 times as much memory and as long to make as the ones before them, and are up to 14 % slower where
/// a gain multiplies. Weights in a layout that only the earlier ones know leave those. AMX is theirs alone.
memory::format_tag weights_tag(const ConvolutionShape& shape) {
    constexpr int kVector = 16;
    const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
    const bool vnni = isa == dnnl::cpu_isa::avx512_core_vnni || isa == dnnl::cpu_isa::avx512_core_bf16;
    const bool whole = shape.input_channels % kVector == 0 && shape.output_channels % kVector == 0;
    return vnni && whole && shape.weights_type == memory::data_type::s8 ? memory::format_tag::OIhw4i16o4i
                                                                        : memory::format_tag::any;
}

dnnl::primitive_attr attributes(const ConvolutionShape& shape, const memory::desc& gain_layout,
                                const memory::desc& addend_layout) {
    dnnl::post_ops chain;
    if (shape.gain) chain.append_binary(dnnl::algorithm::binary_mul, gain_layout);
    if (shape.addend) chain.append_binary(dnnl::algorithm::binary_add, addend_layout);
    if (shape.accumulate) chain.append_sum(shape.sum_scale);
    if (shape.relu) chain.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
    dnnl::primitive_attr result;
    result.set_post_ops(chain);
    if (!shape.output_scales.empty()) result.set_output_scales(kEachChannel, shape.output_scales);
    result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return result;
}

}  // namespace

std::size_t ConvolutionShape::input_row_bytes() const {
    return static_cast<std::size_t>(input_width) * input_channels * memory::data_type_size(input_type);
}

std::size_t ConvolutionShape::output_row_bytes() const {
    return static_cast<std::size_t>(output_width()) * output_channels * memory::data_type_size(output_type);
}

BandConvolution::BandConvolution(const ConvolutionShape& shape, std::int64_t output_rows)
    : input_layout_({1, shape.input_channels, shape.input_rows(output_rows), shape.input_width},
                    shape.input_type, memory::format_tag::nhwc),
      output_layout_({1, shape.output_channels, output_rows, shape.output_width()}, shape.output_type,
                     memory::format_tag::nhwc),
      gain_layout_({1, shape.output_channels, 1, 1}, memory::data_type::f32, memory::format_tag::nhwc),
      addend_layout_(output_layout_.dims(), memory::data_type::f32, memory::format_tag::nhwc) {
    const memory::dims weights_size = {shape.output_channels, shape.input_channels, shape.kernel,
                                       shape.kernel};
    const memory::desc weights(weights_size, shape.weights_type, weights_tag(shape));
    const memory::desc bias({shape.output_channels}, memory::data_type::f32, memory::format_tag::x);
    const memory::dims strides = {shape.stride, shape.stride};
    const memory::dims padding = {0, shape.padding};
    with_onednn("prepare a convolution of " + std::to_string(shape.input_channels) + " to " +
                    std::to_string(shape.output_channels) + " channels",
                [&] {
                    const dnnl::convolution_forward::desc operation(
                        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
                        input_layout_, weights, bias, output_layout_, strides, padding, padding);
                    const dnnl::convolution_forward::primitive_desc primitive(
                        operation, attributes(shape, gain_layout_, addend_layout_), cpu_engine());
                    weights_layout_ = primitive.weights_desc();
                    scratchpad_layout_ = primitive.scratchpad_desc();
                    convolution_ = dnnl::convolution_forward(primitive);
                });
}

BandConvolutionCall::BandConvolutionCall(std::shared_ptr<const BandConvolution> convolution)
    : convolution_(std::move(convolution)) {
    const auto unbound = [](const memory::desc& layout) { return memory(layout, cpu_engine(), nullptr); };
    with_onednn("describe the arguments of a convolution", [&] {
        input_ = unbound(convolution_->input_layout_);
        output_ = unbound(convolution_->output_layout_);
        scratchpad_ = unbound(convolution_->scratchpad_layout_);
    });
    arguments_ = {{DNNL_ARG_SRC, input_}, {DNNL_ARG_DST, output_}, {DNNL_ARG_SCRATCHPAD, scratchpad_}};
}

void BandConvolutionCall::execute(const dnnl::stream& stream, const Arguments& arguments) {
    input_.set_data_handle(const_cast<void*>(arguments.input));
    output_.set_data_handle(arguments.output);
    scratchpad_.set_data_handle(arguments.scratchpad);
    arguments_[DNNL_ARG_WEIGHTS] = *arguments.weights;
    arguments_[DNNL_ARG_BIAS] = *arguments.bias;
    if (arguments.gain) arguments_[post_op_argument(0)] = *arguments.gain;
    if (arguments.addend) arguments_[post_op_argument(arguments.gain ? 1 : 0)] = *arguments.addend;
    convolution_->convolution_.execute(stream, arguments_);
}

}  // namespace jpegdeblock
