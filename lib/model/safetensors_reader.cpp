// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include <jpegdeblock/error.h>
#include "model/safetensors.h"

#include "model/file_descriptor.h"
#include "model/json_value.h"
#include "model/safetensors_format.h"
#include "model/tensor_checks.h"

namespace jpegdeblock {

namespace {

/// Where the bytes of a tensor lie, counted from the end of the header.
struct Extent {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::string name;

    auto operator<=>(const Extent&) const = default;
};

Error unreadable(const std::string& path, const std::string& reason) {
    return Error(ErrorCode::kUnreadable, "Cannot read '" + path + "': " + reason + ".");
}

Error invalid(const std::string& path, const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "'" + path + "' is not a valid safetensors file: " + problem + ".");
}

/// Reads a file from front to back; knows its size beforehand.
class InputFile {
  public:
    // O_NONBLOCK: opening a named pipe must not wait for a writer; it has no effect on regular files.
    explicit InputFile(const std::string& path)
        : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (descriptor_.get() < 0) {
            if (errno == ENOENT || errno == ENOTDIR)
                throw Error(ErrorCode::kNotFound, "There is no file '" + path + "'.");
            throw unreadable(path, std::strerror(errno));
        }
        struct stat status;
        if (::fstat(descriptor_.get(), &status) != 0) throw unreadable(path, std::strerror(errno));
        if (!S_ISREG(status.st_mode)) throw unreadable(path, "it is not a regular file");
        size_ = status.st_size;
    }

    std::int64_t size() const { return size_; }

    void read(void* destination, std::int64_t bytes) {
        char* next = static_cast<char*>(destination);
        while (bytes > 0) {
            const ssize_t count = ::read(descriptor_.get(), next, static_cast<std::size_t>(bytes));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw unreadable(path_, std::strerror(errno));
            if (count == 0) throw unreadable(path_, "it became shorter while it was read");
            next += count;
            bytes -= count;
        }
    }

  private:
    const std::string& path_;
    FileDescriptor descriptor_;
    std::int64_t size_ = 0;
};

std::string read_header(InputFile& file, const std::string& path) {
    if (file.size() < kLengthBytes)
        throw invalid(path, "it has " + std::to_string(file.size()) + " bytes, expected at least 8");
    if (file.size() > kMaxFileBytes)
        throw invalid(path, "it has " + std::to_string(file.size()) + " bytes, more than the limit of 1 GiB");
    std::uint64_t length = 0;
    file.read(&length, kLengthBytes);
    const std::int64_t limit = std::min(kMaxHeaderBytes, file.size() - kLengthBytes);
    if (length > static_cast<std::uint64_t>(limit))
        throw invalid(path, "its header claims " + std::to_string(length) + " bytes, expected at most " +
                                std::to_string(limit) + " (16 MiB or the rest of the file)");
    std::string header(static_cast<std::size_t>(length), '\0');
    file.read(header.data(), static_cast<std::int64_t>(length));
    return header;
}

JsonValue parse_header(const std::string& text, const std::string& path) {
    constexpr std::size_t kDeepest = 3;  // The lists within a tensor's entry.
    const auto parse = [&] {
        try {
            return parse_json(text, kDeepest);
        } catch (const std::runtime_error& error) {
            throw invalid(path, std::string("its header ") + error.what());
        }
    };
    JsonValue header = parse();
    if (!header.object)
        throw invalid(path,
                      std::string("its header is a JSON ") + name_of(header.type) + ", expected an object");
    return header;
}

/// A list of integers >= 0 in a tensor's entry.
std::vector<std::int64_t> read_list(const JsonValue& entry, const char* field, const std::string& subject,
                                    const std::string& path) {
    const JsonValue* list = entry.find(field);
    if (list == nullptr || !list->array) throw invalid(path, subject + " has no list '" + field + "'");
    std::optional<std::string> unfit = list->array->other;
    std::vector<std::int64_t> values;
    values.reserve(list->array->integers.size());
    for (const std::uint64_t value : list->array->integers) {
        if (value > std::numeric_limits<std::int64_t>::max()) unfit = std::to_string(value);
        values.push_back(static_cast<std::int64_t>(value));
    }
    if (unfit)
        throw invalid(path,
                      subject + " has " + *unfit + " in its '" + field + "', expected integers in 0..2^63-1");
    return values;
}

