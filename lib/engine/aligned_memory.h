// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace jpegdeblock {

/// Bytes on a cache line's boundary, not initialised: large activations should cost no memory before use.
/// Large memory is the system's own, to which it goes back at once; malloc may keep what was freed, and where
/// two networks take turns it did, in pieces that did not fit.
class AlignedMemory {
  public:
    AlignedMemory() = default;
    explicit AlignedMemory(std::size_t bytes) {
        if (bytes == 0) return;
        if (bytes > SIZE_MAX - kAlignment) throw std::bad_alloc();
        const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        const std::size_t mapped = rounded >= kLarge ? rounded : 0;
        void* data = mapped > 0
                         ? ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                         : std::aligned_alloc(kAlignment, rounded);
        if (data == nullptr || data == MAP_FAILED) throw std::bad_alloc();
        data_ = std::unique_ptr<std::byte, Free>(static_cast<std::byte*>(data), Free{mapped});
    }

    std::byte* data() const { return data_.get(); }

  private:
    static constexpr std::size_t kAlignment = 64;
    static constexpr std::size_t kLarge = std::size_t{1} << 20;

    struct Free {
        std::size_t mapped;  ///< Bytes; 0: it is malloc's.

        void operator()(std::byte* data) const {
            if (mapped > 0)
                ::munmap(data, mapped);
            else
                std::free(data);
        }
    };

    std::unique_ptr<std::byte, Free> data_{nullptr, Free{0}};
};

}  // namespace jpegdeblock
