// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include "../support/temporary_folder.h"

namespace jpegdeblock::test {

std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::string& bytes);

/// The bytes of a safetensors file: the length of `header`, `header`, `data_bytes` zeros.
std::string safetensors_bytes(const std::string& header, std::size_t data_bytes);

/// The same with a length of choice.
std::string safetensors_bytes(std::uint64_t header_length, const std::string& rest);

}  // namespace jpegdeblock::test
