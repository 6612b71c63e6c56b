// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace jpegdeblock {

/// Bytes on a cache line's boundary, not initialised: large activations should cost no memory before use.
class AlignedMemory {
  public:
    AlignedMemory() = default;
    explicit AlignedMemory(std::size_t bytes) {
        if (bytes == 0) return;
        if (bytes > SIZE_MAX - kAlignment) throw std::bad_alloc();
        const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded)));
        if (!data_) throw std::bad_alloc();
    }

    std::byte* data() const { return data_.get(); }

  private:
    static constexpr std::size_t kAlignment = 64;

    struct Free {
        void operator()(std::byte* data) const { std::free(data); }
    };

    std::unique_ptr<std::byte, Free> data_;
};

}  // namespace jpegdeblock
