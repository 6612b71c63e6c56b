// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace jpegdeblock {

/// A mutex that is given to those who wait in the order in which they came. std::mutex lets a thread that
/// unlocks and locks again overtake the others for as long as it likes.
class FairMutex {
  public:
    void lock() {
        std::unique_lock lock(mutex_);
        const std::uint64_t ticket = next_ticket_++;
        turn_changed_.wait(lock, [&] { return ticket == now_served_; });
    }

    void unlock() {
        {
            std::lock_guard lock(mutex_);
            ++now_served_;
        }
        turn_changed_.notify_all();
    }

    /// How many hold it or wait for it.
    std::uint64_t users() const {
        std::lock_guard lock(mutex_);
        return next_ticket_ - now_served_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable turn_changed_;
    std::uint64_t next_ticket_ = 0;
    std::uint64_t now_served_ = 0;
};

}  // namespace jpegdeblock
