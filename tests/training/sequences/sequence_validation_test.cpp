// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_validation.h"

#include <gtest/gtest.h>

#include "../../support/drawn_pictures.h"
#include "model/model.h"

namespace jpegdeblock::training {
namespace {

TEST(SequenceValidationTest, PicturesThatAreTooSmallGiveNoClips) {
    EXPECT_TRUE(SequenceValidation({}).empty());
    EXPECT_TRUE(SequenceValidation({{"empty", {}}, {"narrow", draw_picture(300, 20, 1)}}).empty());
    EXPECT_FALSE(
        SequenceValidation({{"narrow", draw_picture(300, 20, 1)}, {"large", draw_picture(64, 64, 1)}})
            .empty());
}

TEST(SequenceValidationTest, MeasuresEachKind) {
    const auto model = load_model(find_video_model("fast"));
    if (!model->network.temporal) GTEST_SKIP() << "No network for videos.";
    const SequenceValidation validation({{"one", draw_picture(160, 128, 3)},
                                         {"small", draw_picture(8, 8, 4)},
                                         {"two", draw_picture(96, 160, 5)}});
    const std::vector<ClipResult> means = validation.measure(model, 1);
    ASSERT_EQ(means.size(), sequence_kinds().size());
    for (std::size_t i = 0; i < means.size(); ++i) {
        const SequenceKind& kind = sequence_kinds()[i];
        SCOPED_TRACE(kind.name);
        EXPECT_EQ(means[i].kind, kind.name);
        EXPECT_EQ(means[i].quality, kind.noise > 0 ? 80 : 20);
        EXPECT_EQ(means[i].gains.size(), static_cast<std::size_t>(SequenceValidation::kFrames));
        EXPECT_GT(means[i].temporal, means[i].decoded);
        if (kind.cut < 0 && kind.x != 0) {
            EXPECT_GT(means[i].temporal, means[i].single);
        }
    }
}

}  // namespace
}  // namespace jpegdeblock::training
