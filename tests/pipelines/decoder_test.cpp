// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblockdec in pipelines as users type them, run by the real gst-launch-1.0.
#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "command.h"
#include "recording.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

// RTP takes no other chroma than that of I420 and Y42B.
const std::string kSource =
    "videotestsrc num-buffers=10 ! video/x-raw,format=I420,width=320,height=240 ! jpegenc quality=20 ! ";

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
                    "jpegdeblockdec planes=luma ! jpegdeblock planes=all ! fakesink"));

// Transports of JPEG frames, before jpegdeblockdec.
class DecodedTransports : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(DecodedTransports, DeliverEveryFrameWithAParserAndWithout) {
    for (const std::string parser : {"", "jpegparse ! "}) {
        if (!parser.empty() && !has_element("jpegparse")) {
            continue;
        }
        const Ending ending = launch("-v " + kSource + GetParam().second + " ! " + parser +
                                     "jpegdeblockdec ! identity silent=false ! fakesink");
        EXPECT_THAT(ending, kSucceeds);
        EXPECT_EQ(frames_in(ending), 10) << parser;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Transports, DecodedTransports,
    testing::Values(std::pair{"None", "identity"}, std::pair{"Rtp", "rtpjpegpay ! rtpjpegdepay"},
                    std::pair{"RtpInSmallPackets", "rtpjpegpay mtu=200 ! rtpjpegdepay"},
                    std::pair{"Multipart", "multipartmux ! multipartdemux single-stream=true"}),
    [](const auto& info) { return std::string(info.param.first); });

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

TEST_P(DecodedFiles, PlaybinTakesItWhenItsRankIsRaised) {
    if (!has_element("playbin")) {
        GTEST_SKIP() << "playbin is not installed";
    }
    g_setenv("GST_PLUGIN_FEATURE_RANK", "jpegdeblockdec:MAX", TRUE);
    const Ending ending = launch("-v playbin uri=file://" + recording->path() + " video-sink=fakesink");
    g_unsetenv("GST_PLUGIN_FEATURE_RANK");
    EXPECT_THAT(ending, AllOf(kSucceeds, Field("output", &Ending::output, HasSubstr("GstJpegDeblockDec"))));
}

INSTANTIATE_TEST_SUITE_P(Containers, DecodedFiles,
                         testing::Values(std::pair{"avimux", "avidemux"},
                                         std::pair{"matroskamux", "matroskademux"},
                                         std::pair{"qtmux", "qtdemux"}),
                         [](const auto& info) { return std::string(info.param.first); });

// The tags that gst-launch-1.0 -t prints.
std::string tags_behind(const std::string& path, const std::string& decoder) {
    const Ending ending = launch("-t filesrc location=" + path + " ! " + decoder + " ! fakesink async=false");
    EXPECT_THAT(ending, kSucceeds);
    std::istringstream lines(ending.output);
    std::string tags;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        const bool head = line.starts_with("FOUND TAG");
        inside =
            head || (inside && line.find(" : ") == std::string::npos && line.find(": ") != std::string::npos);
        if (inside && !head) tags += line + "\n";
    }
    return tags;
}

TEST(DecodedTags, AreThoseThatJpegdecGives) {
    const TemporaryFolder folder;
    const std::string plain = folder.file("plain.jpg"), tagged = folder.file("tagged.jpg");
    ASSERT_THAT(
        launch("videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! jpegenc ! filesink location=" +
               plain),
        kSucceeds);
    // An APP1 segment: Exif, a TIFF header, a directory of two entries: orientation 6, artist 'Bob'.
    const unsigned char exif[] = {0xff, 0xe1, 0, 46, 'E',  'x', 'i', 'f', 0,   0,   'I', 'I', '*', 0, 8, 0,
                                  0,    0,    2, 0,  0x12, 1,   3,   0,   1,   0,   0,   0,   6,   0, 0, 0,
                                  0x3b, 1,    2, 0,  4,    0,   0,   0,   'B', 'o', 'b', 0,   0,   0, 0, 0};
    std::ifstream in(plain, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::ofstream(tagged, std::ios::binary)
        << bytes.substr(0, 2) << std::string(reinterpret_cast<const char*>(exif), sizeof exif)
        << bytes.substr(2);
    EXPECT_EQ(tags_behind(tagged, "jpegdeblockdec"), tags_behind(tagged, "jpegdec"));
    if (!has_element("jpegparse")) {
        GTEST_SKIP() << "jpegparse is not installed";
    }
    const std::string parsed = tags_behind(tagged, "jpegparse ! jpegdeblockdec");
    EXPECT_EQ(parsed, tags_behind(tagged, "jpegparse ! jpegdec"));
    EXPECT_THAT(parsed, AllOf(HasSubstr("rotate-90"), HasSubstr("Bob")));
}

TEST(DecoderInspect, ReadsWell) {
    EXPECT_THAT(run("gst-inspect-1.0 jpegdeblockdec"),
                AllOf(kSucceeds, Field("output", &Ending::output,
                                       AllOf(HasSubstr("Codec/Decoder/Image"), HasSubstr("none (0)"),
                                             HasSubstr("strength"), HasSubstr("stats")))));
}

}  // namespace
}  // namespace jpegdeblock_test
