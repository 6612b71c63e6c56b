// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/workers.h"

#include <omp.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>

#include "../support/worker_threads.h"

namespace jpegdeblock {
namespace {

TEST(Workers, RejectsBadNumbersOfThreads) {
    for (const int threads : {-1, Workers::kMostThreads + 1}) {
        try {
            make_workers(threads);
            FAIL() << threads;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
            EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(threads)));
        }
    }
}

TEST(Workers, ZeroIsAllProcessorsOfTheProcess) {
    cpu_set_t allowed;
    ASSERT_EQ(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
    EXPECT_EQ(make_workers(0)->count(), CPU_COUNT(&allowed));
}

TEST(Workers, RethrowTheFirstErrorAndStartNoFurtherStage) {
    for (const int threads : {1, 3}) {
        const auto workers = make_workers(threads);
        std::atomic<int> later{0};
        const std::vector<Stage> stages = {{50,
                                            [](int task, int) {
                                                if (task == 7) throw std::runtime_error("task 7");
                                            }},
                                           {10, [&](int, int) { ++later; }}};
        EXPECT_THROW(workers->run(stages), std::runtime_error);
        EXPECT_EQ(later, 0);

        // They work on afterwards.
        workers->run(std::vector<Stage>{{10, [&](int, int) { ++later; }}});
        EXPECT_EQ(later, 10);
    }
}

TEST(Workers, RunEveryTaskOnceAndStagesInOrder) {
    for (const int threads : {1, 2, 3, 8}) {
        const auto workers = make_workers(threads);
        EXPECT_EQ(workers->count(), threads);
        constexpr int kTasks = 100, kStages = 20;
        std::vector<std::atomic<int>> runs(kTasks * kStages);
        std::atomic<int> out_of_order{0};
        std::vector<Stage> stages;
        for (int stage = 0; stage < kStages; ++stage)
            stages.push_back({kTasks, [&, stage](int task, int) {
                                  ++runs[stage * kTasks + task];
                                  if (stage == 0) return;
                                  for (int other = 0; other < kTasks; ++other)
                                      if (runs[(stage - 1) * kTasks + other] != 1) ++out_of_order;
                              }});
        stages.insert(stages.begin() + 3, Stage{0, nullptr});
        workers->run(stages);
        for (const auto& count : runs) EXPECT_EQ(count, 1);
        EXPECT_EQ(out_of_order, 0);
    }
}

TEST(Workers, NoTwoTasksOfOneWorkerAtOnce) {
    const auto workers = make_workers(4);
    std::vector<std::atomic<int>> inside(4);
    std::atomic<int> collisions{0};
    workers->run(std::vector<Stage>{{200, [&](int, int worker) {
                                         if (inside[worker]++ != 0) ++collisions;
                                         std::this_thread::sleep_for(std::chrono::microseconds(20));
                                         --inside[worker];
                                     }}});
    EXPECT_EQ(collisions, 0);
}

TEST(Workers, CallsFromSeveralThreadsTakeTurns) {
    const auto workers = make_workers(2);
    std::atomic<int> running{0}, overlaps{0}, tasks{0};
    {
        std::vector<std::jthread> callers;
        for (int caller = 0; caller < 4; ++caller)
            callers.emplace_back([&, caller] {
                for (int i = 0; i < 50; ++i)
                    workers->run(std::vector<Stage>{{5,
                                                     [&, caller](int, int) {
                                                         const int before = running.exchange(caller + 1);
                                                         if (before != 0 && before != caller + 1) ++overlaps;
                                                         ++tasks;
                                                     }},
                                                    {1, [&](int, int) { running = 0; }}});
            });
    }
    EXPECT_EQ(tasks, 4 * 50 * 5);
    EXPECT_EQ(overlaps, 0);
}

TEST(Workers, OneThreadIsTheCallers) {
    std::set<std::thread::id> used;
    make_workers(1)->run(
        std::vector<Stage>{{10, [&](int, int) { used.insert(std::this_thread::get_id()); }}});
    EXPECT_THAT(used, testing::ElementsAre(std::this_thread::get_id()));
}

TEST(Workers, KeepOpenMpOnTheirThreadsAndLeaveTheCallersSettingAlone) {
    omp_set_num_threads(5);
    std::atomic<int> most{0};
    make_workers(3)->run(std::vector<Stage>{{30, [&](int, int) {
                                                 if (omp_get_max_threads() > most)
                                                     most = omp_get_max_threads();
                                                 std::this_thread::sleep_for(std::chrono::microseconds(50));
                                             }}});
    EXPECT_EQ(most, 1);
    EXPECT_EQ(omp_get_max_threads(), 5);
}

TEST(Workers, UseNoProcessorTimeWhileIdle) {
    const auto workers = make_workers(4);
    workers->run(std::vector<Stage>{{100, [](int, int) {}}});
    const std::clock_t before = std::clock();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    // Four that spin would use up to 400 ms.
    EXPECT_LT(double(std::clock() - before) / CLOCKS_PER_SEC, 0.05);
}

TEST(SharedWorkers, AreTheSameForTheSameNumber) {
    const auto two = shared_workers(2);
    EXPECT_EQ(shared_workers(2), two);
    EXPECT_NE(shared_workers(3), two);
    const std::weak_ptr<Workers> watched = shared_workers(5);
    EXPECT_TRUE(watched.expired()) << "kept though nobody holds them";
    EXPECT_THROW(shared_workers(-1), Error);
}

TEST(SharedWorkers, OfOneThreadNeedNotTakeTurns) {
    EXPECT_NE(shared_workers(1), shared_workers(1));
    EXPECT_EQ(shared_workers(1)->count(), 1);
}

TEST(SharedWorkers, StartNoThreadBeyondTheirNumber) {
    ASSERT_TRUE(test::worker_threads_come_down_to(0));
    {
        std::vector<std::shared_ptr<Workers>> streams;
        for (int i = 0; i < 4; ++i) streams.push_back(shared_workers(3));
        EXPECT_EQ(test::worker_threads(), 2);
        streams.push_back(shared_workers(1));
        EXPECT_EQ(test::worker_threads(), 2);
    }
    EXPECT_TRUE(test::worker_threads_come_down_to(0));
}

TEST(SharedWorkers, ServeManyCallersAtOnce) {
    std::atomic<int> tasks{0};
    {
        std::vector<std::jthread> streams;
        for (int stream = 0; stream < 6; ++stream)
            streams.emplace_back([&, threads = 1 + stream % 3] {
                for (int frame = 0; frame < 40; ++frame)
                    shared_workers(threads)->run(
                        std::vector<Stage>{{7, [&](int, int) { ++tasks; }}, {3, [&](int, int) { ++tasks; }}});
            });
    }
    EXPECT_EQ(tasks, 6 * 40 * 10);
}

TEST(FairMutex, ServesInTheOrderOfArrival) {
    FairMutex mutex;
    std::vector<int> served;
    {
        std::vector<std::jthread> threads;
        mutex.lock();
        for (int i = 0; i < 5; ++i) {
            threads.emplace_back([&, i] {
                const std::lock_guard lock(mutex);
                served.push_back(i);
            });
            while (mutex.users() < static_cast<std::uint64_t>(i) + 2) std::this_thread::yield();
        }
        mutex.unlock();
        const std::lock_guard lock(mutex);  // At once, but after the others.
        served.push_back(5);
    }
    EXPECT_THAT(served, testing::ElementsAre(0, 1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace jpegdeblock
