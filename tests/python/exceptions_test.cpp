// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors of the elements do not end a Python program, whatever it imports and in whatever order. Modules
// written in C++, as parts of Pillow are, bring libstdc++ and libgcc_s's unwinder into the process, GStreamer
// brings libunwind: which of them serves a library that is loaded later depends on the order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "command.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kNothing[] = "-";

struct Imports {
    std::string name;
    std::string before;
    std::string after;
};

class APythonProgram : public testing::TestWithParam<std::tuple<std::string, Imports>> {};

TEST_P(APythonProgram, IsToldOfErrors) {
    const auto& [element, imports] = GetParam();
    const Ending ending = run(std::string(PYTHON " " TESTS_DIR "/exceptions_program.py ") + element + " " +
                              imports.before + " " + imports.after);
    EXPECT_TRUE(ending.success) << ending;
    EXPECT_THAT(ending.output, AllOf(HasSubstr("fail_at_start:"), HasSubstr("fail_in_streaming:"),
                                     HasSubstr("fail_at_swap:")));
}

INSTANTIATE_TEST_SUITE_P(
    OfAnyImports, APythonProgram,
    testing::Combine(testing::Values("jpegdeblock", "jpegdeblockdec"),
                     testing::Values(Imports{"Nothing", kNothing, kNothing},
                                     Imports{"NumPyBefore", "numpy", kNothing},
                                     Imports{"PillowBefore", "PIL.Image", kNothing},
                                     Imports{"BothBefore", "numpy,PIL.Image", kNothing},
                                     Imports{"NumPyAfter", kNothing, "numpy"},
                                     Imports{"PillowAfter", kNothing, "PIL.Image"},
                                     Imports{"BothAfter", kNothing, "numpy,PIL.Image"},
                                     Imports{"NumPyBeforePillowAfter", "numpy", "PIL.Image"},
                                     Imports{"PillowBeforeNumPyAfter", "PIL.Image", "numpy"})),
    [](const auto& info) { return std::get<0>(info.param) + std::get<1>(info.param).name; });

}  // namespace
}  // namespace jpegdeblock_test
