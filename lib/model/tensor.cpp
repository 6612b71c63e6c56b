// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>

#include <array>
#include <utility>

#include "model/safetensors.h"
#include "model/tensor_checks.h"

namespace jpegdeblock {

namespace {

struct TypeTraits {
    DataType type;
    const char* name;
    std::size_t size;
};

// In the order of DataType.
constexpr std::array<TypeTraits, 4> kTypes = {{{DataType::kF32, "F32", 4},
                                               {DataType::kI32, "I32", 4},
                                               {DataType::kI8, "I8", 1},
                                               {DataType::kU8, "U8", 1}}};

}  // namespace

std::size_t size_of(DataType type) {
    return kTypes[static_cast<std::size_t>(type)].size;
}

const char* name_of(DataType type) {
    return kTypes[static_cast<std::size_t>(type)].name;
}

std::optional<DataType> data_type_named(const std::string& name) {
    for (const TypeTraits& traits : kTypes)
        if (name == traits.name) return traits.type;
    return std::nullopt;
}

std::optional<std::int64_t> checked_byte_count(DataType type, const std::vector<std::int64_t>& shape) {
    std::int64_t bytes = static_cast<std::int64_t>(size_of(type));
    for (const std::int64_t extent : shape)
        if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
    return bytes;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const std::int64_t extent : shape) {
        if (text.size() > 1) text += ", ";
        text += std::to_string(extent);
    }
    return text + "]";
}

std::int64_t Tensor::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape) product *= extent;
    return product;
}

Tensor make_tensor(DataType type, std::vector<std::int64_t> shape) {
    const std::optional<std::int64_t> bytes = checked_byte_count(type, shape);
    if (!bytes)
        throw Error(ErrorCode::kInvalidArgument,
                    "The tensor shape " + shape_text(shape) + " has a negative or too large extent.");
    Tensor tensor{type, std::move(shape), {}};
    tensor.data.resize(static_cast<std::size_t>(*bytes));
    return tensor;
}

}  // namespace jpegdeblock
