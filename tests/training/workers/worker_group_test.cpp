// SPDX-License-Identifier: LGPL-2.1-or-later
#include "workers/worker_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <map>

#include "free_port.h"

namespace jpegdeblock::training {
namespace {

using testing::HasSubstr;

class WorkerEnvironmentTest : public testing::Test {
  protected:
    ~WorkerEnvironmentTest() override {
        for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}) unsetenv(name);
    }
    static void set(const std::map<std::string, std::string>& variables) {
        for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
    }
    static void expect_error(const std::string& text) {
        try {
            read_worker_environment();
            FAIL() << "accepted; expected: " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
            EXPECT_THAT(error.what(), HasSubstr(text));
        }
    }
};

TEST_F(WorkerEnvironmentTest, WhatIsWrongIsNamed) {
    set({{"WORLD_SIZE", "two"}});
    expect_error("WORLD_SIZE is 'two'");
    set({{"WORLD_SIZE", "0"}});
    expect_error("WORLD_SIZE is '0'");
    set({{"WORLD_SIZE", "2"}});
    expect_error("no RANK");
    set({{"RANK", "2"}});
    expect_error("RANK is '2', expected a number in 0..1");
    set({{"RANK", "1"}});
    expect_error("no MASTER_ADDR");
    set({{"MASTER_ADDR", "localhost"}, {"MASTER_PORT", "99999"}});
    expect_error("MASTER_PORT is '99999'");
}

TEST_F(WorkerEnvironmentTest, OneProcessNeedsNothing) {
    EXPECT_EQ(read_worker_environment().size, 1);
    set({{"WORLD_SIZE", "1"}});
    EXPECT_EQ(read_worker_environment().size, 1);
}

TEST_F(WorkerEnvironmentTest, AsTorchrunSetsIt) {
    set({{"WORLD_SIZE", "4"}, {"RANK", "3"}, {"MASTER_ADDR", "host"}, {"MASTER_PORT", "29500"}});
    const WorkerEnvironment environment = read_worker_environment();
    EXPECT_EQ(environment.size, 4);
    EXPECT_EQ(environment.rank, 3);
    EXPECT_EQ(environment.leader_address, "host");
    EXPECT_EQ(environment.leader_port, 29500);
    EXPECT_FALSE(environment.store_is_served);
}

TEST(WorkerGroupTest, AloneNothingChanges) {
    const WorkerGroup group;
    EXPECT_TRUE(group.leads());
    const torch::Tensor tensor = torch::tensor({1.0f, 2.0f});
    group.average({tensor});
    group.broadcast({tensor});
    EXPECT_TRUE(torch::equal(tensor, torch::tensor({1.0f, 2.0f})));
    EXPECT_EQ(group.means({3.0, 4.0}), (std::vector<double>{3, 4}));
    EXPECT_EQ(group.broadcast("text"), "text");
}

WorkerGroup join(int rank, int size, int port, int seconds = 60) {
    return {{.rank = rank, .size = size, .leader_address = "127.0.0.1", .leader_port = port, .attempt = "0"},
            std::chrono::seconds(seconds)};
}

TEST(WorkerGroupTest, ThreeAverageAndHearTheFirst) {
    const int port = free_port();
    const auto work = [port](int rank) {
        const WorkerGroup group = join(rank, 3, port);
        const auto value = static_cast<float>(rank);
        // Not contiguous, as gradients of channels-last weights are.
        torch::Tensor first = torch::tensor({{value, 1.0f}, {10 * value, 2.0f}}).t();
        torch::Tensor second = torch::full({1}, 100 * value);
        group.average({first, second});
        EXPECT_TRUE(torch::equal(first, torch::tensor({{1.0f, 10.0f}, {1.0f, 2.0f}})));
        EXPECT_TRUE(torch::equal(second, torch::full({1}, 100.0f)));
        EXPECT_EQ(group.means({3.0 * rank, 1.0}), (std::vector<double>{3, 1}));
        torch::Tensor told = torch::full({2, 2}, value);
        group.broadcast({told});
        EXPECT_TRUE(torch::equal(told, torch::zeros({2, 2})));
        EXPECT_EQ(group.broadcast(rank == 0 ? "from the first" : "other"), "from the first");
        EXPECT_EQ(group.broadcast(rank == 0 ? "" : "other"), "");
    };
    auto second = std::async(std::launch::async, work, 1), third = std::async(std::launch::async, work, 2);
    work(0);
    second.get();
    third.get();
}

TEST(WorkerGroupTest, WhoeverDoesNotComeIsAnErrorAfterTheTimeOut) {
    const int port = free_port();
    EXPECT_THROW(join(0, 2, port, 1), LostWorkerError);
    EXPECT_THROW(join(1, 2, port, 1), LostWorkerError) << "there is no rank 0";
}

TEST(WorkerGroupTest, WhoeverLeavesIsAnErrorForTheOthers) {
    const int port = free_port();
    auto leaver = std::async(std::launch::async, [port] { join(1, 2, port, 2); });
    const WorkerGroup group = join(0, 2, port, 2);
    leaver.get();
    try {
        group.average({torch::ones({3})});
        FAIL() << "averaged with nobody";
    } catch (const LostWorkerError& error) {
        EXPECT_THAT(error.what(), HasSubstr("--resume"));
    }
}

}  // namespace
}  // namespace jpegdeblock::training
