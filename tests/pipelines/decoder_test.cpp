// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblockdec in pipelines as users type them, run by the real gst-launch-1.0.
#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "command.h"
#include "recording.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

const std::string kSource =
    "videotestsrc num-buffers=10 ! video/x-raw,width=320,height=240 ! jpegenc quality=20 ! ";

const auto kSucceeds = Field("success", &Ending::success, true);

// How many buffers the last identity, which must be verbose, let pass.
long frames_in(const Ending& ending) {
    long frames = 0;
    for (std::size_t at = 0; (at = ending.output.find("chain ", at)) != std::string::npos; ++at) ++frames;
    return frames;
}

class DecoderLaunch : public testing::TestWithParam<std::string> {};

TEST_P(DecoderLaunch, Runs) {
    EXPECT_THAT(launch(kSource + GetParam()), kSucceeds);
}

INSTANTIATE_TEST_SUITE_P(
    Pipelines, DecoderLaunch,
    testing::Values("jpegdeblockdec ! fakesink", "jpegdeblockdec strength=0 ! jpegdeblock ! fakesink",
                    "jpegdeblockdec compare=0.5 ! videoconvert ! video/x-raw,format=RGB ! fakesink",
                    "jpegdeblockdec ! videoscale ! video/x-raw,width=160 ! jpegenc ! fakesink",
                    "identity drop-probability=0.3 ! jpegdeblockdec ! fakesink",
                    "rtpjpegpay ! rtpjpegdepay ! jpegdeblockdec ! fakesink",
                    "multipartmux ! multipartdemux ! jpegdeblockdec ! fakesink"));

class DecodedFiles : public testing::TestWithParam<std::pair<const char*, const char*>> {
  protected:
    void SetUp() override {
        for (const char* element : {GetParam().first, GetParam().second}) {
            if (!has_element(element)) {
                GTEST_SKIP() << element << " is not installed";
            }
        }
        recording = std::make_unique<Recording>(GetParam().first);
    }

    std::unique_ptr<Recording> recording;
};

TEST_P(DecodedFiles, EveryFrameWithAParserAndWithout) {
    for (const std::string parser : {"", "jpegparse ! "}) {
        if (!parser.empty() && !has_element("jpegparse")) {
            continue;
        }
        const Ending ending = launch("-v filesrc location=" + recording->path() + " ! " + GetParam().second +
                                     " ! " + parser + "jpegdeblockdec ! identity silent=false ! fakesink");
        EXPECT_THAT(ending, kSucceeds);
        EXPECT_EQ(frames_in(ending), 10);
    }
}

TEST_P(DecodedFiles, DecodebinTakesItWhenItsRankIsRaised) {
    g_setenv("GST_PLUGIN_FEATURE_RANK", "jpegdeblockdec:MAX", TRUE);
    const Ending raised = launch("-v filesrc location=" + recording->path() + " ! decodebin ! fakesink");
    g_unsetenv("GST_PLUGIN_FEATURE_RANK");
    EXPECT_THAT(raised, AllOf(kSucceeds, Field("output", &Ending::output, HasSubstr("GstJpegDeblockDec"))));
    const Ending usual = launch("-v filesrc location=" + recording->path() + " ! decodebin ! fakesink");
    EXPECT_THAT(usual, AllOf(kSucceeds,
                             Field("output", &Ending::output, testing::Not(HasSubstr("GstJpegDeblockDec")))));
}

INSTANTIATE_TEST_SUITE_P(Containers, DecodedFiles,
                         testing::Values(std::pair{"avimux", "avidemux"},
                                         std::pair{"matroskamux", "matroskademux"},
                                         std::pair{"qtmux", "qtdemux"}),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(DecoderInspect, ReadsWell) {
    EXPECT_THAT(run("gst-inspect-1.0 jpegdeblockdec"),
                AllOf(kSucceeds, Field("output", &Ending::output,
                                       AllOf(HasSubstr("Codec/Decoder/Image"), HasSubstr("none (0)"),
                                             HasSubstr("strength"), HasSubstr("stats")))));
}

}  // namespace
}  // namespace jpegdeblock_test
