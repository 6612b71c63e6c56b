// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/file_descriptor.h"

namespace jpegdeblock {

/// A file's bytes; changes to them stay in memory.
class FileMapping {
  public:
    explicit FileMapping(const std::string& path) {
        const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return;
        size_ = static_cast<std::size_t>(status.st_size);
        void* memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.get(), 0);
        if (memory != MAP_FAILED) bytes_ = static_cast<std::uint8_t*>(memory);
    }
    ~FileMapping() {
        if (bytes_ != nullptr) ::munmap(bytes_, size_);
    }
    FileMapping(const FileMapping&) = delete;
    FileMapping& operator=(const FileMapping&) = delete;

    /// Null where they cannot be had.
    const std::uint8_t* bytes() const { return bytes_; }
    std::size_t size() const { return size_; }

  private:
    std::uint8_t* bytes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace jpegdeblock
