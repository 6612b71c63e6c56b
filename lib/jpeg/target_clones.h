// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Before a function in an unnamed namespace (elsewhere it would be visible outside of the library, whatever
/// else says that it is hidden): compile it for several generations of x86-64 and choose one when the program
/// is loaded, so that one binary runs everywhere and fast. The clones may differ in the last bit of a float
/// (fused multiply-adds); on one machine the choice is always the same. Sanitizers are not ready yet when the
/// choice is made.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define JPEGDEBLOCK_TARGET_CLONES \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define JPEGDEBLOCK_TARGET_CLONES
#endif
