// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failing_malloc.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

// What glibc calls its own.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
}

namespace {

constexpr long kDisarmed = 0;

std::atomic<long> fails_at = kDisarmed;
std::atomic<bool> fails_after = false;
std::atomic<long> counted = 0;
char wanted[256] = "";

bool is_named(const char* library, const char* names) {
    for (const char* name = names; *name != '\0';) {
        const std::size_t length = std::strcspn(name, ":");
        if (length > 0 && ::memmem(library, std::strlen(library), name, length) != nullptr) return true;
        name += length + (name[length] == ':');
    }
    return false;
}

bool counts(const void* caller) {
    dl_find_object found;
    if (::_dl_find_object(const_cast<void*>(caller), &found) != 0) return wanted[0] == '\0';
    const char* library =
        found.dlfo_link_map->l_name[0] != '\0' ? found.dlfo_link_map->l_name : "main program";
    if (is_named(library, "libgomp:libdnnl")) return false;
    return wanted[0] == '\0' || is_named(library, wanted);
}

bool fails(const void* caller) {
    const long at = fails_at.load(std::memory_order_relaxed);
    if (at == kDisarmed || !counts(caller)) return false;
    const long number = ++counted;
    if (number != at && !(fails_after && number > at)) return false;
    errno = ENOMEM;
    return true;
}

using Main = int (*)(int, char**, char**);
Main program_main = nullptr;

/// What C++ makes before main cannot be caught, so that nothing fails there.
int main_with_failing_allocations(int argc, char** argv, char** environment) {
    if (const char* callers = std::getenv("FAILING_MALLOC_CALLERS")) failing_malloc_callers(callers);
    const char* at = std::getenv("FAILING_MALLOC_AT");
    if (at != nullptr) failing_malloc_arm(std::atol(at), std::strchr(at, '+') != nullptr);
    return program_main(argc, argv, environment);
}

__attribute__((destructor)) void report() {
    if (std::getenv("FAILING_MALLOC_REPORT") != nullptr)
        ::dprintf(STDERR_FILENO, "allocations: %ld\n", counted.load());
}

}  // namespace

extern "C" {

// glibc starts every program with it.
int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(), void (*rtld_fini)(),
                      void* stack_end) {
    program_main = main;
    const auto start =
        reinterpret_cast<decltype(&__libc_start_main)>(::dlsym(RTLD_NEXT, "__libc_start_main"));
    return start(main_with_failing_allocations, argc, argv, init, fini, rtld_fini, stack_end);
}

void failing_malloc_callers(const char* callers) noexcept {
    std::strncpy(wanted, callers, sizeof wanted - 1);
}

void failing_malloc_arm(long number, bool all_after) noexcept {
    counted = 0;
    fails_after = all_after;
    fails_at = number;
}

long failing_malloc_disarm() noexcept {
    fails_at = kDisarmed;
    return counted;
}

void* malloc(std::size_t bytes) noexcept {
    return fails(__builtin_return_address(0)) ? nullptr : __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
    return fails(__builtin_return_address(0)) ? nullptr : __libc_calloc(count, bytes);
}

void* realloc(void* memory, std::size_t bytes) noexcept {
    return fails(__builtin_return_address(0)) ? nullptr : __libc_realloc(memory, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
    return fails(__builtin_return_address(0)) ? nullptr : __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
    return fails(__builtin_return_address(0)) ? nullptr : __libc_memalign(alignment, bytes);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) noexcept {
    if (fails(__builtin_return_address(0))) return ENOMEM;
    void* result = __libc_memalign(alignment, bytes);
    if (result == nullptr) return ENOMEM;
    *memory = result;
    return 0;
}

}  // extern "C"

namespace {

void* allocate(const void* caller, std::size_t bytes, std::size_t alignment = 0) {
    if (fails(caller)) return nullptr;
    return alignment == 0 ? __libc_malloc(bytes) : __libc_memalign(alignment, bytes);
}

void* or_throw(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

// Here too, so that the caller is seen, not the library that operator new belongs to.
void* operator new(std::size_t bytes) {
    return or_throw(allocate(__builtin_return_address(0), bytes));
}

void* operator new[](std::size_t bytes) {
    return or_throw(allocate(__builtin_return_address(0), bytes));
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(__builtin_return_address(0), bytes);
}

void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(__builtin_return_address(0), bytes);
}

void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return or_throw(allocate(__builtin_return_address(0), bytes, static_cast<std::size_t>(alignment)));
}

void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return or_throw(allocate(__builtin_return_address(0), bytes, static_cast<std::size_t>(alignment)));
}