Tensor read_entry(const JsonValue& entry, Extent& extent, std::int64_t data_bytes, const std::string& path) {
    const std::string subject = "tensor '" + extent.name + "'";
    if (!entry.object) throw invalid(path, subject + " is described by no JSON object");
    const JsonValue* type_name = entry.find("dtype");
    if (type_name == nullptr || type_name->type != JsonValue::Type::kString)
        throw invalid(path, subject + " has no string 'dtype'");
    const std::optional<DataType> type = data_type_named(type_name->text);
    if (!type)
        throw invalid(path, subject + " has the type '" + type_name->text + "', expected F32, I32, I8 or U8");

    Tensor tensor{*type, read_list(entry, "shape", subject, path), {}};
    const std::vector<std::int64_t> offsets = read_list(entry, "data_offsets", subject, path);
    if (offsets.size() != 2)
        throw invalid(path, subject + " has " + std::to_string(offsets.size()) + " data_offsets, expected 2");
    extent.begin = offsets[0];
    extent.end = offsets[1];
    if (extent.begin > extent.end || extent.end > data_bytes)
        throw invalid(path, subject + " has the data_offsets " + shape_text(offsets) +
                                ", expected an ascending pair in 0.." + std::to_string(data_bytes));
    const std::optional<std::int64_t> bytes = checked_byte_count(tensor.type, tensor.shape);
    if (!bytes || *bytes != extent.end - extent.begin)
        throw invalid(path, subject + " has the type " + name_of(tensor.type) + " and shape " +
                                shape_text(tensor.shape) + " but " +
                                std::to_string(extent.end - extent.begin) + " bytes of data");
    return tensor;
}

std::map<std::string, std::string> read_metadata(const JsonValue& entries, const std::string& path) {
    if (!entries.object)
        throw invalid(path, std::string("its __metadata__ is a JSON ") + name_of(entries.type) +
                                ", expected an object");
    std::map<std::string, std::string> metadata;
    for (std::size_t i = 0; i < entries.object->keys.size(); ++i) {
        const std::string& key = entries.object->keys[i];
        const JsonValue& value = entries.object->values[i];
        if (value.type != JsonValue::Type::kString)
            throw invalid(path, "'" + key + "' in its __metadata__ is a JSON " + name_of(value.type) +
                                    ", expected a string");
        metadata.emplace(key, value.text);
    }
    return metadata;
}

/// extents: sorted.
void check_layout(const std::vector<Extent>& extents, std::int64_t data_bytes, const std::string& path) {
    std::int64_t position = 0;
    for (const Extent& extent : extents) {
        if (extent.begin != position)
            throw invalid(path, "tensor '" + extent.name + "' begins at offset " +
                                    std::to_string(extent.begin) +
                                    (extent.begin < position ? " and overlaps the one that ends at "
                                                             : " and leaves a gap after offset ") +
                                    std::to_string(position));
        position = extent.end;
    }
    if (position != data_bytes)
        throw invalid(path, "it has " + std::to_string(data_bytes) +
                                " bytes of data, but its tensors end at " + std::to_string(position));
}

}  // namespace

Safetensors read_safetensors(const std::string& path) {
    InputFile file(path);
    const std::string header_text = read_header(file, path);
    const JsonValue header = parse_header(header_text, path);
    const std::int64_t data_bytes =
        file.size() - kLengthBytes - static_cast<std::int64_t>(header_text.size());

    Safetensors content;
    std::vector<Extent> extents;
    for (std::size_t i = 0; i < header.object->keys.size(); ++i) {
        const std::string& name = header.object->keys[i];
        const JsonValue& entry = header.object->values[i];
        if (name == kMetadataKey) {
            content.metadata = read_metadata(entry, path);
            continue;
        }
        Extent extent{0, 0, name};
        content.tensors.emplace(name, read_entry(entry, extent, data_bytes, path));
        extents.push_back(std::move(extent));
    }
    std::sort(extents.begin(), extents.end());
    check_layout(extents, data_bytes, path);

    for (const Extent& extent : extents) {
        Tensor& tensor = content.tensors.at(extent.name);
        tensor.data.resize(static_cast<std::size_t>(extent.end - extent.begin));
        file.read(tensor.data.data(), extent.end - extent.begin);
    }
    return content;
}

}  // namespace jpegdeblock
