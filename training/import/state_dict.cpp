// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import/state_dict.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Exception.h>
#include <c10/util/Half.h>
#include <caffe2/serialize/in_memory_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <jpegdeblock/error.h>

#include <cstring>
#include <functional>
#include <optional>
#include <span>

#include "import/pickle.h"
#include "jpeg/luma_codec.h"

namespace jpegdeblock::training {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Span = std::span<const std::uint8_t>;
/// Gives the bytes of a storage, which are valid as long as the reader.
using StorageReader = std::function<Span(const StorageReference&)>;

constexpr std::int64_t kMostElements = std::int64_t{1} << 26;  ///< Of a tensor, or storage.
/// Of all tensors, which may lie in the same storage: as many as a model's file holds.
constexpr std::int64_t kMostInAll = std::int64_t{1} << 28;

Error invalid(const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, problem);
}

/// Bytes of an element; 0 for types that hold no floating-point numbers.
std::size_t element_size(const std::string& storage_type) {
    if (storage_type == "FloatStorage") return 4;
    if (storage_type == "DoubleStorage") return 8;
    if (storage_type == "HalfStorage" || storage_type == "BFloat16Storage") return 2;
    return 0;
}

template <typename T>
float element(Span bytes, std::size_t index) {
    T value;
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    return static_cast<float>(value);
}

float element(const std::string& storage_type, Span bytes, std::size_t index) {
    if (storage_type == "FloatStorage") return element<float>(bytes, index);
    if (storage_type == "DoubleStorage") return element<double>(bytes, index);
    if (storage_type == "HalfStorage") return element<c10::Half>(bytes, index);
    return element<c10::BFloat16>(bytes, index);
}

/// How many elements the tensor has, which lie within its storage.
std::int64_t elements_of(const std::string& name, const TensorReference& reference) {
    const auto& [storage, offset, shape, strides] = reference;
    if (shape.size() != strides.size() || shape.size() > 8 || offset < 0 || storage.elements < 0 ||
        storage.elements > kMostElements)
        throw invalid("tensor '" + name + "' has an impossible size");
    std::int64_t count = 1, last = offset;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] < 1 || shape[i] > kMostElements / count || strides[i] < 0 || strides[i] > kMostElements)
            throw invalid("tensor '" + name + "' has an impossible size");
        count *= shape[i];
        last += (shape[i] - 1) * strides[i];
    }
    if (last >= storage.elements) throw invalid("tensor '" + name + "' reaches beyond its storage");
    return count;
}

Tensor to_tensor(const std::string& name, const TensorReference& reference, const StorageReader& read) {
    const auto& [storage, offset, shape, strides] = reference;
    const std::int64_t count = elements_of(name, reference);
    const Span bytes = read(storage);
    if (bytes.size() < static_cast<std::size_t>(storage.elements) * element_size(storage.type))
        throw invalid("the data of tensor '" + name + "' end early");
    Tensor tensor = make_tensor(DataType::kF32, shape);
    std::vector<std::int64_t> index(shape.size(), 0);
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t at = offset;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) at += index[axis] * strides[axis];
        const float value = element(storage.type, bytes, static_cast<std::size_t>(at));
        std::memcpy(tensor.data.data() + static_cast<std::size_t>(i) * sizeof value, &value, sizeof value);
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < shape[axis]) break;
            index[axis] = 0;
        }
    }
    return tensor;
}

const PickleDictionary& state_dict_in(const PickleValue& root) {
    const PickleDictionary* dictionary = root.dictionary();
    if (dictionary == nullptr) throw invalid("it holds no dictionary of tensors");
    for (const auto& [key, value] : *dictionary) {
        const auto* name = key.as<std::string>();
        if (name != nullptr && value.dictionary() != nullptr &&
            (*name == "state_dict" || *name == "params" || *name == "params_ema" || *name == "model"))
            return *value.dictionary();
    }
    return *dictionary;
}

