// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstring>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "model/file_kind.h"
#include "model/finite.h"
#include "model/tensor_checks.h"

namespace jpegdeblock {

namespace {

constexpr const char* kFormat = "jpegdeblock-golden";

Error invalid(const std::string& origin, const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "'" + origin + "' is not a valid golden file: " + problem + ".");
}

const Tensor& require(const Safetensors& content, const char* name, DataType type,
                      const std::vector<std::int64_t>& shape, const std::string& path) {
    const auto found = content.tensors.find(name);
    if (found == content.tensors.end()) throw invalid(path, std::string("tensor '") + name + "' is missing");
    const Tensor& tensor = found->second;
    if (tensor.type != type || tensor.shape != shape)
        throw invalid(path, std::string("tensor '") + name + "' is " + name_of(tensor.type) + " " +
                                shape_text(tensor.shape) + ", expected " + name_of(type) + " " +
                                shape_text(shape));
    return tensor;
}

void check_size(std::int64_t width, std::int64_t height, const std::string& origin) {
    // Large enough for every network's receptive field; keeps width * height far from overflow.
    constexpr std::int64_t kLargest = 16384;
    if (width < 8 || height < 8 || width % 8 != 0 || height % 8 != 0 || width > kLargest || height > kLargest)
        throw invalid(origin, "its picture has " + std::to_string(width) + "x" + std::to_string(height) +
                                  " pixels, expected multiples of 8 up to " + std::to_string(kLargest));
}

void check(const Golden& golden, const std::string& origin) {
    check_size(golden.width, golden.height, origin);
    const std::size_t pixels =
        static_cast<std::size_t>(golden.width) * static_cast<std::size_t>(golden.height);
    if (golden.luma.size() != pixels || golden.residual.size() != pixels)
        throw invalid(origin, "it has " + std::to_string(golden.luma.size()) + " samples of luma and " +
                                  std::to_string(golden.residual.size()) + " of the residual, expected " +
                                  std::to_string(pixels) + " of each");
    if (!golden.history.empty() && golden.history.size() != pixels)
        throw invalid(origin, "it has " + std::to_string(golden.history.size()) +
                                  " samples of history, expected " + std::to_string(pixels) + " or none");
    for (const std::uint16_t step : golden.table.step)
        if (step == 0) throw invalid(origin, "a quantization step is 0, expected 1..65535");
    if (const auto index = first_not_finite(golden.residual))
        throw invalid(origin, "its residual is not finite at element " + std::to_string(*index));
}

template <typename T>
Tensor plane_of(DataType type, const Golden& golden, const std::vector<T>& samples) {
    Tensor tensor = make_tensor(type, {golden.height, golden.width});
    std::memcpy(tensor.data.data(), samples.data(), tensor.data.size());
    return tensor;
}

}  // namespace

Golden load_golden(const std::string& path) {
    Safetensors content = read_safetensors(path);
    take_format(content, kFormat, path);
    const auto luma = content.tensors.find("luma");
    if (luma == content.tensors.end()) throw invalid(path, "tensor 'luma' is missing");
    const std::vector<std::int64_t> shape = luma->second.shape;
    if (shape.size() != 2)
        throw invalid(path,
                      "tensor 'luma' has the shape " + shape_text(shape) + ", expected [height, width]");
    check_size(shape[1], shape[0], path);

    Golden golden;
    golden.width = static_cast<int>(shape[1]);
    golden.height = static_cast<int>(shape[0]);
    const std::int64_t pixels = shape[0] * shape[1];
    const auto* samples = require(content, "luma", DataType::kU8, shape, path).as<std::uint8_t>();
    golden.luma.assign(samples, samples + pixels);
    if (content.tensors.contains("history")) {
        const auto* history = require(content, "history", DataType::kU8, shape, path).as<std::uint8_t>();
        golden.history.assign(history, history + pixels);
    }
    const auto* residual = require(content, "residual", DataType::kF32, shape, path).as<float>();
    golden.residual.assign(residual, residual + pixels);
    const auto* steps = require(content, "table", DataType::kI32, {64}, path).as<std::int32_t>();
    for (std::size_t i = 0; i < 64; ++i) {
        if (steps[i] < 1 || steps[i] > 65535)
            throw invalid(path,
                          "its quantization step " + std::to_string(steps[i]) + " is outside of 1..65535");
        golden.table.step[i] = static_cast<std::uint16_t>(steps[i]);
    }
    check(golden, path);
    return golden;
}

void save_golden(const std::string& path, const Golden& golden) {
    check(golden, path);
    Safetensors content;
    put_format(content, kFormat, golden.history.empty() ? kFirstFormatVersion : kFormatVersionOfHistory);
    if (!golden.history.empty()) content.tensors["history"] = plane_of(DataType::kU8, golden, golden.history);
    content.tensors["luma"] = plane_of(DataType::kU8, golden, golden.luma);
    content.tensors["residual"] = plane_of(DataType::kF32, golden, golden.residual);
    Tensor table = make_tensor(DataType::kI32, {64});
    std::copy(golden.table.step.begin(), golden.table.step.end(), table.as<std::int32_t>());
    content.tensors["table"] = std::move(table);
    write_safetensors(path, content);
}

}  // namespace jpegdeblock
