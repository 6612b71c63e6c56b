// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/json_value.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace jpegdeblock {

namespace {

using nlohmann::json;

void check_keys(const std::vector<std::string>& keys) {
    std::vector<const std::string*> sorted;
    sorted.reserve(keys.size());
    for (const std::string& key : keys) sorted.push_back(&key);
    std::sort(sorted.begin(), sorted.end(),
              [](const std::string* a, const std::string* b) { return *a < *b; });
    const auto same = std::adjacent_find(sorted.begin(), sorted.end(),
                                         [](const std::string* a, const std::string* b) { return *a == *b; });
    if (same != sorted.end()) throw std::runtime_error("has '" + **same + "' twice");
}

/// What nlohmann's parser calls.
class Builder {
  public:
    explicit Builder(std::size_t deepest) : deepest_(deepest) {}

    JsonValue take() { return std::move(root_); }

    bool null() { return add(JsonValue::Type::kNull, "null"); }
    bool boolean(bool value) { return add(JsonValue::Type::kBoolean, value ? "true" : "false"); }
    bool number_integer(json::number_integer_t value) {
        return add(JsonValue::Type::kNumber, std::to_string(value));
    }
    bool number_unsigned(json::number_unsigned_t value) {
        if (!open_.empty() && open_.back()->array) {
            open_.back()->array->integers.push_back(value);
            return true;
        }
        return add(JsonValue::Type::kNumber, {});
    }
    bool number_float(json::number_float_t, const std::string& digits) {
        return add(JsonValue::Type::kNumber, digits);
    }
    bool string(std::string& text) {
        if (!open_.empty() && open_.back()->array) return add(JsonValue::Type::kString, '"' + text + '"');
        add(JsonValue::Type::kString, {});
        last_->text = std::move(text);
        return true;
    }
    bool binary(json::binary_t&) { return false; }

    bool key(std::string& text) {
        open_.back()->object->keys.push_back(std::move(text));
        return true;
    }
    bool start_object(std::size_t) {
        open(JsonValue::Type::kObject);
        open_.back()->object = std::make_unique<JsonValue::Object>();
        return true;
    }
    bool end_object() {
        check_keys(open_.back()->object->keys);
        open_.pop_back();
        return true;
    }
    bool start_array(std::size_t) {
        open(JsonValue::Type::kArray);
        open_.back()->array = std::make_unique<JsonValue::Array>();
        return true;
    }
    bool end_array() {
        open_.pop_back();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const json::exception& error) {
        throw std::runtime_error(std::string("is not JSON: ") + error.what());
    }

  private:
    /// written: how an element of a list is shown in messages.
    bool add(JsonValue::Type type, const std::string& written) {
        if (open_.empty()) {
            last_ = &root_;
        } else if (JsonValue::Array* array = open_.back()->array.get()) {
            if (!array->other) array->other = written;
            last_ = &ignored_;
        } else {
            // Those that are open are the last ones of their lists, which grow only once these are closed.
            last_ = &open_.back()->object->values.emplace_back();
        }
        last_->type = type;
        return true;
    }

    void open(JsonValue::Type type) {
        if (open_.size() == deepest_) throw std::runtime_error("is nested too deeply");
        if (!open_.empty() && open_.back()->array)
            throw std::runtime_error("is nested too deeply: a list holds more than numbers");
        add(type, {});
        open_.push_back(last_);
    }

    std::size_t deepest_;
    JsonValue root_;
    JsonValue ignored_;  ///< Of a list.
    JsonValue* last_ = nullptr;
    std::vector<JsonValue*> open_;
};

}  // namespace

const JsonValue* JsonValue::find(const char* key) const {
    if (!object) return nullptr;
    const auto found = std::find(object->keys.begin(), object->keys.end(), key);
    return found == object->keys.end()
               ? nullptr
               : &object->values[static_cast<std::size_t>(found - object->keys.begin())];
}

const char* name_of(JsonValue::Type type) {
    switch (type) {
        case JsonValue::Type::kNull:
            return "null";
        case JsonValue::Type::kBoolean:
            return "boolean";
        case JsonValue::Type::kNumber:
            return "number";
        case JsonValue::Type::kString:
            return "string";
        case JsonValue::Type::kArray:
            return "array";
        case JsonValue::Type::kObject:
            break;
    }
    return "object";
}

JsonValue parse_json(const std::string& text, std::size_t deepest) {
    if (text.find('\0') != std::string::npos) throw std::runtime_error("is not JSON: it has a zero byte");
    Builder builder(deepest);
    json::sax_parse(text, &builder);
    return builder.take();
}

}  // namespace jpegdeblock