std::map<std::string, Tensor> to_tensors(const PickleValue& root, const StorageReader& read) {
    std::vector<std::pair<std::string, const TensorReference*>> references;
    std::int64_t elements = 0;
    for (const auto& [key, value] : state_dict_in(root)) {
        const auto* name = key.as<std::string>();
        const auto* reference = value.as<TensorReference>();
        if (name == nullptr || reference == nullptr)
            throw invalid("its dictionary has " +
                          (name != nullptr ? "'" + *name + "', which is" : "entries that are") +
                          " no tensor; a state_dict is expected");
        if (element_size(reference->storage.type) == 0) continue;
        elements += elements_of(*name, *reference);
        references.emplace_back(*name, reference);
    }
    if (elements > kMostInAll) throw invalid("its tensors are larger than a network's");
    std::map<std::string, Tensor> tensors;
    for (const auto& [name, reference] : references) tensors.emplace(name, to_tensor(name, *reference, read));
    if (tensors.empty()) throw invalid("it holds no tensors");
    return tensors;
}

std::map<std::string, Tensor> read_archive(const Bytes& file) {
    try {
        caffe2::serialize::PyTorchStreamReader archive(std::make_shared<caffe2::serialize::MemoryReadAdapter>(
            file.data(), static_cast<off_t>(file.size())));
        const auto record = [&](const std::string& name) {
            if (!archive.hasRecord(name)) throw invalid("the archive has no '" + name + "'");
            const auto [data, size] = archive.getRecord(name);
            const auto* begin = static_cast<const std::uint8_t*>(data.get());
            return Bytes(begin, begin + size);
        };
        const Bytes pickle = record("data.pkl");
        Span rest(pickle);
        std::map<std::string, Bytes> storages;
        return to_tensors(read_pickle(rest), [&](const StorageReference& storage) -> Span {
            const auto [found, is_new] = storages.try_emplace(storage.key);
            if (is_new) found->second = record("data/" + storage.key);
            return found->second;
        });
    } catch (const c10::Error& error) {
        throw invalid(std::string("its zip archive is damaged: ") + error.what_without_backtrace());
    }
}

// Before PyTorch 1.6: five pickles (a magic number, a version, sizes of C types, the object, the keys of the
// storages), then for each key the number of elements in 64 bits and the elements.
std::map<std::string, Tensor> read_legacy(Span rest) {
    for (int i = 0; i < 3; ++i) read_pickle(rest);
    const PickleValue root = read_pickle(rest);
    const PickleValue keys = read_pickle(rest);
    if (keys.sequence() == nullptr) throw invalid("its list of storages is missing");
    std::map<std::string, Span> found;
    std::map<std::string, std::size_t> sizes;
    for (const auto& [key, value] : state_dict_in(root))
        if (const auto* reference = value.as<TensorReference>()) {
            const std::size_t size = element_size(reference->storage.type);
            sizes[reference->storage.key] = size != 0 ? size : 8;  // Counters are 64-bit integers.
        }
    for (const PickleValue& key : *keys.sequence()) {
        const auto* name = key.as<std::string>();
        std::uint64_t elements = 0;
        if (name == nullptr || !sizes.contains(*name) || rest.size() < sizeof elements)
            throw invalid("its list of storages is damaged");
        std::memcpy(&elements, rest.data(), sizeof elements);
        rest = rest.subspan(sizeof elements);
        if (elements > rest.size() / sizes[*name]) throw invalid("its data end early");
        found[*name] = rest.first(static_cast<std::size_t>(elements) * sizes[*name]);
        rest = rest.subspan(found[*name].size());
    }
    return to_tensors(root, [&](const StorageReference& storage) {
        const auto bytes = found.find(storage.key);
        if (bytes == found.end()) throw invalid("storage '" + storage.key + "' is missing");
        return bytes->second;
    });
}

}  // namespace

std::map<std::string, Tensor> read_state_dict(const std::string& path) {
    // The first pickle of the old form: protocol 2, the 10-byte integer 0x1950a86a20f9469cfc6c, stop.
    static constexpr std::uint8_t kLegacyStart[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                                    0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};
    const Bytes file = read_file(path);
    const auto starts_with = [&](const void* start, std::size_t size) {
        return file.size() >= size && std::memcmp(file.data(), start, size) == 0;
    };
    try {
        if (starts_with("PK\3\4", 4)) return read_archive(file);
        if (starts_with(kLegacyStart, sizeof kLegacyStart)) return read_legacy(file);
        throw invalid("it is no file of torch.save()");
    } catch (const Error& error) {
        throw Error(error.code(), "cannot import '" + path + "': " + error.what());
    }
}

}  // namespace jpegdeblock::training
