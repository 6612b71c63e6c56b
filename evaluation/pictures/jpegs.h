// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace jpegdeblock {

/// A JPEG that is read when its turn comes.
struct NamedJpeg {
    std::string name;  ///< To report.
    std::string clip;  ///< Of successive ones that have the same, of equal size, each follows the one before.
    std::function<std::vector<std::uint8_t>()> read;  ///< Errors: as read_file.
};

/// Whether the path is one file, which list_jpegs takes for a stream.
bool is_jpeg_stream(const std::string& path);

/// The pictures below a folder, of which each folder may hold a clip, or the JPEGs that follow each other in
/// a file (a bare stream of Motion JPEG). Errors: as list_pictures and read_file; kInvalidFile where a file
/// holds none.
std::vector<NamedJpeg> list_jpegs(const std::string& path);

}  // namespace jpegdeblock
