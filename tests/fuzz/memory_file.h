// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "fuzzer.h"

namespace jpegdeblock::fuzz {

/// A file in memory, for what only reads files. The same path for every content.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(::memfd_create("fuzzer", MFD_CLOEXEC)) {
        require(descriptor_ >= 0, "there are files in memory");
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    void set(const std::uint8_t* data, std::size_t size) {
        const bool written = ::ftruncate(descriptor_, 0) == 0 &&
                             ::pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size);
        require(written, "memory can be written");
    }

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

}  // namespace jpegdeblock::fuzz
