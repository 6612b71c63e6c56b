// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace jpegdeblock {

/// Element types that the project's files use.
enum class DataType { kF32, kI32, kI8, kU8 };

/// Bytes of one element.
std::size_t size_of(DataType type);

/// A dense tensor in row-major order that owns its data. An empty shape is a scalar.
struct Tensor {
    DataType type = DataType::kF32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> data;  ///< elements() * size_of(type) bytes, native little endian.

    std::int64_t elements() const;
    /// The elements as T (float, std::int32_t, std::int8_t or std::uint8_t). Undefined for a T that is not
    /// `type`'s.
    template <typename T>
    const T* as() const {
        return reinterpret_cast<const T*>(data.data());
    }
    template <typename T>
    T* as() {
        return reinterpret_cast<T*>(data.data());
    }
};

/// A tensor of a shape and type, filled with zeros. Errors: kInvalidArgument for a negative or too large
/// extent.
Tensor make_tensor(DataType type, std::vector<std::int64_t> shape);

/// Content of a safetensors file (https://github.com/huggingface/safetensors, "Format").
struct Safetensors {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> metadata;  ///< The header's `__metadata__`.
};

/// Reads a whole safetensors file. Every offset, shape and type is checked before any data is used;
/// the header may be at most 16 MiB (the format's own limit is 100 MB), the file at most 1 GiB.
/// Errors: kNotFound, kUnreadable, kInvalidFile; each names the file, what was found and what was expected.
Safetensors read_safetensors(const std::string& path);

/// Writes beside `path` and renames, so that `path` is always either the old or the new file, whole and
/// flushed to disk. Errors: kUnwritable names the path and the system's reason; kInvalidArgument for content
/// that the format cannot hold (data that do not fit type and shape, text that is not UTF-8, a tensor named
/// `__metadata__`, more than read_safetensors accepts). Nothing is left behind.
void write_safetensors(const std::string& path, const Safetensors& content);

}  // namespace jpegdeblock
