// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_evaluation.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <string>

#include "../../support/drawn_pictures.h"
#include "model/model.h"

namespace jpegdeblock {
namespace {

TEST(RenderedClips, TakePicturesThatAreLargeEnough) {
    for (const auto& [width, height] : {std::pair{0, 0}, {1, 1}, {31, 300}, {300, 31}}) try {
            render_clip(draw_picture(width, height, 3), "small.png", sequence_kinds()[0], 3);
            ADD_FAILURE() << width << "x" << height;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
            EXPECT_NE(std::string(error.what()).find("small.png"), std::string::npos) << error.what();
        }
    const Clip clip = render_clip(draw_picture(32, 33, 3), "smallest", sequence_kinds()[1], 3);
    EXPECT_EQ(clip.pristine[2].width, 16);
    EXPECT_EQ(clip.pristine[2].height, 16);
}

TEST(RenderedClips, AreNotLongerThanAskedFor) {
    const LumaImage picture = draw_picture(320, 120, 3);
    const Clip whole = render_clip(picture, "drawn", sequence_kinds()[0], 2);
    const Clip middle = render_clip(picture, "drawn", sequence_kinds()[0], 2, 83);
    ASSERT_EQ(middle.pristine[0].width, 80);
    ASSERT_EQ(middle.pristine[0].height, 56);
    for (int y = 0; y < 56; ++y)
        for (int x = 0; x < 80; ++x)
            ASSERT_EQ(middle.pristine[0].view().row(y)[x], whole.pristine[0].view().row(y)[40 + x]);
}

TEST(SequenceKinds, AreToldInWords) {
    EXPECT_EQ(description_of({}), "nothing moves");
    EXPECT_EQ(description_of({.noise = 3}), "nothing moves; sensor noise of deviation 3");
    EXPECT_EQ(
        description_of({.x = 3, .y = 4, .degrees = 0.4, .zoom = 0.006, .cut = 5}),
        "moves by 5 pixels a frame, turns by 0.4 degrees, grows by 0.6 %; another view from frame 5 on");
}

TEST(RenderedClips, DoWhatTheirKindSays) {
    const LumaImage picture = draw_picture(320, 256, 3);
    for (const SequenceKind& kind : sequence_kinds()) {
        SCOPED_TRACE(kind.name);
        const Clip clip = render_clip(picture, "drawn", kind, 7);
        ASSERT_EQ(clip.pristine.size(), 7u);
        EXPECT_EQ(clip.pristine[0].width, 160);
        EXPECT_EQ(clip.pristine[0].height, 128);
        EXPECT_EQ(clip.captured.size(), kind.noise > 0 ? 7u : 0u);
        const bool moves = kind.x != 0 || kind.degrees != 0;
        EXPECT_EQ(clip.pristine[0].samples != clip.pristine[1].samples, moves);
    }
}

TEST(SequenceEvaluation, TheFramesBeforeHelpWhatMoves) {
    const auto model = load_model(find_video_model("fast"));
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos.";
    const SequenceKind pan = {.name = "pan", .x = 1.5};
    const std::vector<ClipResult> results =
        evaluate_sequences(model, model, {render_clip(draw_picture(320, 256, 3), "drawn", pan, 7)}, pan.name,
                           {.qualities = {20}});
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].quality, 20);
    EXPECT_GT(results[0].single, results[0].decoded);
    EXPECT_GT(results[0].temporal, results[0].single + 0.2);
    EXPECT_EQ(results[0].first_temporal, results[0].first_single);
    EXPECT_GT(results[0].followed, 0.8);
    EXPECT_LT(results[0].standing, 0.5);
}

TEST(SequenceEvaluation, AClipOfTwoFramesHasFiguresToo) {
    const auto model = load_model(find_video_model("fast"));
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos.";
    const Clip clip = render_clip(draw_picture(96, 96, 3), "drawn", sequence_kinds()[0], 2);
    int called = 0;
    const auto done = [&](const ClipResult& result, const ClipFrame& before, const ClipFrame& last) {
        ++called;
        EXPECT_GT(result.decoded, 20);
        EXPECT_GT(result.followed, 0.8);
        EXPECT_EQ(result.standing, 1);
        EXPECT_EQ(before.decoded.samples, last.decoded.samples);
        EXPECT_EQ(last.pristine.samples, clip.pristine[1].samples);
    };
    evaluate_sequences(model, model, {clip}, "still", {.qualities = {20}}, done);
    EXPECT_EQ(called, 1);
}

}  // namespace
}  // namespace jpegdeblock
