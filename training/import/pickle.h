// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace jpegdeblock::training {

/// Memory that tensors lie in, stored elsewhere in the file.
struct StorageReference {
    std::string type;  ///< "FloatStorage", ...
    std::string key;
    std::int64_t elements = 0;
};

/// A tensor as PyTorch pickles it.
struct TensorReference {
    StorageReference storage;
    std::int64_t offset = 0;  ///< In elements, as the strides.
    std::vector<std::int64_t> shape, strides;
};

struct PickleValue;
/// A tuple or a list.
using PickleSequence = std::vector<PickleValue>;
using PickleDictionary = std::vector<std::pair<PickleValue, PickleValue>>;
/// The name of a Python class or function, module first.
struct PickleGlobal {
    std::string name;
};

/// std::monostate: None, or a value that nothing here needs (big integers, for example).
struct PickleValue
    : std::variant<std::monostate, bool, std::int64_t, double, std::string, PickleGlobal, StorageReference,
                   TensorReference, std::shared_ptr<PickleSequence>, std::shared_ptr<PickleDictionary>> {
    using variant::variant;

    /// The value if it is a T, else nullptr.
    template <typename T>
    const T* as() const {
        return std::get_if<T>(this);
    }
    const PickleSequence* sequence() const {
        const auto* held = as<std::shared_ptr<PickleSequence>>();
        return held != nullptr ? held->get() : nullptr;
    }
    const PickleDictionary* dictionary() const {
        const auto* held = as<std::shared_ptr<PickleDictionary>>();
        return held != nullptr ? held->get() : nullptr;
    }
};

/// Reads one object in Python's pickle format (protocols 2 to 4; opcodes as documented in Python's
/// pickletools) from the start of `bytes` and removes it from there. Unlike Python's it runs no code: it
/// knows dictionaries, lists, tuples, numbers, texts and PyTorch's tensors, and refuses everything else with
/// an Error(kInvalidFile) that names it; also what is damaged, or larger than a dictionary of tensors needs
/// to be.
PickleValue read_pickle(std::span<const std::uint8_t>& bytes);

}  // namespace jpegdeblock::training
