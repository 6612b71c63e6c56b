// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tiny_networks.h"

#include <array>

#include "sample_networks.h"

namespace jpegdeblock::fuzz {
namespace {

std::shared_ptr<const Model> share(Model model) {
    return std::make_shared<const Model>(std::move(model));
}

Model with_large_weights(Model model) {
    Tensor& tensor = model.tensors.at("layers.2.weight");
    for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] *= 1e30f;
    return model;
}

}  // namespace

std::shared_ptr<const Model> tiny_network(int number) {
    static const std::array<std::shared_ptr<const Model>, kTinyNetworks> networks = {
        share(test::sample_grid()), share(test::with_int8(test::sample_grid())),
        share(test::sample_temporal()), share(test::sample_dncnn()),
        share(with_large_weights(test::sample_grid()))};
    return networks[static_cast<std::size_t>(number)];
}

}  // namespace jpegdeblock::fuzz
