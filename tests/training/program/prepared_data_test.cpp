// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "pictures/pictures.h"
#include "train_program.h"

namespace jpegdeblock::training {
namespace {

using testing::HasSubstr;

using jpegdeblock_test::Ending;
using jpegdeblock_test::run_program;

TEST(PreparedDataProgramTest, PreparesTrainsAsThePaperAndInspects) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("pictures"));
    for (unsigned seed = 0; seed < 2; ++seed)
        save_luma(folder.file("pictures/" + std::to_string(seed) + ".png"), draw_picture(64, 56, seed));
    const Ending prepared =
        run_program("prepare --pictures " + folder.file("pictures") + " --output " + folder.file("data") +
                    " --qualities 10,30 --range limited --threads 1");
    EXPECT_TRUE(prepared.success) << prepared;
    EXPECT_THAT(prepared.output, HasSubstr("4 pairs written, 0 kept from before, 0 pictures skipped"));
    EXPECT_THAT(prepared.output, HasSubstr("of disk"));

    const std::string training = "train --prepared " + folder.file("data") + " --recipe paper --output " +
                                 folder.file("m.safetensors") +
                                 " --channels 4 --depth 3 --epochs 1 --patches-per-picture 16 --batch 16 "
                                 "--threads 1 --precision f32";
    const Ending estimate = run_program(training + " --estimate");
    EXPECT_TRUE(estimate.success) << estimate;
    EXPECT_THAT(estimate.output, HasSubstr("4 steps (1.00 epochs of 64 patches)"));
    EXPECT_FALSE(std::filesystem::exists(folder.file("m.safetensors")));

    const Ending trained = run_program(training);
    EXPECT_TRUE(trained.success) << trained;
    const Ending inspected = run_program("inspect " + folder.file("m.safetensors"));
    EXPECT_THAT(inspected.output, HasSubstr("dncnn"));
    EXPECT_THAT(inspected.output, HasSubstr("limited (16..235)"));
    EXPECT_THAT(inspected.output, testing::ContainsRegex("training_steps +4"));
}

TEST(PreparedDataProgramTest, WrongArgumentsAreExplained) {
    const test::TemporaryFolder folder;
    Ending outcome = run_program("train --output x.safetensors");
    EXPECT_FALSE(outcome.success);
    EXPECT_THAT(outcome.output, HasSubstr("--prepared"));
    outcome = run_program("prepare --pictures " + folder.file("absent") + " --output " + folder.file("data"));
    EXPECT_FALSE(outcome.success);
    EXPECT_THAT(outcome.output, HasSubstr("absent"));
    outcome = run_program("prepare --pictures x --output y --qualities 10,101");
    EXPECT_FALSE(outcome.success);
    EXPECT_THAT(outcome.output, HasSubstr("101"));
    std::ofstream(folder.file("w.pth")) << "no weights";
    outcome = run_program("import " + folder.file("w.pth") + " --output " + folder.file("m.safetensors"));
    EXPECT_FALSE(outcome.success);
    EXPECT_THAT(outcome.output, HasSubstr("w.pth"));
    EXPECT_FALSE(std::filesystem::exists(folder.file("m.safetensors")));
}

}  // namespace
}  // namespace jpegdeblock::training
