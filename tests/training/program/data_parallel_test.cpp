// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblock-train in several processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <future>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "../workers/free_port.h"
#include "model/model.h"
#include "pictures/pictures.h"
#include "train_program.h"

namespace jpegdeblock::training {
namespace {

using jpegdeblock_test::Ending;
using jpegdeblock_test::kill_program;
using jpegdeblock_test::run_program;
using jpegdeblock_test::start_program;
using jpegdeblock_test::wait_for;
using testing::HasSubstr;

class DataParallelTest : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directory(folder_.file("pictures"));
        for (unsigned seed = 0; seed < 3; ++seed)
            save_luma(folder_.file("pictures/" + std::to_string(seed) + ".png"), draw_picture(120, 96, seed));
    }
    ~DataParallelTest() override {
        if (second_ > 0) kill_program(second_);
    }

    std::string training(const std::string& output, const std::string& rest) const {
        return "train --pictures " + folder_.file("pictures") + " --output " + folder_.file(output) +
               " --screens 0 --channels 8 --depth 4 --patch 32 --threads 1 --precision f32 --learning-rate "
               "2e-3"
               " --average-decay 0.9 " +
               rest;
    }
    static std::string place(int rank, int port) {
        return "OMP_WAIT_POLICY=passive MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port) +
               " WORLD_SIZE=2 RANK=" + std::to_string(rank);
    }
    /// Both processes to their end; returns the first one's.
    Ending run_both(const std::string& arguments) {
        const int port = free_port();
        auto second = std::async(std::launch::async, [&] { return run_program(arguments, place(1, port)); });
        const Ending first = run_program(arguments, place(0, port));
        const Ending other = second.get();
        EXPECT_EQ(other.success, first.success) << other;
        return first;
    }

    test::TemporaryFolder folder_;
    pid_t second_ = 0;
};

double largest_difference(const std::string& a, const std::string& b) {
    const auto expected = load_model(a), actual = load_model(b);
    double largest = 0;
    for (const auto& [name, tensor] : expected->tensors)
        for (std::int64_t i = 0; i < tensor.elements(); ++i)
            largest = std::max(largest, std::abs(double(tensor.as<float>()[i]) -
                                                 double(actual->tensor(name).as<float>()[i])));
    return largest;
}

TEST_F(DataParallelTest, TwoProcessesGiveTheWeightsOfOneWithTwiceTheBatch) {
    const Ending one = run_program(training("one.safetensors", "--steps 12 --batch 8"));
    ASSERT_TRUE(one.success) << one;
    const Ending two = run_both(training("two.safetensors", "--steps 12 --batch 4"));
    ASSERT_TRUE(two.success) << two;
    const Ending other = run_program(training("other.safetensors", "--steps 12 --batch 4"));
    ASSERT_TRUE(other.success) << other;
    const double rounding =
        largest_difference(folder_.file("one.safetensors"), folder_.file("two.safetensors"));
    const double otherwise =
        largest_difference(folder_.file("one.safetensors"), folder_.file("other.safetensors"));
    EXPECT_LT(rounding, 2e-5);
    EXPECT_GT(otherwise, 50 * rounding) << "the test cannot tell batches apart";
}

TEST_F(DataParallelTest, ALostProcessIsAnErrorAndTheCheckpointSurvives) {
    const std::string output = folder_.file("m.safetensors");
    const std::string endless = training("m.safetensors", "--minutes 5 --batch 4 --worker-timeout 10");
    const int port = free_port();
    second_ = start_program(endless, place(1, port));
    auto first = std::async(std::launch::async, [&] {
        return run_program(endless + " --checkpoint-minutes 0.001", place(0, port));
    });
    ASSERT_TRUE(wait_for(output + ".checkpoint"));
    kill_program(second_);
    second_ = 0;
    const Ending ending = first.get();
    EXPECT_FALSE(ending.success) << ending;
    EXPECT_THAT(ending.output, HasSubstr("lost"));
    EXPECT_THAT(ending.output, HasSubstr("--resume"));
    EXPECT_NO_THROW(load_model(output));

    const Ending resumed = run_both(training("m.safetensors", "--minutes 0.001 --batch 4 --resume"));
    EXPECT_TRUE(resumed.success) << resumed;
    EXPECT_THAT(resumed.output, HasSubstr("resuming at step"));
}

TEST_F(DataParallelTest, DifferentOptionsAreRefused) {
    const int port = free_port();
    auto second = std::async(std::launch::async, [&] {
        return run_program(training("m.safetensors", "--steps 3 --worker-timeout 10"), place(1, port));
    });
    const Ending first =
        run_program(training("m.safetensors", "--steps 2 --worker-timeout 10"), place(0, port));
    EXPECT_FALSE(first.success) << first;
    const Ending other = second.get();
    EXPECT_FALSE(other.success) << other;
    EXPECT_THAT(other.output, HasSubstr("same options"));
}

}  // namespace
}  // namespace jpegdeblock::training
