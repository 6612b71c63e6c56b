// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/prefetcher.h"

#include <utility>

namespace jpegdeblock::training {

Prefetcher::Prefetcher(std::shared_ptr<const PatchSource> source, std::uint64_t first_index,
                       std::uint64_t stride, int threads)
    : source_(std::move(source)),
      first_index_(first_index),
      stride_(stride),
      ahead_(4 * static_cast<std::uint64_t>(threads)) {
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

Prefetcher::~Prefetcher() {
    for (std::jthread& thread : threads_) thread.request_stop();
    changed_.notify_all();
    threads_.clear();
}

void Prefetcher::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return begun_ < taken_ + ahead_; })) {
        const std::uint64_t number = begun_++;
        lock.unlock();
        Result result;
        try {
            result.batch = source_->make_batch(first_index_ + number * stride_);
        } catch (...) {
            result.failure = std::current_exception();
        }
        lock.lock();
        ready_.emplace(number, std::move(result));
        changed_.notify_all();
    }
}

PatchBatch Prefetcher::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_.contains(taken_); });
    if (ready_.at(taken_).failure) std::rethrow_exception(ready_.at(taken_).failure);
    PatchBatch batch = std::move(ready_.extract(taken_).mapped().batch);
    ++taken_;
    changed_.notify_all();
    return batch;
}

}  // namespace jpegdeblock::training
