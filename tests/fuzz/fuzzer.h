// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

// What a fuzzer consists of. libFuzzer calls it, or the main function of replay.cpp.

extern "C" {
/// Feeds the bytes to what is tested. Whatever they are, nothing may happen but an Error of the library.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Changes an input of a form that random bytes hardly ever have; not all fuzzers have it. Gives the new
/// size, at most max_size.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);

/// Changes bytes that have no form: libFuzzer's, or that of replay.cpp.
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
}

namespace jpegdeblock::fuzz {

using Bytes = std::vector<std::uint8_t>;

/// An input to begin with.
struct Seed {
    std::string name;
    Bytes bytes;
};

/// Those of the fuzzer, which are made by code: the same in each run.
std::vector<Seed> seeds();

/// Ends the program, so that the input is kept, unless what must hold holds.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "This must hold: %s\n", what);
    std::abort();
}

}  // namespace jpegdeblock::fuzz
