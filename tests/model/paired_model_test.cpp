// SPDX-License-Identifier: LGPL-2.1-or-later
// Models for videos, and what restores frames of which nothing was followed.
#include <stdlib.h>

#include <gtest/gtest.h>

#include "model/model.h"

#include "expect_error.h"
#include "files.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::TemporaryFolder;

class VideoModel : public testing::Test {
  protected:
    void SetUp() override { ::setenv("JPEGDEBLOCK_MODEL_PATH", folder_.path().c_str(), 1); }
    void TearDown() override { ::unsetenv("JPEGDEBLOCK_MODEL_PATH"); }

    std::string file(const std::string& name) const { return folder_.file(name + ".safetensors"); }

    TemporaryFolder folder_;
};

TEST_F(VideoModel, NeedsAModel) {
    expect_error(ErrorCode::kNotFound, {"'own'"}, [] { load_video_model("own"); });
    expect_error(ErrorCode::kInvalidArgument, {"''"}, [] { load_video_model(""); });
    test::write_bytes(file("own-temporal"), "broken");
    expect_error(ErrorCode::kInvalidFile, {"own-temporal"}, [] { load_video_model("own"); });
}

TEST_F(VideoModel, WithoutOneForVideosIsTheOneForPictures) {
    save_model(file("own"), test::sample_grid());
    EXPECT_EQ(load_video_model("own"), load_shared_model(file("own")));
}

TEST_F(VideoModel, LeavesFramesWithoutHistoryToTheOneForPictures) {
    save_model(file("own"), test::sample_grid());
    save_model(file("own-temporal"), test::sample_temporal());
    const auto model = load_video_model("own");
    EXPECT_TRUE(model->network.temporal);
    EXPECT_EQ(model->without_history, load_shared_model(file("own")));
    EXPECT_EQ(load_video_model("own"), model) << "streams share it";
    EXPECT_EQ(load_shared_model(file("own-temporal"))->without_history, nullptr);
}

TEST_F(VideoModel, DoesWithoutOneThatCannotTakeItsPlace) {
    save_model(file("own-temporal"), test::sample_temporal());
    const auto alone = load_video_model("own");
    EXPECT_EQ(alone, load_shared_model(file("own-temporal"))) << "nothing else there";
    NetworkDescription other = test::sample_grid().network;
    other.channels += 8;
    save_model(file("own"), test::sample_model(other));
    EXPECT_EQ(load_video_model("own"), alone) << "another shape";
    save_model(file("own"), test::sample_temporal());
    EXPECT_EQ(load_video_model("own"), alone) << "temporal itself";
    test::write_bytes(file("own"), "broken");
    EXPECT_EQ(load_video_model("own"), alone);
}

}  // namespace
}  // namespace jpegdeblock
