// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded, it kills a program at a step of writing its files: before the call number KILLED_BEFORE of
// write() and fsync() for files that lie in folders, and of rename().
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<long> calls = 0;

void step() {
    static const char* const number = std::getenv("KILLED_BEFORE");
    if (++calls == (number != nullptr ? std::atol(number) : 0)) std::raise(SIGKILL);
}

[[gnu::destructor]] void tell() {
    std::fprintf(stderr, "steps: %ld\n", calls.load());
}

bool is_file(int descriptor) {
    struct stat status;
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* data, size_t bytes) {
    static auto* const original = next<ssize_t(int, const void*, size_t)>("write");
    if (is_file(descriptor)) step();
    return original(descriptor, data, bytes);
}

int fsync(int descriptor) {
    static auto* const original = next<int(int)>("fsync");
    if (is_file(descriptor)) step();
    return original(descriptor);
}

int rename(const char* from, const char* to) noexcept {
    static auto* const original = next<int(const char*, const char*)>("rename");
    step();
    return original(from, to);
}
}
