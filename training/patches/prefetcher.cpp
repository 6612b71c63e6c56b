// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/prefetcher.h"

namespace jpegdeblock::training {

Prefetcher::Prefetcher(std::shared_ptr<const PatchSource> source, std::uint64_t first_index,
                       std::uint64_t stride, std::size_t ahead)
    : source_(std::move(source)), index_(first_index), stride_(stride), ahead_(ahead) {
    thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
}

Prefetcher::~Prefetcher() {
    thread_.request_stop();
    changed_.notify_all();
}

void Prefetcher::work(std::stop_token stop) {
    try {
        while (!stop.stop_requested()) {
            PatchBatch batch = source_->make_batch(index_);
            index_ += stride_;
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [this] { return ready_.size() < ahead_; });
            ready_.push_back(std::move(batch));
            changed_.notify_all();
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

PatchBatch Prefetcher::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty() || failure_ != nullptr; });
    if (ready_.empty()) std::rethrow_exception(failure_);
    PatchBatch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
}

}  // namespace jpegdeblock::training
