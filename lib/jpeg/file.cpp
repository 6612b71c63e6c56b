// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

namespace jpegdeblock {

std::vector<std::uint8_t> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file && (errno == ENOENT || errno == ENOTDIR))
        throw Error(ErrorCode::kNotFound, "there is no file " + path);
    if (!file) throw Error(ErrorCode::kUnreadable, "cannot open " + path + ": " + std::strerror(errno));

    std::vector<std::uint8_t> bytes;
    std::array<std::uint8_t, 65536> chunk;
    while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), file.get()))
        bytes.insert(bytes.end(), chunk.data(), chunk.data() + count);
    if (std::ferror(file.get()))
        throw Error(ErrorCode::kUnreadable, "cannot read " + path + ": " + std::strerror(errno));
    return bytes;
}

}  // namespace jpegdeblock
