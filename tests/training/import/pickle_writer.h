// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Writes pickles as Python's does (protocol 2), piece by piece.
namespace pickle_writer {

inline std::string little_endian(std::uint64_t value, int bytes) {
    std::string result;
    for (int i = 0; i < bytes; ++i) result += static_cast<char>(value >> (8 * i));
    return result;
}

inline std::string text(const std::string& value) {
    return "X" + little_endian(value.size(), 4) + value;
}

inline std::string integer(std::int32_t value) {
    return "J" + little_endian(static_cast<std::uint32_t>(value), 4);
}

inline std::string tuple(const std::vector<int>& values) {
    std::string result = "(";
    for (const int value : values) result += integer(value);
    return result + "t";
}

inline std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}

inline std::string empty_ordered_dict() {
    return global("collections", "OrderedDict") + ")R";
}

struct StoredTensor {
    std::string name;
    std::string storage_type;  ///< FloatStorage, ...
    std::string key;           ///< Of its storage.
    int elements = 0;          ///< Of its storage.
    std::vector<int> shape, strides;
    int offset = 0;
};

/// A tensor; legacy: with the view of before PyTorch 1.6 (none).
inline std::string tensor(const StoredTensor& stored, bool legacy) {
    return global("torch._utils", "_rebuild_tensor_v2") + "((" + text("storage") +
           global("torch", stored.storage_type) + text(stored.key) + text("cpu") + integer(stored.elements) +
           (legacy ? "N" : "") + "tQ" + integer(stored.offset) + tuple(stored.shape) + tuple(stored.strides) +
           "\x89" + empty_ordered_dict() + "tR";
}

/// A state_dict: an OrderedDict with versions of modules as an attribute.
inline std::string state_dict(const std::vector<StoredTensor>& tensors, bool legacy = false) {
    std::string result = empty_ordered_dict() + "(";
    for (const StoredTensor& stored : tensors) result += text(stored.name) + tensor(stored, legacy);
    return result + "u}" + text("_metadata") + empty_ordered_dict() + "sb";
}

inline std::string whole(const std::string& content) {
    return "\x80\x02" + content + ".";
}

}  // namespace pickle_writer
