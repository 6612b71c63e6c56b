// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the frame before helps, what follows a bad frame cannot be as if it had been whole: it is as if it
// had not been there, or as at a start.
#include <gtest/gtest.h>

#include <cmath>

#include "damaged_streams.h"
#include "passage.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

std::vector<Bytes> samples(const Passage& passage, std::size_t from = 0) {
    std::vector<Bytes> all;
    for (std::size_t i = from; i < passage.frames.size(); ++i) all.push_back(passage.frames[i].samples);
    return all;
}

class TemporalDamage : public testing::TestWithParam<Route> {
  protected:
    Passage restored(const std::vector<Bytes>& packets) const {
        const std::string properties = "temporal=on model=" + test_model("temporal");
        const Passage passage = pass(packets, GetParam(), 0, properties);
        EXPECT_EQ(passage.error, "");
        return passage;
    }
    /// A scene that moves by a pixel from frame to frame.
    static Bytes jpeg(int number) {
        const jpegdeblock::test::JpegRecipe recipe = usual_recipe();
        constexpr int kMargin = 16;
        const Bytes texture = noise(static_cast<std::size_t>((recipe.width + kMargin) * recipe.height), 8);
        Bytes samples;
        for (int y = 0; y < recipe.height; ++y)
            for (int x = number; x < recipe.width + number; ++x) {
                const int grain = texture[static_cast<std::size_t>(y * (recipe.width + kMargin) + x)] / 10;
                const double sample = 110.0 + 60.0 * std::sin(0.2 * x) * std::sin(0.15 * y) + grain;
                samples.insert(samples.end(), 3, static_cast<std::uint8_t>(sample));
            }
        return jpegdeblock::test::libjpeg_compress(recipe, samples);
    }
};

TEST_P(TemporalDamage, ALostFrameLeavesNoTrace) {
    for (const Bytes& lost : {first_bytes(jpeg(2), 150), without(jpeg(2), 0, 2), noise(500, 1)}) {
        const Passage passage = restored({jpeg(0), jpeg(1), lost, jpeg(3), jpeg(4)});
        EXPECT_EQ(samples(passage), samples(restored({jpeg(0), jpeg(1), {}, jpeg(3), jpeg(4)})));
    }
}

TEST_P(TemporalDamage, AfterADamagedFrameTheNextIsRestoredByItself) {
    const Bytes damaged = first_bytes(jpeg(2), jpeg(2).size() * 97 / 100);
    const Passage passage = restored({jpeg(0), jpeg(1), damaged, jpeg(3), jpeg(4)});
    ASSERT_EQ(passage.frames.size(), 5u);
    EXPECT_TRUE(passage.frames[2].flagged);
    EXPECT_EQ(samples(passage, 3), samples(restored({jpeg(3), jpeg(4)})));
    EXPECT_NE(samples(passage, 4), samples(restored({jpeg(4)}))) << "the frame before does not help at all";
}

INSTANTIATE_TEST_SUITE_P(Routes, TemporalDamage, testing::Values(Route::kDecoder, Route::kFrames),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace
}  // namespace jpegdeblock_test
