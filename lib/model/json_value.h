// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace jpegdeblock {

/// A value of a JSON text, in the forms that safetensors files have. nlohmann::json, whose parser makes it,
/// is none to keep them in: its destructor allocates, and where there is no memory left that ends the
/// process.
struct JsonValue {
    enum class Type { kNull, kBoolean, kNumber, kString, kArray, kObject };
    struct Array {
        std::vector<std::uint64_t> integers;
        std::optional<std::string>
            other;  ///< The first element that is no integer of 64 bits without a sign.
    };
    struct Object {
        std::vector<std::string> keys;  ///< All different, in the text's order.
        std::vector<JsonValue> values;  ///< As many.
    };

    Type type = Type::kNull;
    std::string text;  ///< Of a string.
    std::unique_ptr<Array> array;
    std::unique_ptr<Object> object;

    /// The value of that key; nullptr where it is no object or has none.
    const JsonValue* find(const char* key) const;
};

/// "null", "boolean", "number", "string", "array", "object".
const char* name_of(JsonValue::Type type);

/// Parses a text. Refused are also what JSON parsers disagree on, and what costs much memory: a zero byte,
/// keys that occur twice in an object, more than `deepest` objects and lists within each other, and lists of
/// lists or objects. Errors: std::runtime_error, with the rest of a sentence: "is not JSON: ...".
JsonValue parse_json(const std::string& text, std::size_t deepest);

}  // namespace jpegdeblock
