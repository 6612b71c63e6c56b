// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include <jpegdeblock/error.h>
#include "model/safetensors.h"

#include "model/atomic_file.h"
#include "model/safetensors_format.h"
#include "model/tensor_checks.h"

namespace jpegdeblock {

namespace {

using nlohmann::json;
using NamedTensor = std::pair<const std::string, Tensor>;

Error unfit(const std::string& path, const std::string& problem) {
    return Error(ErrorCode::kInvalidArgument, "Cannot write '" + path + "': " + problem + ".");
}

/// The larger elements come first, so that every tensor is aligned to its element.
std::vector<const NamedTensor*> in_file_order(const Safetensors& content) {
    std::vector<const NamedTensor*> order;
    for (const NamedTensor& tensor : content.tensors) order.push_back(&tensor);
    std::sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
        return std::tuple(size_of(b->second.type), a->first) < std::tuple(size_of(a->second.type), b->first);
    });
    return order;
}

std::string quoted(const std::string& text, const std::string& path) {
    try {
        return json(text).dump();
    } catch (const json::exception& error) {
        throw unfit(path, std::string("a name or a metadata string is not UTF-8: ") + error.what());
    }
}

std::string list_of(const std::vector<std::int64_t>& numbers) {
    std::string text;
    for (const std::int64_t number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
    return '[' + text + ']';
}

// Written without a json of it all: the destructor of one that is no plain value allocates, and where there
// is no memory left that ends the process.
std::string header_text(const Safetensors& content, const std::vector<const NamedTensor*>& order,
                        const std::string& path) {
    std::vector<std::string> entries;
    if (!content.metadata.empty()) {
        std::string fields;
        for (const auto& [key, value] : content.metadata)
            fields += (fields.empty() ? "" : ",") + quoted(key, path) + ':' + quoted(value, path);
        entries.push_back(quoted(kMetadataKey, path) + ":{" + fields + '}');
    }
    std::int64_t position = 0;
    for (const NamedTensor* named : order) {
        const auto& [name, tensor] = *named;
        if (name == kMetadataKey) throw unfit(path, "a tensor may not be named '__metadata__'");
        const std::int64_t bytes = static_cast<std::int64_t>(tensor.data.size());
        if (checked_byte_count(tensor.type, tensor.shape) != bytes)
            throw unfit(path, "tensor '" + name + "' has " + std::to_string(bytes) + " bytes, which is not " +
                                  name_of(tensor.type) + " " + shape_text(tensor.shape));
        entries.push_back(quoted(name, path) + ":{\"dtype\":\"" + name_of(tensor.type) +
                          "\",\"shape\":" + list_of(tensor.shape) +
                          ",\"data_offsets\":" + list_of({position, position + bytes}) + '}');
        position += bytes;
    }
    std::string text = "{";
    for (const std::string& entry : entries) text += (text.size() > 1 ? "," : "") + entry;
    text += '}';
    // The data begin at a multiple of 8; the format pads with spaces.
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const std::int64_t length = static_cast<std::int64_t>(text.size());
    if (length > kMaxHeaderBytes || kLengthBytes + length + position > kMaxFileBytes)
        throw unfit(path, "a header of " + std::to_string(length) + " and data of " +
                              std::to_string(position) + " bytes exceed 16 MiB or 1 GiB");
    return text;
}

}  // namespace

void write_safetensors(const std::string& path, const Safetensors& content) {
    const std::vector<const NamedTensor*> order = in_file_order(content);
    const std::string header = header_text(content, order, path);
    const std::uint64_t length = header.size();

    AtomicFile file(path);
    file.write(&length, kLengthBytes);
    file.write(header.data(), header.size());
    for (const NamedTensor* named : order) file.write(named->second.data.data(), named->second.data.size());
    file.commit();
}

}  // namespace jpegdeblock
