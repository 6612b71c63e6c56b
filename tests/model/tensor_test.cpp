// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>

#include <limits>

#include "model/safetensors.h"

#include "expect_error.h"

namespace jpegdeblock {
namespace {

using test::expect_error;

TEST(Tensor, RefusesNegativeExtent) {
    expect_error(ErrorCode::kInvalidArgument, {"[2, -1]"}, [] { make_tensor(DataType::kF32, {2, -1}); });
}

TEST(Tensor, RefusesOverflowingShape) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    expect_error(ErrorCode::kInvalidArgument, {"[4611686018427387903]"},
                 [] { make_tensor(DataType::kF32, {kMost / 2}); });
    expect_error(ErrorCode::kInvalidArgument, {"[9223372036854775807, 2]"}, [] {
        make_tensor(DataType::kI8, {kMost, 2});
    });
}

TEST(Tensor, HasTheSizesOfItsTypes) {
    EXPECT_EQ(size_of(DataType::kF32), 4u);
    EXPECT_EQ(size_of(DataType::kI32), 4u);
    EXPECT_EQ(size_of(DataType::kI8), 1u);
    EXPECT_EQ(size_of(DataType::kU8), 1u);
}

TEST(Tensor, StartsWithZeros) {
    const Tensor tensor = make_tensor(DataType::kI32, {2, 3});
    EXPECT_EQ(tensor.elements(), 6);
    EXPECT_EQ(tensor.data.size(), 24u);
    EXPECT_THAT(tensor.data, testing::Each(std::byte{0}));
}

TEST(Tensor, MayBeAScalarOrEmpty) {
    EXPECT_EQ(make_tensor(DataType::kF32, {}).elements(), 1);
    EXPECT_EQ(make_tensor(DataType::kF32, {}).data.size(), 4u);
    EXPECT_EQ(make_tensor(DataType::kF32, {5, 0}).elements(), 0);
}

}  // namespace
}  // namespace jpegdeblock
