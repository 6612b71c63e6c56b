// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <optional>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "model/finite.h"
#include "model/tensor_checks.h"

namespace jpegdeblock {

namespace {

using Shape = std::vector<std::int64_t>;

constexpr const char* kInt8Prefix = "int8.";

Error invalid(const std::string& origin, const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "'" + origin + "' is not a valid network: " + problem + ".");
}

void check_range(const std::string& origin, const char* field, int value, int lowest, int highest) {
    if (value < lowest || value > highest)
        throw invalid(origin, std::string("its ") + field + " is " + std::to_string(value) + ", expected " +
                                  std::to_string(lowest) + ".." + std::to_string(highest));
}

void check_finite(const std::string& origin, const char* field, float value) {
    if (!std::isfinite(value))
        throw invalid(origin, std::string("its ") + field + " is " + std::to_string(value) +
                                  ", expected a finite number");
}

void check_description(const NetworkDescription& network, const std::string& origin) {
    if (network.scale != 1 && network.scale != 2 && network.scale != 4 && network.scale != 8)
        throw invalid(origin, "its scale is " + std::to_string(network.scale) + ", expected 1, 2, 4 or 8");
    check_range(origin, "channels", network.channels, 1, 256);
    check_range(origin, "depth", network.depth, 2, 64);
    check_range(origin, "skip_interval", network.skip_interval, 0, 63);
    check_range(origin, "condition_width", network.condition_width, 1, 1024);
    check_finite(origin, "input_offset", network.input_offset);
    check_finite(origin, "input_scale", network.input_scale);
    check_finite(origin, "output_scale", network.output_scale);
    if (network.input_scale == 0 || network.output_scale == 0)
        throw invalid(origin, "its input_scale or output_scale is 0");
    if (network.architecture == Architecture::kDncnn &&
        (network.scale != 1 || network.conditioned || network.phase_bias || network.skip_interval != 0))
        throw invalid(origin,
                      "a dncnn must have scale 1, skip_interval 0, and neither conditioning nor phase_bias");
    if (network.temporal && (network.architecture != Architecture::kGrid || !network.conditioned ||
                             network.range != LumaRange::kFull || network.input_offset != 128 ||
                             network.input_scale != 1.0f / 128))
        throw invalid(origin,
                      "a temporal network must be a conditioned grid of full range with an input_offset "
                      "of 128 and an input_scale of 1/128");
}

std::map<std::string, Shape> expected_tensors(const NetworkDescription& network) {
    std::map<std::string, Shape> shapes;
    for (int layer = 0; layer < network.depth; ++layer) {
        const std::string name = "layers." + std::to_string(layer);
        shapes[name + ".weight"] = {output_channels(network, layer), input_channels(network, layer), 3, 3};
        shapes[name + ".bias"] = {output_channels(network, layer)};
    }
    if (network.phase_bias) shapes["phase_bias"] = {network.channels, 8 / network.scale, 8 / network.scale};
    if (network.conditioned) {
        const std::int64_t outputs = 2 * network.channels * (network.depth - 1);
        shapes["condition.0.weight"] = {network.condition_width, 64};
        shapes["condition.0.bias"] = {network.condition_width};
        shapes["condition.1.weight"] = {outputs, network.condition_width};
        shapes["condition.1.bias"] = {outputs};
    }
    return shapes;
}

std::map<std::string, Shape> expected_int8_tensors(const NetworkDescription& network) {
    std::map<std::string, Shape> shapes;
    for (int layer = 0; layer < network.depth; ++layer) {
        const std::string name = "int8.layers." + std::to_string(layer);
        shapes[name + ".weight_scale"] = {output_channels(network, layer)};
        shapes[name + ".bias_correction"] = {output_channels(network, layer)};
        if (layer < network.depth - 1) shapes[name + ".activation_scale"] = {};
    }
    return shapes;
}

void check_tensor(const std::string& name, const Tensor& tensor, const Shape& shape,
                  const std::string& origin) {
    const std::string subject = "tensor '" + name + "'";
    if (tensor.type != DataType::kF32)
        throw invalid(origin, subject + " has the type " + name_of(tensor.type) + ", expected F32");
    if (tensor.shape != shape)
        throw invalid(origin, subject + " has the shape " + shape_text(tensor.shape) + ", expected " +
                                  shape_text(shape));
    const std::size_t elements = static_cast<std::size_t>(tensor.elements());
    if (tensor.data.size() != elements * sizeof(float))
        throw invalid(origin, subject + " has " + std::to_string(tensor.data.size()) +
                                  " bytes of data, expected " + std::to_string(elements * sizeof(float)));
    if (const auto index = first_not_finite({tensor.as<float>(), elements}))
        throw invalid(origin, subject + " has " + std::to_string(tensor.as<float>()[*index]) +
                                  " at element " + std::to_string(*index) + ", expected finite weights");
}

void check_scales(const Model& model, const std::string& origin) {
    for (const auto& [name, tensor] : model.tensors) {
        if (!name.starts_with(kInt8Prefix) || !name.ends_with("_scale")) continue;
        const float* scales = tensor.as<float>();
        const float* end = scales + tensor.elements();
        const float* wrong = std::find_if(scales, end, [](float scale) { return scale <= 0; });
        if (wrong != end)
            throw invalid(origin, "tensor '" + name + "' has " + std::to_string(*wrong) + " at element " +
                                      std::to_string(wrong - scales) + ", expected scales above 0");
    }
    const float offset = model.network.input_offset;
    if (offset < 0 || offset > 255 || offset != std::floor(offset))
        throw invalid(origin, "its input_offset is " + std::to_string(offset) +
                                  ", expected an integer 0..255 in a network for int8");
}

}  // namespace

bool has_int8(const Model& model) {
    const auto first = model.tensors.lower_bound(kInt8Prefix);
    return first != model.tensors.end() && first->first.starts_with(kInt8Prefix);
}

void validate(const Model& model, const std::string& origin) {
    check_description(model.network, origin);
    std::map<std::string, Shape> expected = expected_tensors(model.network);
    if (has_int8(model)) expected.merge(expected_int8_tensors(model.network));
    for (const auto& [name, shape] : expected) {
        const auto found = model.tensors.find(name);
        if (found == model.tensors.end())
            throw invalid(origin, "tensor '" + name + "' is missing, expected F32 " + shape_text(shape));
        check_tensor(name, found->second, shape, origin);
    }
    if (has_int8(model)) check_scales(model, origin);
    for (const auto& [name, tensor] : model.tensors)
        if (!expected.contains(name))
            throw invalid(origin, "tensor '" + name + "' " + shape_text(tensor.shape) +
                                      " is not part of the network that its metadata describe");
}

}  // namespace jpegdeblock
