// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/convolution.h"

#include <cstring>
#include <string>
#include <utility>

#include "engine/cpu.h"
#include "engine/onednn.h"

namespace jpegdeblock {

namespace {

using dnnl::memory;

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

/// oneDNN 2.6's kernels in f32 for CPUs without AVX2 add a tensor wrongly.
bool copies_addend(const ConvolutionShape& shape) {
    return shape.output_type == memory::data_type::f32 && !shape.accumulate && !cpu_has(dnnl::cpu_isa::avx2);
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
      factors_layout_(onednn::factors_layout(shape.scaling, shape.output_channels)),
      addend_layout_({1, shape.output_channels, output_rows, shape.output_width()}, memory::data_type::f32,
                     memory::format_tag::nhwc) {
    const memory::dims weights_size = {shape.output_channels, shape.input_channels, shape.kernel,
                                       shape.kernel};
    const memory::desc weights(weights_size, shape.weights_type, weights_tag(shape));
    const memory::desc bias({shape.output_channels}, memory::data_type::f32, memory::format_tag::x);
    const memory::dims strides = {shape.stride, shape.stride};
    const memory::dims padding = {0, shape.padding};
    with_onednn("prepare a convolution of " + std::to_string(shape.input_channels) + " to " +
                    std::to_string(shape.output_channels) + " channels",
                [&] {
                    const dnnl::convolution_forward::primitive_desc primitive =
                        onednn::create_convolution(cpu_engine(), input_layout_, weights, bias, output_layout_,
                                                   strides, padding, attributes(shape));
                    weights_layout_ = primitive.weights_desc();
                    scratchpad_layout_ = primitive.scratchpad_desc();
                    convolution_ = dnnl::convolution_forward(primitive);
                });
}

dnnl::primitive_attr BandConvolution::attributes(const ConvolutionShape& shape) {
    dnnl::primitive_attr result;
    dnnl::post_ops chain;
    onednn::set_output_scaling(shape.scaling, factors_layout_, result, chain);
    if (shape.addend && copies_addend(shape)) {
        chain.append_sum();
    } else if (shape.addend) {
        addend_argument_ = DNNL_ARG_ATTR_MULTIPLE_POST_OP(chain.len()) | DNNL_ARG_SRC_1;
        chain.append_binary(dnnl::algorithm::binary_add, addend_layout_);
    }
    if (shape.accumulate) chain.append_sum(shape.sum_scale);
    if (shape.relu) onednn::append_relu(chain);
    result.set_post_ops(chain);
    result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return result;
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
    if (arguments.factors) arguments_[onednn::factors_argument()] = *arguments.factors;
    if (arguments.addend && convolution_->addend_argument_ == BandConvolution::kCopied)
        std::memcpy(arguments.output, arguments.addend->get_data_handle(), output_.get_desc().get_size());
    else if (arguments.addend)
        arguments_[convolution_->addend_argument_] = *arguments.addend;
    convolution_->convolution_.execute(stream, arguments_);
}

}  // namespace jpegdeblock
