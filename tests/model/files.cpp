// SPDX-License-Identifier: LGPL-2.1-or-later
#include "files.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace jpegdeblock::test {

namespace fs = std::filesystem;

namespace {

/// In memory where that is possible: flushing hundreds of small files to a disk takes minutes.
fs::path parent_folder() {
    const fs::path memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK | X_OK) == 0 ? memory : fs::temp_directory_path();
}

}  // namespace

TemporaryFolder::TemporaryFolder() : path_((parent_folder() / "jpegdeblock-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("Cannot create " + path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

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
