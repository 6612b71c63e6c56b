// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>

#include <filesystem>

#include "model/model.h"

#include "expect_error.h"
#include "files.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::TemporaryFolder;
using test::write_bytes;

constexpr const char* kVariable = "JPEGDEBLOCK_MODEL_PATH";

class FindModel : public testing::Test {
  protected:
    void SetUp() override { set_path(first_.path() + ":" + second_.path()); }
    void TearDown() override { ::unsetenv(kVariable); }

    /// As messages name a folder and what it holds.
    static std::string listed(const TemporaryFolder& folder, const std::string& content) {
        std::string text("'");
        return text.append(folder.path()).append("' (").append(content).append(")");
    }

    void set_path(const std::string& value) { ::setenv(kVariable, value.c_str(), 1); }

    TemporaryFolder first_;
    TemporaryFolder second_;
};

TEST_F(FindModel, RefusesPathsAndNothing) {
    expect_error(ErrorCode::kInvalidArgument, {"'models/x'", "'model'"}, [] { find_model("models/x"); });
    expect_error(ErrorCode::kInvalidArgument, {"'/etc/passwd'"}, [] { find_model("/etc/passwd"); });
    expect_error(ErrorCode::kInvalidArgument, {"''"}, [] { find_model(""); });
}

TEST_F(FindModel, ModelsForVideosComeFirstInTheirFolder) {
    write_bytes(second_.file("fast-temporal.safetensors"), "");
    write_bytes(second_.file("fast.safetensors"), "");
    EXPECT_EQ(find_video_model("fast"), second_.file("fast-temporal.safetensors"));
    EXPECT_EQ(find_model("fast"), second_.file("fast.safetensors"));
    write_bytes(first_.file("fast.safetensors"), "");
    EXPECT_EQ(find_video_model("fast"), first_.file("fast.safetensors")) << "one's own comes first";
    expect_error(ErrorCode::kNotFound, {"'slow'"}, [] { find_video_model("slow"); });
    expect_error(ErrorCode::kInvalidArgument, {"''"}, [] { find_video_model(""); });
}

TEST_F(FindModel, ListsWhatThereIs) {
    write_bytes(first_.file("slow.safetensors"), "");
    write_bytes(first_.file("fast.safetensors"), "");
    write_bytes(first_.file("fast.golden.safetensors"), "");
    write_bytes(first_.file("README.md"), "");
    expect_error(ErrorCode::kNotFound,
                 {"'absent'", listed(first_, "fast, slow"), listed(second_, "no models"),
                  "jpegdeblock/models' (", kVariable},
                 [] { find_model("absent"); });
    // Files of presets may be given to elements, those of other models not.
    expect_error(ErrorCode::kNotFound, {"'dncnn'", kVariable, "'model'"}, [] { find_model("dncnn"); });
}

TEST_F(FindModel, NamesFoldersThatDoNotExist) {
    set_path(first_.file("none"));
    expect_error(ErrorCode::kNotFound, {first_.file("none") + "' (No such file or directory)"},
                 [] { find_model("absent"); });
}

TEST_F(FindModel, LooksIntoTheInstalledFolderAlone) {
    ::unsetenv(kVariable);
    expect_error(ErrorCode::kNotFound, {"jpegdeblock/models'"}, [] { find_model("absent"); });
    set_path("");
    expect_error(ErrorCode::kNotFound, {"no model 'absent' in '/"}, [] { find_model("absent"); });
}

TEST_F(FindModel, PrefersTheFirstFolder) {
    write_bytes(second_.file("balanced.safetensors"), "");
    EXPECT_EQ(find_model("balanced"), second_.file("balanced.safetensors"));
    write_bytes(first_.file("balanced.safetensors"), "");
    EXPECT_EQ(find_model("balanced"), first_.file("balanced.safetensors"));
}

TEST_F(FindModel, SkipsEmptyFolders) {
    write_bytes(second_.file("best.safetensors"), "");
    set_path("::" + second_.path() + ":");
    EXPECT_EQ(find_model("best"), second_.file("best.safetensors"));
}

TEST(PresetNames, ComeCheapestFirst) {
    EXPECT_THAT(preset_names(), testing::ElementsAre("fast", "balanced", "best", "dncnn"));
}

}  // namespace
}  // namespace jpegdeblock
