// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblock-train as a user runs it, and what it makes in the element.
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>
#include <signal.h>
#include <sys/wait.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "model/model.h"
#include "pictures/pictures.h"
#include "train_program.h"

namespace jpegdeblock::training {
namespace {

using jpegdeblock_test::Ending;
using jpegdeblock_test::launch;
using jpegdeblock_test::run_program;
using jpegdeblock_test::start_program;
using jpegdeblock_test::wait_for;

class ProgramTest : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directory(folder_.file("pictures"));
        std::filesystem::create_directory(folder_.file("held-back"));
        for (unsigned seed = 0; seed < 4; ++seed)
            save_luma(folder_.file("pictures/" + std::to_string(seed) + ".png"),
                      draw_picture(160, 120, seed));
        std::filesystem::copy_file(std::string(std::getenv("JPEGDEBLOCK_SAMPLE_PICTURES")) + "/cat.png",
                                   folder_.file("held-back/cat.png"));
    }

    std::string training(const std::string& rest) const {
        return "train --pictures " + folder_.file("pictures") + " --validate " + folder_.file("held-back") +
               " --output " + folder_.file("m.safetensors") +
               " --channels 8 --depth 4 --batch 8 --patch 48 --threads 1 --precision f32 --learning-rate 4e-3"
               " --average-decay 0.95 --seed 5 --screen-pictures 3 " +
               rest;
    }

    test::TemporaryFolder folder_;
};

TEST_F(ProgramTest, BadArgumentsAreRefusedWithAReason) {
    const Ending none = run_program("");
    EXPECT_FALSE(none.success);
    const Ending absent = run_program("train --pictures " + folder_.file("absent") + " --output x --steps 1");
    EXPECT_FALSE(absent.success);
    EXPECT_NE(absent.output.find("absent"), std::string::npos) << absent;
    EXPECT_FALSE(run_program(training("--patch 50 --steps 1")).success);
    EXPECT_FALSE(run_program(training("--lowest-quality 60 --middle-quality 50 --steps 1")).success);
    const Ending model = run_program("inspect " + folder_.file("pictures/0.png"));
    EXPECT_FALSE(model.success);
    EXPECT_NE(model.output.find("0.png"), std::string::npos) << model;
}

TEST_F(ProgramTest, ADeviceThatIsNotThereIsRefusedBeforeAnythingIsRead) {
    const Ending absent = run_program(training("--steps 1 --device cuda:77"));
    EXPECT_FALSE(absent.success);
    EXPECT_NE(absent.output.find("--device cpu"), std::string::npos) << absent;
    EXPECT_EQ(absent.output.find("pictures to train on"), std::string::npos) << absent;
    const Ending unknown = run_program(training("--steps 1 --device tpu"));
    EXPECT_FALSE(unknown.success);
    EXPECT_NE(unknown.output.find("'tpu'"), std::string::npos) << unknown;
    EXPECT_FALSE(std::filesystem::exists(folder_.file("m.safetensors")));
    const Ending trained = run_program(training("--steps 1 --device cpu"));
    EXPECT_TRUE(trained.success) << trained;
}

TEST_F(ProgramTest, AKilledTrainingResumes) {
    const pid_t child = start_program(training("--minutes 5 --checkpoint-minutes 0.001"));
    const std::string checkpoint = folder_.file("m.safetensors.checkpoint");
    ASSERT_TRUE(wait_for(checkpoint));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    const Ending fresh = run_program(training("--steps 100"));
    EXPECT_FALSE(fresh.success) << "a checkpoint was overwritten unasked";
    EXPECT_NE(fresh.output.find("--resume"), std::string::npos) << fresh;
    const Ending resumed = run_program(training("--steps 1 --resume"));
    EXPECT_TRUE(resumed.success) << resumed;
    EXPECT_NE(resumed.output.find("resuming at step"), std::string::npos) << resumed;
    EXPECT_NO_THROW(load_model(folder_.file("m.safetensors")));
}

TEST_F(ProgramTest, AnInterruptSavesACheckpoint) {
    const pid_t child = start_program(training("--minutes 5 --validation-minutes 0.001"));
    // The curve's file appears with the first validation, so training is under way by then.
    ASSERT_TRUE(wait_for(folder_.file("m.safetensors.csv")));
    kill(child, SIGINT);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_TRUE(std::filesystem::exists(folder_.file("m.safetensors.checkpoint")));
}

