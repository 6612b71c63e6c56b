// SPDX-License-Identifier: LGPL-2.1-or-later
#include "log/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/model.h>

#include "../support/temporary_folder.h"

namespace jpegdeblock {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class LogTest : public testing::Test {
  protected:
    LogTest() { set_log_function(take, this); }
    ~LogTest() override { set_log_function(nullptr); }

    std::vector<std::pair<LogLevel, std::string>> messages() {
        const std::lock_guard lock(mutex_);
        return messages_;
    }

  private:
    static void take(LogLevel level, const char* message, void* data) noexcept {
        auto* test = static_cast<LogTest*>(data);
        const std::lock_guard lock(test->mutex_);
        test->messages_.emplace_back(level, message);
    }

    std::mutex mutex_;
    std::vector<std::pair<LogLevel, std::string>> messages_;
};

TEST_F(LogTest, MessagesReachTheFunctionThatWasSet) {
    log(LogLevel::kInfo, [] { return std::string("one"); });
    log(LogLevel::kDebug, [] { return std::string("two"); });
    EXPECT_THAT(messages(), ElementsAre(Pair(LogLevel::kInfo, "one"), Pair(LogLevel::kDebug, "two")));
}

TEST_F(LogTest, NothingIsMadeWhereNobodyListens) {
    set_log_function(nullptr);
    log(LogLevel::kInfo, []() -> std::string {
        ADD_FAILURE() << "asked for a message";
        return "";
    });
    EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(LogTest, AMessageWithoutMemoryIsLeftOut) {
    log(LogLevel::kInfo, []() -> std::string { throw std::bad_alloc(); });
    EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(LogTest, TheFunctionMayChangeWhileThreadsLog) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            for (int n = 0; n < 1000; ++n) log(LogLevel::kDebug, [] { return std::string("x"); });
        });
    for (int n = 0; n < 100; ++n) {
        std::atomic<int> calls = 0;
        set_log_function(
            [](LogLevel, const char*, void* data) noexcept { ++*static_cast<std::atomic<int>*>(data); },
            &calls);
        set_log_function(nullptr);  // `calls` may go now.
    }
}

TEST_F(LogTest, APresetThatCannotBeUsedIsWarnedOf) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("fast.safetensors")) << "no model";
    ::setenv("JPEGDEBLOCK_MODEL_PATH", folder.path().c_str(), 1);
    EXPECT_THROW(check_presets(Precision::kAuto), Error);
    ::unsetenv("JPEGDEBLOCK_MODEL_PATH");
    EXPECT_THAT(messages(),
                Contains(Pair(LogLevel::kWarning, AllOf(HasSubstr("'fast'"), HasSubstr("left out")))));
}

}  // namespace
}  // namespace jpegdeblock
