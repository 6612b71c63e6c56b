// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/workers.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <exception>
#include <map>
#include <string>
#include <system_error>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

namespace {

/// Neighbouring tasks end within microseconds of each other, which is less than a system call costs; a longer
/// wait sleeps.
constexpr int kSpinsBeforeSleep = 2000;

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

SingleThreadedOpenMp::SingleThreadedOpenMp() : threads_before_(omp_get_max_threads()) {
    omp_set_num_threads(1);
}

SingleThreadedOpenMp::~SingleThreadedOpenMp() {
    omp_set_num_threads(threads_before_);
}

struct Workers::Job {
    struct Progress {
        std::atomic<int> next{0};
        std::atomic<int> done{0};
    };

    explicit Job(std::span<const Stage> all) : stages(all), progress(all.size()) {}

    void run(int worker) {
        for (std::size_t i = 0; i < stages.size(); ++i) run_stage(i, worker);
    }

    void run_stage(std::size_t index, int worker) {
        const Stage& stage = stages[index];
        Progress& state = progress[index];
        for (int task = state.next++; task < stage.tasks; task = state.next++) {
            // A failed job still counts its tasks down, so that nobody waits for ever.
            if (!failed.load(std::memory_order_relaxed)) try_task(stage, task, worker);
            if (++state.done == stage.tasks) state.done.notify_all();
        }
        int spins = 0;
        for (int done = state.done; done < stage.tasks; done = state.done) {
            if (++spins < kSpinsBeforeSleep)
                pause_briefly();
            else
                state.done.wait(done);
        }
    }

    void try_task(const Stage& stage, int task, int worker) {
        try {
            stage.work(task, worker);
        } catch (...) {
            if (!failed.exchange(true)) error = std::current_exception();
        }
    }

    std::span<const Stage> stages;
    std::vector<Progress> progress;
    std::atomic<bool> failed{false};
    std::exception_ptr error;
};

Workers::Workers(int threads) {
    try {
        for (int worker = 1; worker < threads; ++worker) {
            threads_.emplace_back([this, worker](std::stop_token stop) { wait_for_jobs(stop, worker); });
            pthread_setname_np(threads_.back().native_handle(), kThreadName);
        }
    } catch (const std::system_error& error) {
        throw Error(ErrorCode::kEngine, "Cannot start " + std::to_string(threads) +
                                            " threads: " + error.what() + "; ask for fewer.");
    }
}

Workers::~Workers() = default;

void Workers::wait_for_jobs(const std::stop_token& stop, int worker) {
    omp_set_num_threads(1);
    std::size_t jobs_seen = 0;
    std::unique_lock lock(mutex_);
    while (job_posted_.wait(lock, stop, [&] { return job_ && jobs_posted_ != jobs_seen; })) {
        jobs_seen = jobs_posted_;
        Job& job = *job_;
        ++workers_inside_;
        lock.unlock();
        job.run(worker);
        lock.lock();
        if (--workers_inside_ == 0) job_left_.notify_all();
    }
}

void Workers::run(std::span<const Stage> stages) {
    std::lock_guard turn(turn_);
    SingleThreadedOpenMp single_threaded;
    Job job(stages);
    if (!threads_.empty()) {
        {
            std::lock_guard lock(mutex_);
            job_ = &job;
            ++jobs_posted_;
        }
        job_posted_.notify_all();
    }
    job.run(0);
    if (!threads_.empty()) {
        // A worker that wakes only now finds no job; one that is inside still reads it.
        std::unique_lock lock(mutex_);
        job_ = nullptr;
        job_left_.wait(lock, [&] { return workers_inside_ == 0; });
    }
    if (job.error) std::rethrow_exception(job.error);
}

int processors() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    const int count = sched_getaffinity(0, sizeof(allowed), &allowed) == 0
                          ? CPU_COUNT(&allowed)
                          : static_cast<int>(std::thread::hardware_concurrency());
    return std::max(1, count);
}

namespace {

int number_of_workers(int threads) {
    if (threads < 0 || threads > Workers::kMostThreads)
        throw Error(ErrorCode::kInvalidArgument, "The number of threads is " + std::to_string(threads) +
                                                     ", expected 0 (all processors) to " +
                                                     std::to_string(Workers::kMostThreads) + ".");
    return threads == 0 ? processors() : threads;
}

}  // namespace

std::shared_ptr<Workers> make_workers(int threads) {
    return std::make_shared<Workers>(number_of_workers(threads));
}

std::shared_ptr<Workers> shared_workers(int threads) {
    threads = number_of_workers(threads);
    if (threads == 1) return make_workers(1);
    static std::mutex mutex;
    static std::map<int, std::weak_ptr<Workers>> known;
    const std::lock_guard lock(mutex);
    std::weak_ptr<Workers>& entry = known[threads];
    std::shared_ptr<Workers> workers = entry.lock();
    if (!workers) entry = workers = make_workers(threads);
    return workers;
}

}  // namespace jpegdeblock
