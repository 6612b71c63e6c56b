// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "engine/engine.h"

#include "engine/fair_mutex.h"

namespace jpegdeblock {

/// A number of independent tasks. work(task, worker): task is 0 .. tasks-1, worker is 0 ..
/// Workers::count()-1; no two calls with the same worker run at once, so memory for each worker needs no
/// lock.
struct Stage {
    int tasks = 0;
    std::function<void(int task, int worker)> work;
};

/// Those that the process may run on; at least 1.
int processors();

class Workers {
  public:
    /// threads: 1 .. kMostThreads, the caller's included; threads - 1 are started here.
    explicit Workers(int threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    static constexpr int kMostThreads = 1024;
    /// What tools such as top call the threads.
    static constexpr const char* kThreadName = "jpegdeblock";

    int count() const { return static_cast<int>(threads_.size()) + 1; }

    /// Runs the stages one after the other: a stage starts when every task of the stage before is done. The
    /// calling thread takes part. After a task throws, no further task starts and the first exception is
    /// rethrown here. OpenMP regions inside a task run on the worker's thread alone.
    void run(std::span<const Stage> stages);

  private:
    struct Job;

    void wait_for_jobs(const std::stop_token& stop, int worker);

    FairMutex turn_;  ///< Held by the call of run() that is being served.
    std::mutex mutex_;
    std::condition_variable_any job_posted_;
    std::condition_variable job_left_;
    Job* job_ = nullptr;
    std::size_t jobs_posted_ = 0;
    int workers_inside_ = 0;
    std::vector<std::jthread> threads_;  ///< Last: they stop before the members they use go.
};

/// While it lives, OpenMP regions that the current thread enters stay on this thread.
class SingleThreadedOpenMp {
  public:
    SingleThreadedOpenMp();
    ~SingleThreadedOpenMp();
    SingleThreadedOpenMp(const SingleThreadedOpenMp&) = delete;
    SingleThreadedOpenMp& operator=(const SingleThreadedOpenMp&) = delete;

  private:
    int threads_before_;
};

}  // namespace jpegdeblock
