// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "patches/patch_source.h"

namespace jpegdeblock::training {

/// Makes the batches first_index, first_index + stride, ... of a source on a thread of its own, a few ahead,
/// so that training does not wait.
class Prefetcher {
  public:
    Prefetcher(std::shared_ptr<const PatchSource> source, std::uint64_t first_index, std::uint64_t stride = 1,
               std::size_t ahead = 4);
    ~Prefetcher();
    Prefetcher(const Prefetcher&) = delete;
    Prefetcher& operator=(const Prefetcher&) = delete;

    /// The next batch; waits for it. Rethrows what the source threw.
    PatchBatch next();

  private:
    void work(std::stop_token stop);

    std::shared_ptr<const PatchSource> source_;
    std::uint64_t index_;
    std::uint64_t stride_;
    std::size_t ahead_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<PatchBatch> ready_;
    std::exception_ptr failure_;
    std::jthread thread_;
};

}  // namespace jpegdeblock::training
