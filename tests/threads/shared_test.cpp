// SPDX-License-Identifier: LGPL-2.1-or-later
// What threads of one process share: workers, models, prepared weights, the log. ThreadSanitizer watches it
// in tests/sanitized.sh.
#include <jpegdeblock/error.h>
#include <jpegdeblock/log.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/workers.h"
#include "model/model.h"

#include "../engine/reference_network.h"
#include "../support/temporary_folder.h"

namespace jpegdeblock::test {
namespace {

constexpr int kThreads = 4;

/// Runs it in some threads at once: function(0) to function(kThreads - 1).
template <typename Function>
void in_threads(const Function& function) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&function, i] { function(i); });
}

constexpr int kWidth = 80, kHeight = 48;

/// Some frames of a stream of its own, one after the other, restored.
std::vector<std::uint8_t> restored_stream(const std::shared_ptr<const Model>& model,
                                          const std::shared_ptr<Workers>& workers, int stream) {
    PictureRestorer restorer(Precision::kAuto, workers);
    restorer.set_luma_model(model);
    std::vector<std::uint8_t> result;
    for (int frame = 0; frame < 4; ++frame) {
        std::vector<std::uint8_t> luma =
            random_luma(kWidth, kHeight, static_cast<std::uint32_t>(10 * stream + frame / 2));
        Picture picture;
        picture.components[0] = {luma.data(), kWidth, kHeight, kWidth, 1};
        restorer.restore(picture, {}, {.quality = 20 + 10 * (stream % 3), .temporal = frame > 1});
        result.insert(result.end(), luma.begin(), luma.end());
    }
    return result;
}

TEST(SharedByThreads, WorkersWhoseTasksThrow) {
    const std::shared_ptr<Workers> workers = make_workers(3);
    in_threads([&](int thread) {
        for (int run = 0; run < 50; ++run) {
            const bool fails = (run + thread) % 5 == 0;
            std::vector<int> squares(40);  // Written by all workers, without a lock.
            long sum = 0;
            const std::vector<Stage> stages = {{40,
                                                [&](int task, int) {
                                                    if (fails && task == 11)
                                                        throw std::runtime_error("task 11");
                                                    squares[static_cast<std::size_t>(task)] = task * task;
                                                }},
                                               {1, [&](int, int) {
                                                    for (const int square : squares) sum += square;
                                                }}};
            if (fails)
                EXPECT_THROW(workers->run(stages), std::runtime_error);
            else
                workers->run(stages);
            EXPECT_EQ(sum, fails ? 0 : 39 * 40 * 79 / 6);
        }
    });
}

TEST(SharedByThreads, WorkersThatComeAndGo) {
    in_threads([](int thread) {
        for (int run = 0; run < 30; ++run) {
            const std::shared_ptr<Workers> workers = shared_workers(2 + (thread + run) % 2);
            std::atomic<int> tasks = 0;
            workers->run(std::vector<Stage>{{20, [&](int, int) { ++tasks; }}});
            EXPECT_EQ(tasks, 20);
        }
    });
}

TEST(SharedByThreads, OneModelAndOneSetOfWorkers) {
    for (const bool temporal : {false, true}) {
        const auto model = std::make_shared<const Model>(random_model(small_network(temporal), 3));
        std::vector<std::vector<std::uint8_t>> alone;
        for (int stream = 0; stream < kThreads; ++stream)
            alone.push_back(restored_stream(model, make_workers(1), stream));
        const std::shared_ptr<Workers> workers = shared_workers(2);
        in_threads([&](int stream) {
            for (int run = 0; run < 2; ++run)
                EXPECT_EQ(restored_stream(model, workers, stream), alone[static_cast<std::size_t>(stream)]);
        });
    }
}

const std::vector<std::byte>& some_weights(const Model& model) {
    return model.tensor("layers.1.weight").data;
}

// Each thread gets the old model or the new one, never a mixture.
TEST(SharedByThreads, AModelFileThatIsReplaced) {
    const TemporaryFolder folder;
    const std::string path = folder.file("model.safetensors");
    std::vector<std::shared_ptr<const Model>> models;
    for (const std::uint32_t seed : {1u, 2u})
        models.push_back(std::make_shared<const Model>(random_model(small_network(), seed)));
    save_model(path, *models[0]);
    std::atomic<bool> done = false;
    std::jthread writer([&] {
        for (int i = 0; !done; ++i) {
            save_model(path, *models[static_cast<std::size_t>(i % 2)]);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    in_threads([&](int) {
        for (int run = 0; run < 20; ++run) {
            const std::shared_ptr<const Model> model = load_shared_model(path);
            EXPECT_TRUE(some_weights(*model) == some_weights(*models[0]) ||
                        some_weights(*model) == some_weights(*models[1]));
        }
    });
    done = true;
}

TEST(SharedByThreads, TheChoiceOfAPreset) {
    const TemporaryFolder folder;
    for (const char* name : {"fast", "balanced"})
        save_model(folder.file(std::string(name) + ".safetensors"), random_model(small_network(), 5));
    ASSERT_EQ(::setenv("JPEGDEBLOCK_MODEL_PATH", folder.path().c_str(), 1), 0);
    in_threads([](int thread) {
        const std::shared_ptr<Workers> workers = shared_workers(1 + thread % 2);
        for (const int width : {64, 640})
            EXPECT_NE(choose_preset({width, 64, 25.0}, Precision::kAuto, workers), "");
    });
    ::unsetenv("JPEGDEBLOCK_MODEL_PATH");
}

TEST(SharedByThreads, TheLogsFunctionIsExchangedWhileOthersSpeak) {
    const TemporaryFolder folder;
    const std::string path = folder.file("model.safetensors");
    save_model(path, random_model(small_network(), 5));
    std::atomic<bool> done = false;
    std::jthread listener([&] {
        while (!done) {
            // Once set_log_function has returned, nobody uses the counter any more.
            auto messages = std::make_unique<int>(0);
            static std::mutex mutex;
            set_log_function(
                [](LogLevel, const char*, void* data) noexcept {
                    const std::lock_guard lock(mutex);
                    ++*static_cast<int*>(data);
                },
                messages.get());
            set_log_function(nullptr);
        }
    });
    in_threads([&](int) {
        for (int run = 0; run < 50; ++run) load_shared_model(path);
    });
    done = true;
}

}  // namespace
}  // namespace jpegdeblock::test
