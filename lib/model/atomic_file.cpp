// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

namespace {

Error unwritable(const std::string& path) {
    return Error(ErrorCode::kUnwritable, "Cannot write '" + path + "': " + std::strerror(errno) + ".");
}

constexpr const char* kMark = ".tmp-";

/// "." for a name alone.
std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// One that was killed may still have an entry until somebody asks for its end, but no program.
bool is_running(pid_t process) {
    char target[1];
    const std::string program = "/proc/" + std::to_string(process) + "/exe";
    return ::readlink(program.c_str(), target, sizeof target) >= 0 || errno == EACCES;
}

/// What processes that were killed have left beside the file.
void remove_leftovers(const std::string& path) {
    const std::string folder = folder_of(path);
    const std::string start = path.substr(folder == "." ? 0 : folder.size()) + kMark;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
    if (!directory) return;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        if (!name.starts_with(start)) continue;
        pid_t process = 0;
        std::from_chars(name.data() + start.size(), name.data() + name.size(), process);
        if (process > 0 && !is_running(process)) ::unlinkat(::dirfd(directory.get()), entry->d_name, 0);
    }
}

/// Creates a file of a new name beside `path` and puts the name into `name`. Unlike mkstemp it leaves the
/// permissions to the umask, as for any other file that a program writes.
int create_beside(const std::string& path, std::string& name) {
    static std::atomic<unsigned> counter{0};
    remove_leftovers(path);
    int descriptor = -1;
    do {
        name = path + kMark + std::to_string(::getpid()) + "-" + std::to_string(counter++);
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
    const std::string folder = folder_of(path_);
    if (::fsync(descriptor_.get()) != 0 || !descriptor_.close() ||
        std::rename(temporary_path_.c_str(), path_.c_str()) != 0)
        throw unwritable(path_);
    temporary_path_.clear();

    // Makes the rename itself durable. Some file systems cannot do that, and the file is whole in any case.
    const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_CLOEXEC));
    if (directory.get() >= 0) ::fsync(directory.get());
}

}  // namespace jpegdeblock
