// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dlfcn.h>

#include <cxxabi.h>
#include <cstdint>
#include <exception>

#if defined(__GLIBCXX__) && !defined(__ARM_EABI_UNWINDER__)

// A process may have two unwinders: libgcc_s, to which libstdc++ is bound that something loaded early, and
// libunwind, which GStreamer brings along and which serves whatever is loaded after it. An exception that one
// of them raised must not be resumed by the other. Yet that is what a library's code does: libstdc++ raises
// its exceptions, while the compiler has it call _Unwind_Resume after the destructors of a frame, which the
// dynamic linker finds in either. This one, the library's own, has libstdc++ go on, whatever it is bound to.

// std::rethrow_exception by its address in the ABI: by its declaration a temporary had to be destroyed by
// those who call it, for which they resume the exception.
[[noreturn]] void rethrow(std::exception_ptr& exception) asm(
    "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE");

namespace {

/// The beginning of a _Unwind_Exception, as the Itanium C++ ABI has it.
struct UnwindHeader {
    std::uint64_t exception_class;
};

/// The last exception that was resumed in this thread. Whoever catches it shares it.
thread_local std::exception_ptr resumed;

bool is_cpp_exception(const UnwindHeader* exception) {
    constexpr std::uint64_t kGnuCpp = 0x474e5543432b2b00;  // "GNUCC++", and the lowest byte for variants.
    return (exception->exception_class & ~std::uint64_t{0xff}) == kGnuCpp;
}

}  // namespace

extern "C" [[noreturn, gnu::visibility("hidden")]] void _Unwind_Resume(UnwindHeader* exception) {
    if (!is_cpp_exception(exception)) {
        // The end of a thread (pthread_cancel), for which the C library always takes libgcc_s.
        using Resume = void (*)(UnwindHeader*);
        void* libgcc = dlopen("libgcc_s.so.1", RTLD_LAZY);
        if (libgcc != nullptr) reinterpret_cast<Resume>(dlsym(libgcc, "_Unwind_Resume"))(exception);
        std::terminate();
    }
    abi::__cxa_begin_catch(exception);
    resumed = std::current_exception();
    abi::__cxa_end_catch();
    rethrow(resumed);
}

#endif
