// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>

#include "command.h"
#include "example_files.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::HasSubstr;

TEST(Embed, MissingFileIsNamed) {
    const Ending ending = run(example_program("embed") + " /nonexistent/frame.jpg");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("/nonexistent/frame.jpg"));
}

TEST(Embed, MissingModelIsExplained) {
    const TemporaryFolder folder;
    write_sample_jpeg(folder.file("frame.jpg"));
    const Ending ending = run("env JPEGDEBLOCK_MODEL_PATH=/nonexistent " + example_program("embed") + " " +
                              folder.file("frame.jpg"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("JPEGDEBLOCK_MODEL_PATH"));
}

TEST(Embed, RestoresFramesFromMemory) {
    const TemporaryFolder folder;
    write_sample_jpeg(folder.file("first.jpg"));
    write_sample_jpeg(folder.file("second.jpg"));
    const Ending ending =
        run(example_program("embed") + " " + folder.file("first.jpg") + " " + folder.file("second.jpg"));
    ASSERT_TRUE(ending.success) << ending;
    for (const char* name : {"first.jpg.ppm", "second.jpg.ppm"}) {
        std::ifstream file(folder.file(name), std::ios::binary);
        std::string header;
        std::getline(file, header);
        EXPECT_EQ(header, "P6");
        std::getline(file, header);
        EXPECT_EQ(header, "451 300");
        EXPECT_EQ(std::filesystem::file_size(folder.file(name)), 15u + 3 * 451 * 300);
    }
}

}  // namespace
}  // namespace jpegdeblock_test
