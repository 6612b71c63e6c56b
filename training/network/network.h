// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/model.h"

namespace jpegdeblock::training {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// low_frequency_step() of each row of steps [N, 64], in row order: [N].
torch::Tensor low_frequency_steps(const torch::Tensor& steps);

/// A network of NetworkDescription that LibTorch can train. Parameter names are those of Model's tensors;
/// batch normalisation (dncnn's inner layers, while training) adds layers.L.norm.{weight,bias,mean,variance}
/// and is folded into weight and bias on export.
class Network {
  public:
    /// Weights after He et al. (ICCV 2015), from `seed`; layers in which a skip ends start at a third of
    /// that, and the last layer at a hundredth, so that the first residuals are small.
    ///
    /// expansion: while
    /// training, the weight of each layer but the first and the last is layers.L.weight + layers.L.project
    /// [out, expansion] * layers.L.expand [expansion, in * 9]: a wider linear block beside it, as in SESR
    /// (Bhardwaj et al., MLSys 2022), which learns better and is one 3x3 convolution again on export. 0:
    /// none.
    ///
    /// identity_branch: while training, each hidden layer of as many inputs as outputs adds what it gets to
    /// what its convolution gives, before ReLU, so that its weight is layers.L.weight + identity (Zagoruyko
    /// and Komodakis, 'DiracNets', 2017; the identity branch of RepVGG, Ding et al., CVPR 2021): a deep stack
    /// without skips learns as one with them, and is that stack again on export. Weights then start at a
    /// third of He's deviation and the last layer at nothing. dncnn without batch normalisation only. Errors:
    /// kInvalidArgument.
    Network(const NetworkDescription& description, bool batch_norm, std::uint64_t seed, int expansion = 0,
            bool identity_branch = false);

    /// luma: [N, 1, H, W] f32 in levels, H and W multiples of 8 with the grid at (0, 0).
    /// steps: [N, 64] f32, quantization steps in row order. history: of temporal networks, as luma, -1..1;
    /// undefined: there is none. Returns the residual in levels, [N, 1, H, W].
    torch::Tensor forward(const torch::Tensor& luma, const torch::Tensor& steps,
                          const torch::Tensor& history = {}) const;

    /// Moves the network to a device (from the processor, where it is made); its inputs must be there too.
    /// Parameters and buffers are other tensors then: before an optimiser is made of them.
    void to(const torch::Device& device);
    const torch::Device& device() const { return device_; }

    /// Activations and the convolutions' weights in bfloat16 (sums in f32).
    void set_bfloat16(bool enabled) { bfloat16_ = enabled; }
    /// Rounds weights and the hidden layers' activations as int8 inference does, so that the network learns
    /// to do with that: an activation scale for each hidden layer (model.h), or none to stop. Gradients pass
    /// as if nothing was rounded. Not with batch normalisation. Errors: kInvalidArgument.
    void set_activation_scales(std::vector<double> scales);
    const std::vector<double>& activation_scales() const { return activation_scales_; }
    /// Batch normalisation with statistics of the batch (true) or the running ones.
    void set_training(bool enabled) { training_ = enabled; }

    /// What the optimiser changes.
    const NamedTensors& parameters() const { return parameters_; }
    /// Running statistics: belong into a checkpoint, not to the optimiser.
    const NamedTensors& buffers() const { return buffers_; }
    const NetworkDescription& description() const { return description_; }
    bool batch_norm() const { return batch_norm_; }

    /// A model with the given parameters and buffers in place of the network's own (an average, say), batch
    /// norm folded.
    Model export_model(const std::string& name, const std::map<std::string, std::string>& notes,
                       const NamedTensors& parameters, const NamedTensors& buffers) const;
    Model export_model(const std::string& name, const std::map<std::string, std::string>& notes) const {
        return export_model(name, notes, parameters_, buffers_);
    }

    /// Takes the weights of a model of the same description; linear blocks beside them start at nothing, and
    /// an identity branch is subtracted.
    /// Throws Error(kInvalidArgument) otherwise, and for networks with batch normalisation, which a folded
    /// model cannot restore.
    void load(const Model& model);

  private:
    torch::Tensor parameter(const std::string& name) const { return by_name_.at(name); }
    void add_parameter(const std::string& name, torch::Tensor value);
    void add_buffer(const std::string& name, torch::Tensor value);
    /// What is convolved with: the weights in units of `scale` [out]; undefined: 1.
    struct LayerWeight {
        torch::Tensor weight, scale;
    };
    LayerWeight layer_weight(int layer) const;
    bool has_identity_branch(int layer) const;
    /// The weight among `parameters` that a layer's convolution alone computes the same with as what is
    /// trained: with the linear block and the identity beside it.
    torch::Tensor folded_weight(const NamedTensors& parameters, int layer) const;
    torch::Tensor convolve(const torch::Tensor& input, const torch::Tensor& weight,
                           const torch::Tensor& bias = {}) const;
    torch::Tensor add_phase_bias(const torch::Tensor& input, const torch::Tensor& scale) const;
    torch::Tensor forward_layers(const torch::Tensor& input, const torch::Tensor& steps) const;
    torch::Tensor forward_normalized(const torch::Tensor& input) const;

    NetworkDescription description_;
    torch::Device device_ = torch::kCPU;
    bool batch_norm_ = false;
    bool identity_branch_ = false;
    bool bfloat16_ = false;
    bool training_ = true;
    std::vector<double> activation_scales_;  ///< Empty: nothing is rounded.
    NamedTensors parameters_;
    NamedTensors buffers_;
    std::map<std::string, torch::Tensor> by_name_;
};

}  // namespace jpegdeblock::training
