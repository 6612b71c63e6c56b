// SPDX-License-Identifier: LGPL-2.1-or-later
// examples/embed.py, as a program and as a module.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>

#include "../support/temporary_folder.h"
#include "command.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

const std::string kEmbed = PYTHON " " EXAMPLES_DIR "/embed.py ";

class EmbedInPython : public testing::Test {
  protected:
    void SetUp() override {
        const Ending ending = launch(
            "videotestsrc num-buffers=1 ! video/x-raw,width=317,height=240 ! jpegenc quality=20 "
            "! filesink location=" +
            folder.file("frame.jpg"));
        ASSERT_TRUE(ending.success) << ending;
    }

    TemporaryFolder folder;
};

TEST_F(EmbedInPython, MissingFileIsNamed) {
    const Ending ending = run(kEmbed + "/nonexistent/frame.jpg");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("/nonexistent/frame.jpg"));
}

TEST_F(EmbedInPython, WhatIsNoJpegIsSaid) {
    std::ofstream(folder.file("broken.jpg")) << "no JPEG";
    const Ending ending = run(kEmbed + folder.file("broken.jpg"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("not a JPEG"));
}

TEST_F(EmbedInPython, MissingModelIsExplained) {
    const Ending ending = run("env JPEGDEBLOCK_MODEL_PATH=/nonexistent " + kEmbed + folder.file("frame.jpg"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("JPEGDEBLOCK_MODEL_PATH"));
}

TEST_F(EmbedInPython, RestoresFilesAlsoWithoutAnEnd) {
    const std::string whole = folder.file("frame.jpg"), cut = folder.file("cut.jpg");
    std::filesystem::copy_file(whole, cut);
    std::filesystem::resize_file(cut, std::filesystem::file_size(whole) - 2);
    const Ending ending = run(kEmbed + whole + " " + cut);
    ASSERT_TRUE(ending.success) << ending;
    for (const std::string& path : {whole, cut}) {
        std::ifstream file(path + ".ppm", std::ios::binary);
        std::string header;
        std::getline(file, header);
        EXPECT_EQ(header, "P6");
        std::getline(file, header);
        EXPECT_EQ(header, "317 240");
        EXPECT_EQ(std::filesystem::file_size(path + ".ppm"), 15u + 3 * 317 * 240);
    }
}

TEST_F(EmbedInPython, GivesMemoryBackAndGoesOnAfterErrors) {
    const Ending ending =
        run(PYTHON " " TESTS_DIR "/embed_program.py " EXAMPLES_DIR " " + folder.file("frame.jpg"));
    EXPECT_TRUE(ending.success) << ending;
    EXPECT_THAT(ending.output, AllOf(HasSubstr("(240, 317, 3) of uint8, writeable: True"),
                                     HasSubstr("lost: A "), HasSubstr("done")));
}

}  // namespace
}  // namespace jpegdeblock_test
