// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_evaluation.h"

#include <gtest/gtest.h>

#include <string>

#include "../../support/drawn_pictures.h"
#include "model/model.h"

namespace jpegdeblock {
namespace {

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
}

}  // namespace
}  // namespace jpegdeblock
