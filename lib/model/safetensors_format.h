// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace jpegdeblock {

/// A safetensors file is the length of its header (u64, little endian), the header (JSON) and the data.
constexpr std::int64_t kLengthBytes = 8;
constexpr std::int64_t kMaxHeaderBytes = std::int64_t{16} << 20;
constexpr std::int64_t kMaxFileBytes = std::int64_t{1} << 30;
constexpr const char* kMetadataKey = "__metadata__";

static_assert(std::endian::native == std::endian::little,
              "Tensors are read and written without byte swapping");

}  // namespace jpegdeblock
