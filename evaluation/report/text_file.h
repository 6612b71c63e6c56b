// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace jpegdeblock {

/// Writes beside `path` and renames, so that a reader finds the old file or the new one, whole. Throws
/// Error(kUnwritable) with path and reason; nothing is left behind.
void write_text_file(const std::string& path, const std::string& text);

}  // namespace jpegdeblock
