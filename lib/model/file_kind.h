// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "model/safetensors.h"

namespace jpegdeblock {

/// The metadata `format` and `format_version` tell the project's files from other safetensors files.
/// Throws kInvalidFile unless the content's format is `format`, kUnsupported for a newer version.
/// Takes both out of the metadata.
void take_format(Safetensors& content, const std::string& format, const std::string& path);

/// Versions of the formats. A file has the lowest that tells all of it, so that older libraries read what
/// they can.
constexpr int kFirstFormatVersion = 1;
constexpr int kFormatVersionOfHistory = 2;  ///< Temporal networks, and golden files with a history.

/// The counterpart for writing.
void put_format(Safetensors& content, const std::string& format, int version = kFirstFormatVersion);

}  // namespace jpegdeblock
