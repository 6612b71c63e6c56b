// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/onednn_compatibility.h"

namespace jpegdeblock {

/// What one layer computes, whatever the height of a band:
/// output = activation(scaling(weights * input, bias) [+ addend] [+ sum_scale * output's old content]),
/// rounded to nearest and limited where the output is of integers. Activations are stored row
/// by row, channels adjacent (NHWC). A band of n output rows reads input_rows(n) rows of input; padding above
/// and below is the caller's.
struct ConvolutionShape {
    int input_channels = 0;
    int output_channels = 0;
    std::int64_t input_width = 0;
    int kernel = 3;  ///< Side of the square kernel.
    int stride = 1;
    int padding = 1;  ///< Columns of zeros left and right of the input; input_width does not count them.
    dnnl::memory::data_type input_type = dnnl::memory::data_type::f32;
    dnnl::memory::data_type weights_type = dnnl::memory::data_type::f32;
    dnnl::memory::data_type output_type = dnnl::memory::data_type::f32;
    bool addend = false;      ///< Adds an f32 tensor of the output's shape.
    bool accumulate = false;  ///< Adds what the output holds already.
    float sum_scale = 1.0f;   ///< For accumulate.
    bool relu = false;
    onednn::OutputScaling scaling = {};

    std::int64_t output_width() const { return (input_width + 2 * padding - kernel) / stride + 1; }
    std::int64_t input_rows(std::int64_t output_rows) const { return (output_rows - 1) * stride + kernel; }
    std::size_t input_row_bytes() const;
    std::size_t output_row_bytes() const;

    bool operator==(const ConvolutionShape&) const = default;
};

/// The oneDNN primitive that computes a band of a fixed number of output rows. Immutable; any number of
/// threads may call it at once. Create and call it where OpenMP has one thread.
class BandConvolution {
  public:
    /// Errors: kEngine.
    BandConvolution(const ConvolutionShape& shape, std::int64_t output_rows);

    /// How the primitive wants its weights.
    const dnnl::memory::desc& weights_layout() const { return weights_layout_; }
    /// Of the factors of the output channels; zero where calls take none.
    const dnnl::memory::desc& factors_layout() const { return factors_layout_; }
    /// Of the addend: dense NHWC.
    const dnnl::memory::desc& addend_layout() const { return addend_layout_; }
    std::size_t scratchpad_bytes() const { return scratchpad_layout_.get_size(); }

  private:
    friend class BandConvolutionCall;

    dnnl::primitive_attr attributes(const ConvolutionShape& shape);

    dnnl::memory::desc input_layout_, output_layout_, weights_layout_, factors_layout_, addend_layout_,
        scratchpad_layout_;
    int addend_argument_ = kCopied;  ///< Where the call copies the addend into the output instead.

    static constexpr int kCopied = 0;
    dnnl::convolution_forward convolution_;
};

/// Calls a BandConvolution, on one thread at a time. Keeps oneDNN's descriptions of the arguments: creating
/// them for every call costs some percent of what small bands take.
class BandConvolutionCall {
  public:
    explicit BandConvolutionCall(std::shared_ptr<const BandConvolution> convolution);

    struct Arguments {
        const void* input = nullptr;
        const dnnl::memory* weights = nullptr;
        const dnnl::memory* bias = nullptr;
        const dnnl::memory* factors = nullptr;  ///< Only where factors_layout() is not zero.
        const dnnl::memory* addend = nullptr;   ///< Only where the shape has one.
        void* output = nullptr;
        void* scratchpad = nullptr;
    };
    void execute(const dnnl::stream& stream, const Arguments& arguments);

  private:
    std::shared_ptr<const BandConvolution> convolution_;
    std::unordered_map<int, dnnl::memory> arguments_;
    dnnl::memory input_, output_, scratchpad_;  ///< Those of arguments_.
};

}  // namespace jpegdeblock
