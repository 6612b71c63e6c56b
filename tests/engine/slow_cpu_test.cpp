// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program of its own: oneDNN fixes the instructions that it uses when it is first asked for something.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <jpegdeblock/error.h>
#include <jpegdeblock/log.h>
#include "engine/engine.h"

#include "reference_network.h"

namespace jpegdeblock {
namespace {

std::shared_ptr<const Model> quantized_model() {
    NetworkDescription network;
    network.channels = 16;
    network.depth = 3;
    return std::make_shared<const Model>(test::random_int8_model(network, 1));
}

TEST(SlowCpu, Bf16IsRefused) {
    try {
        Engine(quantized_model(), Precision::kBf16, make_workers(1));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
        EXPECT_THAT(error.what(), testing::HasSubstr("'random'"));
        EXPECT_THAT(error.what(), testing::HasSubstr("AVX-512"));
    }
}

void remember(LogLevel level, const char* message, void* messages) noexcept {
    if (level == LogLevel::kWarning) static_cast<std::vector<std::string>*>(messages)->push_back(message);
}

TEST(SlowCpu, IsWarnedOfOnceWhenSomebodyListens) {
    const Engine unheard(quantized_model(), Precision::kF32, make_workers(1));
    std::vector<std::string> messages;
    set_log_function(remember, &messages);
    for (int i = 0; i < 2; ++i) Engine(quantized_model(), Precision::kF32, make_workers(1));
    set_log_function(nullptr);
    EXPECT_THAT(messages, testing::ElementsAre(testing::HasSubstr("no AVX2")));
}

TEST(SlowCpu, AutoIsF32OrInt8) {
    EXPECT_THAT(Engine(quantized_model(), Precision::kAuto, make_workers(1)).precision(),
                testing::AnyOf(Precision::kF32, Precision::kInt8));
}

}  // namespace
}  // namespace jpegdeblock

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    if (dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41) != dnnl::status::success) return 1;
    return RUN_ALL_TESTS();
}
