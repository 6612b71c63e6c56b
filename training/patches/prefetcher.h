// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "patches/patch_source.h"

namespace jpegdeblock::training {

/// Makes the batches first_index, first_index + stride, ... of a source on threads of its own, a few ahead,
/// so that training does not wait.
class Prefetcher {
  public:
    /// threads: at least 1; a device that learns faster than a thread compresses patches needs more.
    Prefetcher(std::shared_ptr<const PatchSource> source, std::uint64_t first_index, std::uint64_t stride = 1,
               int threads = 1);
    ~Prefetcher();
    Prefetcher(const Prefetcher&) = delete;
    Prefetcher& operator=(const Prefetcher&) = delete;

    /// The next batch, in order; waits for it. Rethrows what the source threw instead of it.
    PatchBatch next();

  private:
    struct Result {
        PatchBatch batch;
        std::exception_ptr failure;
    };
    void work(const std::stop_token& stop);

    std::shared_ptr<const PatchSource> source_;
    std::uint64_t first_index_;
    std::uint64_t stride_;
    std::uint64_t ahead_;
    std::mutex mutex_;  // Guards what follows.
    std::condition_variable_any changed_;
    std::uint64_t begun_ = 0, taken_ = 0;    ///< Counts of batches.
    std::map<std::uint64_t, Result> ready_;  ///< By their number from 0.
    std::vector<std::jthread> threads_;
};

}  // namespace jpegdeblock::training
