// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

namespace {

Error unwritable(const std::string& path) {
    return Error(ErrorCode::kUnwritable, "Cannot write '" + path + "': " + std::strerror(errno) + ".");
}

/// Creates a file of a new name beside `path` and puts the name into `name`. Unlike mkstemp it leaves the
/// permissions to the umask, as for any other file that a program writes.
int create_beside(const std::string& path, std::string& name) {
    static std::atomic<unsigned> counter{0};
    int descriptor = -1;
    do {
        name = path + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
        descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor < 0 && (errno == EEXIST || errno == EINTR));
    return descriptor;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path)
    : path_(path), descriptor_(create_beside(path_, temporary_path_)) {
    if (descriptor_.get() < 0) throw unwritable(path_);
}

AtomicFile::~AtomicFile() {
    if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
    const char* next = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t count = ::write(descriptor_.get(), next, bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw unwritable(path_);
        next += count;
        bytes -= static_cast<std::size_t>(count);
    }
}

void AtomicFile::commit() {
    if (::fsync(descriptor_.get()) != 0 || !descriptor_.close() ||
        std::rename(temporary_path_.c_str(), path_.c_str()) != 0)
        throw unwritable(path_);
    temporary_path_.clear();

    // Makes the rename itself durable. Some file systems cannot do that, and the file is whole in any case.
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const FileDescriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
    if (directory.get() >= 0) ::fsync(directory.get());
}

}  // namespace jpegdeblock
