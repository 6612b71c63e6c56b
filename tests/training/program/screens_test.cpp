// SPDX-License-Identifier: LGPL-2.1-or-later
// Rendered screens as a user of jpegdeblock-train meets them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "pictures/pictures.h"
#include "screens/screen.h"
#include "train_program.h"

namespace jpegdeblock::training {
namespace {

using jpegdeblock_test::Ending;
using jpegdeblock_test::run_program;

class RenderProgramTest : public testing::Test {
  protected:
    std::string folder() const { return folder_.file("screens"); }

    test::TemporaryFolder folder_;
};

TEST_F(RenderProgramTest, BadArgumentsAreRefused) {
    EXPECT_FALSE(run_program("render").success);
    EXPECT_FALSE(run_program("render " + folder() + " --count 0").success);
    EXPECT_FALSE(run_program("render " + folder() + " --width 16").success);
    EXPECT_FALSE(run_program("render " + folder() + " --height 100000").success);
    EXPECT_FALSE(run_program("render " + folder() + " --seed -1").success);
    EXPECT_FALSE(std::filesystem::exists(folder()));
    std::ofstream(folder_.file("file")) << "not a folder";
    const Ending ending = run_program("render " + folder_.file("file") + " --count 1");
    EXPECT_FALSE(ending.success);
    EXPECT_NE(ending.output.find(folder_.file("file")), std::string::npos) << ending;
}

TEST_F(RenderProgramTest, WritesHeldBackScreensAndOverwritesOnlyWhenForced) {
    const std::string command = "render " + folder() + " --count 2 --width 96 --height 64";
    ASSERT_TRUE(run_program(command).success);
    const std::vector<std::string> paths = list_pictures(folder());
    ASSERT_EQ(paths.size(), 2u);
    const RgbPicture expected = render_screen(kFirstHeldBackScreen + 1, 96, 64);
    EXPECT_EQ(load_rgb(paths[1]).samples, expected.samples);

    std::filesystem::remove(paths[0]);
    const Ending again = run_program(command);
    EXPECT_FALSE(again.success);
    EXPECT_NE(again.output.find("--force"), std::string::npos) << again;
    EXPECT_FALSE(std::filesystem::exists(paths[0])) << "nothing may be written before the refusal";
    EXPECT_TRUE(run_program(command + " --force").success);
    EXPECT_EQ(list_pictures(folder()).size(), 2u);
}

TEST_F(RenderProgramTest, TrainingMixesThemIn) {
    std::filesystem::create_directory(folder_.file("pictures"));
    save_luma(folder_.file("pictures/p.png"), draw_picture(120, 90, 1));
    const std::string training = "train --pictures " + folder_.file("pictures") + " --output " +
                                 folder_.file("m.safetensors") +
                                 " --channels 8 --depth 2 --batch 4 --patch 48 --threads 1 --precision f32 "
                                 "--steps 3 --screen-pictures 5 --downscale 0.5";
    EXPECT_FALSE(run_program(training + " --screens 1.5").success);
    EXPECT_FALSE(run_program(training + " --screens 0.2 --screen-pictures 0").success);
    EXPECT_FALSE(run_program("train --prepared x --output y --screens 0.2").success);
    const Ending mixed = run_program(training + " --screens 0.3");
    EXPECT_TRUE(mixed.success) << mixed;
    EXPECT_NE(mixed.output.find("5 rendered screens"), std::string::npos) << mixed;
    std::filesystem::remove(folder_.file("m.safetensors.checkpoint"));
    const Ending without = run_program(training + " --screens 0");
    EXPECT_TRUE(without.success) << without;
    EXPECT_EQ(without.output.find("rendered screens"), std::string::npos) << without;
}

}  // namespace
}  // namespace jpegdeblock::training
