// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <jpegdeblock/error.h>

namespace jpegdeblock::test {

/// Expects that `action` throws an Error of that code whose message has all of the parts.
inline void expect_error(ErrorCode code, const std::vector<std::string>& parts,
                         const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
        for (const std::string& part : parts) EXPECT_THAT(error.what(), testing::HasSubstr(part));
        EXPECT_THAT(error.what(), testing::EndsWith("."));
        return;
    }
    ADD_FAILURE() << "nothing was thrown";
}

}  // namespace jpegdeblock::test
