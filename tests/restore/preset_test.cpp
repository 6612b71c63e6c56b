// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/model.h>

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "../engine/reference_network.h"
#include "../model/expect_error.h"
#include "../support/temporary_folder.h"

namespace jpegdeblock {
namespace {

/// A folder of models that alone is looked in, but for the installed ones.
class Presets : public testing::Test {
  protected:
    Presets() { setenv("JPEGDEBLOCK_MODEL_PATH", folder_.path().c_str(), 1); }
    ~Presets() override { unsetenv("JPEGDEBLOCK_MODEL_PATH"); }

    std::string path(const std::string& name) const { return folder_.file(name + ".safetensors"); }

    void install(const std::string& name, int depth, bool temporal = false) const {
        NetworkDescription network;
        network.temporal = temporal;
        network.channels = 8;
        network.depth = depth;
        network.condition_width = 4;
        Model model = test::random_model(network, 3);
        model.name = name;
        save_model(path(name), model);
    }

    void break_model(const std::string& name) const { std::ofstream(path(name)) << "broken"; }

    std::string chosen(double frames_per_second, Precision precision = Precision::kF32) const {
        return choose_preset({64, 48, frames_per_second}, precision, make_workers(1));
    }

  private:
    test::TemporaryFolder folder_;
};

constexpr double kImpossible = 1e12, kLeisurely = 1e-6;

TEST_F(Presets, NoneInstalledIsAnErrorThatNamesTheFolder) {
    test::expect_error(ErrorCode::kNotFound, {"JPEGDEBLOCK_MODEL_PATH", "jpegdeblock-test-"},
                       [&] { chosen(25); });
    install("unrelated", 2);
    test::expect_error(ErrorCode::kNotFound, {"unrelated"}, [&] { chosen(0); });
}

TEST_F(Presets, OnlyBrokenOnesIsAnErrorThatSaysSo) {
    break_model("balanced");
    test::expect_error(ErrorCode::kInvalidFile, {"balanced"}, [&] { chosen(25); });
}

TEST_F(Presets, AreCheckedBeforeTheStreamIsKnown) {
    test::expect_error(ErrorCode::kNotFound, {"JPEGDEBLOCK_MODEL_PATH"},
                       [] { check_presets(Precision::kAuto); });
    break_model("balanced");
    test::expect_error(ErrorCode::kInvalidFile, {"balanced"}, [] { check_presets(Precision::kAuto); });
    install("balanced", 2);
    test::expect_error(ErrorCode::kUnsupported, {"int8"}, [] { check_presets(Precision::kInt8); });
    EXPECT_NO_THROW(check_presets(Precision::kAuto));
    EXPECT_NO_THROW(check_presets(Precision::kF32));
}

TEST_F(Presets, NoWorkers) {
    install("fast", 2);
    test::expect_error(ErrorCode::kInvalidArgument, {"workers"}, [] {
        choose_preset({64, 48, 25}, Precision::kF32, nullptr);
    });
}

TEST_F(Presets, ForVideosNetworksForVideosCount) {
    install("fast", 2);
    install("balanced", 3);
    const auto chosen_for = [](bool follows) {
        return choose_preset({64, 48, kLeisurely, follows}, Precision::kF32, make_workers(1));
    };
    break_model("balanced-temporal");
    EXPECT_EQ(chosen_for(false), "balanced");
    EXPECT_EQ(chosen_for(true), "fast");
    install("balanced-temporal", 3, true);
    EXPECT_EQ(chosen_for(true), "balanced");
    EXPECT_EQ(choose_preset({64, 48, kImpossible, true}, Precision::kF32, make_workers(1)), "fast");
}

TEST_F(Presets, FastestWhereNoneKeepsUpBestWhereAllDo) {
    install("fast", 2);
    install("balanced", 3);
    install("best", 4);
    EXPECT_EQ(chosen(kImpossible), "fast");
    EXPECT_EQ(chosen(kLeisurely), "best");
    EXPECT_EQ(chosen(0), "best") << "no frame rate";
}

TEST_F(Presets, AnySubset) {
    install("balanced", 3);
    for (const double rate : {kImpossible, kLeisurely, 0.0}) EXPECT_EQ(chosen(rate), "balanced");
    install("best", 4);
    EXPECT_EQ(chosen(kImpossible), "balanced");
    EXPECT_EQ(chosen(kLeisurely), "best");
}

TEST_F(Presets, UnusableOnesDoNotCount) {
    install("fast", 2);
    install("balanced", 3);
    break_model("best");
    EXPECT_EQ(chosen(kLeisurely), "balanced");
    break_model("fast");
    EXPECT_EQ(chosen(kImpossible), "balanced");
}

TEST_F(Presets, ThePapersNetworkOnlyAlone) {
    install("dncnn", 3);
    EXPECT_EQ(chosen(kLeisurely), "dncnn");
    install("fast", 2);
    EXPECT_EQ(chosen(kLeisurely), "fast");
}

TEST_F(Presets, APrecisionThatNoneCarries) {
    install("fast", 2);
    test::expect_error(ErrorCode::kUnsupported, {"int8"}, [&] { chosen(25, Precision::kInt8); });
}

}  // namespace
}  // namespace jpegdeblock
