// SPDX-License-Identifier: LGPL-2.1-or-later
// What Python's pickles may hold where the training program imports networks.
#include "../training/import/pickle_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>

#include <span>
#include <string>

#include "import/pickle.h"

namespace jpegdeblock::training {
namespace {

PickleValue read(const std::string& pickle) {
    std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(pickle.data()), pickle.size());
    return read_pickle(bytes);
}

std::string failure(const std::string& pickle) {
    try {
        read(pickle);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
        return error.what();
    }
    return "no error";
}

/// A list that holds so many empty ones.
std::string lists(std::size_t count) {
    return pickle_writer::whole("](" + std::string(count, ']') + "e");
}

/// Lists that each hold the next, so many deep.
std::string nested(std::size_t depth) {
    return pickle_writer::whole(std::string(depth, ']') + std::string(depth - 1, 'a'));
}

TEST(PickleLimit, ContainersAreCounted) {
    constexpr std::size_t kMost = 10000;
    EXPECT_EQ(read(lists(kMost - 1)).sequence()->size(), kMost - 1);
    EXPECT_THAT(failure(lists(kMost)), testing::HasSubstr("larger than a network's"));
    EXPECT_EQ(read(nested(kMost)).sequence()->size(), 1u);
    EXPECT_THAT(failure(nested(kMost + 1)), testing::HasSubstr("larger than a network's"));
}

}  // namespace
}  // namespace jpegdeblock::training