TEST_F(ProgramTest, TrainsAndEvaluatesOnChroma) {
    const std::string pictures = std::getenv("JPEGDEBLOCK_SAMPLE_PICTURES");
    const std::string model = folder_.file("chroma.safetensors");
    const Ending trained = run_program(
        "train --planes chroma --pictures " + pictures + " --validate " + folder_.file("held-back") +
        " --output " + model +
        " --channels 8 --depth 4 --batch 8 --patch 48 --threads 1 --precision f32 --steps 150 --screens 0"
        " --learning-rate 4e-3 --average-decay 0.95 --seed 5");
    ASSERT_TRUE(trained.success) << trained;
    EXPECT_NE(run_program("inspect " + model).output.find("chroma"), std::string::npos);
    const std::string json = folder_.file("figures.json");
    const Ending evaluated =
        run_program("evaluate --planes chroma " + model + " " + folder_.file("held-back") +
                    " --qualities 20 --threads 1 --json " + json);
    ASSERT_TRUE(evaluated.success) << evaluated;
    std::stringstream figures;
    figures << std::ifstream(json).rdbuf();
    const auto result = nlohmann::json::parse(figures.str())["qualities"][0];
    ASSERT_EQ(result["pictures"].size(), 2u);
    EXPECT_EQ(result["pictures"][0]["name"], "Cb of cat.png");
    EXPECT_EQ(result["pictures"][1]["name"], "Cr of cat.png");
    EXPECT_GT(result["restored"]["psnr"], result["jpeg"]["psnr"]);
    EXPECT_FALSE(run_program("train --planes alpha --pictures x --output y").success);
}

TEST_F(ProgramTest, EvaluateTellsHowManyTablesWereFound) {
    const Ending trained = run_program(training("--steps 2"));
    ASSERT_TRUE(trained.success) << trained;
    const std::string json = folder_.file("figures.json");
    const std::string evaluation = "evaluate " + folder_.file("m.safetensors") + " " +
                                   folder_.file("held-back") + " --qualities 20,50 --threads 1 --json " +
                                   json;
    const Ending found = run_program(evaluation + " --estimate");
    ASSERT_TRUE(found.success) << found;
    EXPECT_NE(found.output.find("found exactly, of 1: 1 (quality 20) 1 (quality 50); 100.0 % of all"),
              std::string::npos)
        << found;
    std::stringstream figures;
    figures << std::ifstream(json).rdbuf();
    const auto quality = nlohmann::json::parse(figures.str())["qualities"][1];
    EXPECT_EQ(quality["tables_exact"], 1);
    EXPECT_EQ(quality["pictures"][0]["table_exact"], true);
    EXPECT_EQ(run_program(evaluation).output.find("found exactly"), std::string::npos);
}

TEST_F(ProgramTest, TheElementRestoresAsEvaluateDoes) {
    const Ending trained = run_program(training("--steps 150"));
    ASSERT_TRUE(trained.success) << trained;
    EXPECT_NE(trained.output.find("gain on validation"), std::string::npos) << trained;
    const std::string model = folder_.file("m.safetensors");
    EXPECT_NE(run_program("inspect " + model).output.find("multiply-adds"), std::string::npos);

    const Ending evaluated =
        run_program("evaluate " + model + " " + folder_.file("held-back") +
                    " --qualities 10,20,30,80 --threads 1 --save-pictures " + folder_.file("out") +
                    " --json " + folder_.file("figures.json") + " --report " + folder_.file("report.html"));
    ASSERT_TRUE(evaluated.success) << evaluated;
    EXPECT_NE(evaluated.output.find("BD-rate"), std::string::npos) << evaluated;
    std::ifstream report(folder_.file("report.html"));
    std::stringstream page;
    page << report.rdbuf();
    EXPECT_NE(page.str().find("cat.png"), std::string::npos);
    EXPECT_NE(page.str().find("data:image/png;base64,"), std::string::npos);
    std::ifstream json(folder_.file("figures.json"));
    std::stringstream figures;
    figures << json.rdbuf();
    EXPECT_NE(figures.str().find("\"psnr_b\""), std::string::npos);

    for (const char* quality : {"10", "30", "80"}) {
        const std::string stem = folder_.file(std::string("out/cat-q") + quality);
        const Ending restored =
            launch("filesrc location=" + stem +
                   ".jpg ! jpegdec idct-method=islow ! jpegdeblock precision=f32 model=" + model +
                   " ! pngenc ! filesink location=" + stem + "-element.png");
        ASSERT_TRUE(restored.success) << restored;
        const LumaImage expected = load_luma(stem + "-restored.png"),
                        actual = load_luma(stem + "-element.png");
        ASSERT_EQ(actual.width, expected.width);
        ASSERT_EQ(actual.height, expected.height);
        const LumaImage decoded = load_luma(stem + ".jpg");
        EXPECT_NE(actual.samples, decoded.samples);
        for (std::size_t i = 0; i < expected.samples.size(); ++i)
            ASSERT_LE(std::abs(actual.samples[i] - expected.samples[i]), 1)
                << "quality " << quality << " at " << i;
    }
}

}  // namespace
}  // namespace jpegdeblock::training
