// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipelines as users type them, run by the real gst-launch-1.0. The environment makes a warning of GLib, and
// a leak of any GStreamer object, fatal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.h"
#include "recording.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

const std::string kSource =
    "videotestsrc num-buffers=10 ! video/x-raw,width=320,height=240 ! jpegenc quality=20 ! ";

const auto kSucceeds = Field("success", &Ending::success, true);

class Launch : public testing::TestWithParam<std::string> {};

TEST_P(Launch, Runs) {
    EXPECT_THAT(launch(kSource + GetParam()), kSucceeds);
}

INSTANTIATE_TEST_SUITE_P(
    Pipelines, Launch,
    testing::Values("jpegdec ! jpegdeblock ! fakesink",                                    //
                    "jpegdec idct-method=islow ! jpegdeblock ! fakesink",                  //
                    "jpegdec idct-method=ifast ! jpegdeblock ! fakesink",                  //
                    "jpegdec idct-method=float ! jpegdeblock ! fakesink",                  //
                    "jpegdec ! jpegdeblock strength=0.7 quality=20 threads=1 ! fakesink",  //
                    "jpegdec ! jpegdeblock strength=0 ! fakesink",                         //
                    "jpegdec ! jpegdeblock compare=0.5 bounded=false ! progressreport ! fakesink",
                    "jpegdec ! videoconvert ! video/x-raw,format=RGB ! jpegdeblock ! videoconvert ! fakesink",
                    "jpegdec ! videoconvert ! video/x-raw,format=YUY2 ! jpegdeblock ! jpegenc ! fakesink",
                    "jpegdec ! jpegdeblock ! videoscale ! video/x-raw,width=160 ! fakesink",
                    "identity drop-probability=0.3 ! jpegdec ! jpegdeblock ! fakesink",
                    "jpegdec ! tee name=t t. ! queue ! jpegdeblock ! fakesink "
                    "t. ! queue ! jpegdeblock compare=0.5 ! fakesink",
                    "decodebin ! jpegdeblock ! fakesink"));

TEST(LaunchLive, LatencyIsConfigured) {
    EXPECT_THAT(
        launch("videotestsrc is-live=true num-buffers=15 ! video/x-raw,width=320,height=240,framerate=30/1 "
               "! jpegenc quality=20 ! jpegdec ! jpegdeblock ! fakesink sync=true"),
        kSucceeds);
}

class Files : public testing::TestWithParam<std::pair<const char*, const char*>> {
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

TEST_P(Files, Demuxed) {
    const std::string demuxer = GetParam().second;
    EXPECT_THAT(launch("filesrc location=" + recording->path() + " ! " + demuxer +
                       " ! jpegdec ! jpegdeblock ! fakesink"),
                kSucceeds);
    if (has_element("avdec_mjpeg")) {
        EXPECT_THAT(launch("filesrc location=" + recording->path() + " ! " + demuxer +
                           " ! avdec_mjpeg ! jpegdeblock ! fakesink"),
                    kSucceeds);
    }
}

TEST_P(Files, Decodebin) {
    EXPECT_THAT(launch("filesrc location=" + recording->path() + " ! decodebin ! jpegdeblock ! fakesink"),
                kSucceeds);
}

TEST_P(Files, Playbin) {
    EXPECT_THAT(launch("playbin uri=file://" + recording->path() +
                       " video-filter=jpegdeblock video-sink=fakesink audio-sink=fakesink"),
                kSucceeds);
}

INSTANTIATE_TEST_SUITE_P(Containers, Files,
                         testing::Values(std::pair{"avimux", "avidemux"},
                                         std::pair{"matroskamux", "matroskademux"}),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(LaunchFails, NamingTheModelAndTheProperty) {
    EXPECT_THAT(launch(kSource + "jpegdec ! jpegdeblock model=/nowhere/absent.safetensors ! fakesink"),
                AllOf(Field("success", &Ending::success, false),
                      Field("output", &Ending::output,
                            AllOf(HasSubstr("ERROR"), HasSubstr("/nowhere/absent.safetensors"),
                                  HasSubstr("Property 'model'")))));
}

TEST(LaunchFails, NamingThePresetAndTheChoices) {
    EXPECT_THAT(launch(kSource + "jpegdec ! jpegdeblock preset=best ! fakesink"),
                AllOf(Field("success", &Ending::success, false),
                      Field("output", &Ending::output,
                            AllOf(HasSubstr("Property 'preset' is 'best'"),
                                  HasSubstr("auto, fast, balanced, best, dncnn")))));
}

TEST(Inspect, ReadsWell) {
    EXPECT_THAT(
        run("gst-inspect-1.0 jpegdeblock"),
        AllOf(kSucceeds, Field("output", &Ending::output,
                               AllOf(HasSubstr("JPEG artefact remover"), HasSubstr("Filter/Effect/Video"),
                                     HasSubstr("strength"), HasSubstr("stats")))));
}

}  // namespace
}  // namespace jpegdeblock_test
