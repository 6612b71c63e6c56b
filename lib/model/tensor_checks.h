// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/safetensors.h"

namespace jpegdeblock {

/// The number of bytes that a tensor of a type and shape has; nothing where an extent is negative or the
/// number does not fit std::int64_t.
std::optional<std::int64_t> checked_byte_count(DataType type, const std::vector<std::int64_t>& shape);

/// The safetensors name of a type: "F32", "I32", "I8" or "U8".
const char* name_of(DataType type);

/// The type of that safetensors name; nothing for names of types that the project does not use.
std::optional<DataType> data_type_named(const std::string& name);

/// "[32, 4, 3, 3]"; for messages.
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace jpegdeblock
