// SPDX-License-Identifier: LGPL-2.1-or-later
#include "files.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace jpegdeblock::test {

std::string read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("Cannot read " + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.close();
    if (!file) throw std::runtime_error("Cannot write " + path);
}

std::string safetensors_bytes(std::uint64_t header_length, const std::string& rest) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header_length >> (8 * i) & 0xff);
    return bytes + rest;
}

std::string safetensors_bytes(const std::string& header, std::size_t data_bytes) {
    return safetensors_bytes(static_cast<std::uint64_t>(header.size()),
                             header + std::string(data_bytes, '\0'));
}

}  // namespace jpegdeblock::test
