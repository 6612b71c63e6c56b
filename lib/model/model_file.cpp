// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <charconv>
#include <utility>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "model/file_kind.h"

namespace jpegdeblock {

namespace {

constexpr const char* kFormat = "jpegdeblock-network";

/// Takes the fields out of a file's metadata one by one; what is left are notes.
class FieldReader {
  public:
    FieldReader(std::map<std::string, std::string>& metadata, const std::string& path)
        : metadata_(metadata), path_(path) {}

    std::string text(const char* field) {
        auto node = metadata_.extract(field);
        if (node.empty())
            throw Error(ErrorCode::kInvalidFile,
                        "'" + path_ + "' has no '" + field + "' in its metadata, expected a string.");
        return node.mapped();
    }

    template <typename Number>
    Number number(const char* field, const char* expected) {
        const std::string value = text(field);
        Number result{};
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
        if (error != std::errc() || end != value.data() + value.size())
            throw malformed(field, value, expected);
        return result;
    }

    int integer(const char* field) { return number<int>(field, "an integer"); }
    float real(const char* field) { return number<float>(field, "a decimal number"); }

    /// false where the file is older than the field.
    bool flag_or_false(const char* field) {
        return metadata_.contains(field) && choice(field, "true", "false");
    }

    /// One of two words; true for the first.
    bool choice(const char* field, const std::string& first, const std::string& second) {
        const std::string value = text(field);
        if (value != first && value != second)
            throw malformed(field, value, "'" + first + "' or '" + second + "'");
        return value == first;
    }

    void constant(const char* field, const std::string& expected) {
        const std::string value = text(field);
        if (value != expected) throw malformed(field, value, "'" + expected + "'");
    }

  private:
    Error malformed(const char* field, const std::string& value, const std::string& expected) const {
        return Error(ErrorCode::kInvalidFile, "'" + path_ + "' has '" + value + "' as '" + field +
                                                  "' in its metadata, expected " + expected + ".");
    }

    std::map<std::string, std::string>& metadata_;
    const std::string& path_;
};

/// The shortest decimal that reads back as the same number.
std::string decimal(float value) {
    std::array<char, 32> text;
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    return std::string(text.data(), result.ptr);
}

const char* word(bool value) {
    return value ? "true" : "false";
}

NetworkDescription read_description(FieldReader& fields) {
    NetworkDescription network;
    network.architecture =
        fields.choice("architecture", "grid", "dncnn") ? Architecture::kGrid : Architecture::kDncnn;
    network.scale = fields.integer("scale");
    network.channels = fields.integer("channels");
    network.depth = fields.integer("depth");
    network.conditioned = fields.choice("conditioned", "true", "false");
    network.phase_bias = fields.choice("phase_bias", "true", "false");
    network.skip_interval = fields.integer("skip_interval");
    network.condition_width = fields.integer("condition_width");
    network.input_offset = fields.real("input_offset");
    network.input_scale = fields.real("input_scale");
    network.output_scale = fields.real("output_scale");
    network.range = fields.choice("luma_range", "full", "limited") ? LumaRange::kFull : LumaRange::kLimited;
    network.temporal = fields.flag_or_false("temporal");
    fields.constant("table_order", "row");
    return network;
}

std::map<std::string, std::string> describe(const Model& model) {
    const NetworkDescription& network = model.network;
    std::map<std::string, std::string> fields = {
        {"name", model.name},
        {"architecture", network.architecture == Architecture::kGrid ? "grid" : "dncnn"},
        {"scale", std::to_string(network.scale)},
        {"channels", std::to_string(network.channels)},
        {"depth", std::to_string(network.depth)},
        {"conditioned", word(network.conditioned)},
        {"phase_bias", word(network.phase_bias)},
        {"skip_interval", std::to_string(network.skip_interval)},
        {"condition_width", std::to_string(network.condition_width)},
        {"input_offset", decimal(network.input_offset)},
        {"input_scale", decimal(network.input_scale)},
        {"output_scale", decimal(network.output_scale)},
        {"luma_range", network.range == LumaRange::kFull ? "full" : "limited"},
        {"table_order", "row"}};
    if (network.temporal) fields.emplace("temporal", "true");
    return fields;
}

}  // namespace

const Tensor& Model::tensor(const std::string& tensor_name) const {
    const auto found = tensors.find(tensor_name);
    if (found == tensors.end())
        throw Error(ErrorCode::kInvalidFile,
                    "The network '" + name + "' has no tensor '" + tensor_name + "'.");
    return found->second;
}

std::shared_ptr<const Model> load_model(const std::string& path) {
    Safetensors content = read_safetensors(path);
    take_format(content, kFormat, path);
    FieldReader fields(content.metadata, path);
    auto model = std::make_shared<Model>();
    model->name = fields.text("name");
    model->network = read_description(fields);
    model->tensors = std::move(content.tensors);
    model->notes = std::move(content.metadata);
    validate(*model, path);
    return model;
}

void save_model(const std::string& path, const Model& model) {
    validate(model, path);
    Safetensors content{model.tensors, describe(model)};
    put_format(content, kFormat, model.network.temporal ? kFormatVersionOfHistory : kFirstFormatVersion);
    for (const auto& [key, value] : model.notes)
        if (!content.metadata.emplace(key, value).second)
            throw Error(ErrorCode::kInvalidArgument, "Cannot write '" + path + "': the note '" + key +
                                                         "' has the name of a field of the format.");
    write_safetensors(path, content);
}

}  // namespace jpegdeblock
