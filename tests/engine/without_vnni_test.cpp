// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program of its own: oneDNN fixes the instructions that it uses when it is first asked for something.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <jpegdeblock/error.h>
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

TEST(WithoutVnni, Int8IsRefused) {
    try {
        Engine(quantized_model(), Precision::kInt8, make_workers(1));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
        EXPECT_THAT(error.what(), testing::HasSubstr("'random'"));
        EXPECT_THAT(error.what(), testing::HasSubstr("VNNI"));
    }
}

TEST(WithoutVnni, AutoIsF32) {
    EXPECT_EQ(Engine(quantized_model(), Precision::kAuto, make_workers(1)).precision(), Precision::kF32);
}

}  // namespace
}  // namespace jpegdeblock

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    if (dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx512_core) != dnnl::status::success) return 1;
    return RUN_ALL_TESTS();
}
