// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

/// What differs between oneDNN 2 and 3. Nothing else of this project asks which of them there is.
namespace jpegdeblock::onednn {

dnnl::memory::dims dimensions_of(const dnnl::memory::desc& layout);

/// A direct convolution for inference. padding: before and after each dimension.
dnnl::convolution_forward::primitive_desc create_convolution(
    const dnnl::engine& engine, const dnnl::memory::desc& input, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& bias, const dnnl::memory::desc& output, const dnnl::memory::dims& strides,
    const dnnl::memory::dims& padding, const dnnl::primitive_attr& attributes);

void append_relu(dnnl::post_ops& chain);

/// What a convolution of integers does with the sums of its output channels before all else:
/// scale * gain * (sum + bias). oneDNN 2 fixes the scales when it creates the primitive, and multiplies by
/// the gains in a post-op; 3 takes the products of both, the factors, with each call, and adds the bias after
/// it has multiplied.
struct OutputScaling {
    std::vector<float> scales = {};  ///< For each output channel; empty: 1.
    bool gain = false;               ///< There is a gain for each output channel, given with each call.

    bool operator==(const OutputScaling&) const = default;
};

/// The first that is to be appended to `chain`.
void set_output_scaling(const OutputScaling& scaling, const dnnl::memory::desc& factors,
                        dnnl::primitive_attr& attributes, dnnl::post_ops& chain);

/// The layout of the factors that each call must be given; zero where it takes none.
dnnl::memory::desc factors_layout(const OutputScaling& scaling, int output_channels);

/// The name of the factors among the arguments of a call.
int factors_argument();

/// The factors for a call. gains: one for each output channel, 1 where there is none.
std::vector<float> call_factors(const OutputScaling& scaling, const std::vector<float>& gains);

/// The bias for a call, of that in units of the sums.
std::vector<float> call_bias(const OutputScaling& scaling, const std::vector<float>& gains,
                             const std::vector<float>& bias);

}  // namespace jpegdeblock::onednn
