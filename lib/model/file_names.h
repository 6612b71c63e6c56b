// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace jpegdeblock {

constexpr std::string_view kModelSuffix = ".safetensors";
constexpr std::string_view kGoldenSuffix = ".golden.safetensors";

}  // namespace jpegdeblock
