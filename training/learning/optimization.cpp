// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/optimization.h"

#include "learning/muon.h"

namespace jpegdeblock::training {
namespace {

std::vector<torch::Tensor> values(const NamedTensors& tensors) {
    std::vector<torch::Tensor> result;
    for (const auto& [name, value] : tensors) result.push_back(value);
    return result;
}

// Convolutions from hidden layer to hidden layer, and the wide factors of the blocks beside them.
bool is_hidden_matrix(const std::string& name, const torch::Tensor& value) {
    return (value.dim() == 4 && value.size(0) == value.size(1) && value.size(0) > 1) ||
           name.ends_with(".expand");
}

std::unique_ptr<Muon> make_muon(const Recipe& recipe, const Network& network) {
    std::vector<torch::Tensor> matrices, others;
    for (const auto& [name, value] : network.parameters())
        (is_hidden_matrix(name, value) ? matrices : others).push_back(value);
    return std::make_unique<Muon>(std::move(matrices), others, recipe.learning_rate, recipe.momentum);
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Recipe& recipe, const Network& network) {
    if (recipe.optimizer == OptimizerKind::kAdam)
        return std::make_unique<torch::optim::Adam>(values(network.parameters()),
                                                    torch::optim::AdamOptions(recipe.learning_rate));
    if (recipe.optimizer == OptimizerKind::kMuon) return make_muon(recipe, network);
    std::vector<torch::Tensor> decayed, others;
    for (const auto& [name, value] : network.parameters())
        (value.dim() == 4 ? decayed : others).push_back(value);
    const auto options = torch::optim::SGDOptions(recipe.learning_rate).momentum(recipe.momentum);
    auto decaying = torch::optim::SGDOptions(options).weight_decay(recipe.weight_decay);
    const std::vector<torch::optim::OptimizerParamGroup> groups = {
        {decayed, std::make_unique<torch::optim::SGDOptions>(decaying)},
        {others, std::make_unique<torch::optim::SGDOptions>(options)}};
    return std::make_unique<torch::optim::SGD>(groups, options);
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double learning_rate) {
    for (auto& group : optimizer.param_groups()) group.options().set_lr(learning_rate);
}

void clip_gradients(const Recipe& recipe, const Network& network) {
    if (recipe.clipping == ClippingKind::kNorm)
        torch::nn::utils::clip_grad_norm_(values(network.parameters()), recipe.clipping_limit);
    else
        torch::nn::utils::clip_grad_value_(values(network.parameters()), recipe.clipping_limit);
}

}  // namespace jpegdeblock::training
