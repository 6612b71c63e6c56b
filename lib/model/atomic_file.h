// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

#include "model/file_descriptor.h"

namespace jpegdeblock {

/// Writes a file under a temporary name in the folder of `path`; commit() gives it its name. Without commit()
/// the destructor removes it and `path` stays as it was; what a process that was killed has left there goes
/// with the next one that writes the same file. Errors of all members: kUnwritable with the path and the
/// system's reason.
class AtomicFile {
  public:
    explicit AtomicFile(const std::string& path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, std::size_t bytes);
    /// For libraries that write by themselves: where to, until commit().
    int descriptor() const { return descriptor_.get(); }
    const std::string& temporary_path() const { return temporary_path_; }
    /// Flushes to disk and renames. The last call.
    void commit();

  private:
    const std::string path_;
    std::string temporary_path_;  ///< Empty once renamed.
    FileDescriptor descriptor_;
};

}  // namespace jpegdeblock
