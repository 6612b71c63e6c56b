// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/clip_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <fstream>
#include <string>

#include "../../support/temporary_folder.h"
#include "pictures/pictures.h"

namespace jpegdeblock {
namespace {

class ClipFile : public testing::Test {
  protected:
    Clip load(const std::string& content, int most = 100) {
        std::ofstream(path_, std::ios::binary) << content;
        return load_clip(path_, most);
    }
    void expect_refused(const std::string& content, ErrorCode code, const std::string& part) {
        try {
            load(content);
            ADD_FAILURE() << part;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            EXPECT_THAT(error.what(), testing::HasSubstr(part));
            EXPECT_THAT(error.what(), testing::HasSubstr(path_));
        }
    }
    static std::string frame(char level, std::size_t samples, std::size_t chroma) {
        return "FRAME\n" + std::string(samples, level) + std::string(chroma, 'c');
    }

    const test::TemporaryFolder folder_;
    const std::string path_ = folder_.file("clip.y4m");
};

TEST_F(ClipFile, RefusesWhatItCannotRead) {
    expect_refused("", ErrorCode::kInvalidFile, "no YUV4MPEG2");
    expect_refused("RIFF....AVI \n", ErrorCode::kInvalidFile, "no YUV4MPEG2");
    expect_refused("YUV4MPEG2 W16\n", ErrorCode::kInvalidFile, "16x0 pixels");
    expect_refused("YUV4MPEG2 W16 H99999999\n", ErrorCode::kInvalidFile, "99999999");
    expect_refused("YUV4MPEG2 W16 H8 C420p10\n", ErrorCode::kUnsupported, "C420p10");
    expect_refused("YUV4MPEG2 W16 H8 Cmono\n" + frame('a', 128, 0), ErrorCode::kInvalidFile, "two frames");
    expect_refused("YUV4MPEG2 W16 H8 Cmono\n" + frame('a', 128, 0) + frame('b', 100, 0),
                   ErrorCode::kInvalidFile, "within a frame");
    expect_refused("YUV4MPEG2 W16 H8 Cmono\n" + frame('a', 128, 0) + "frame", ErrorCode::kInvalidFile,
                   "begin with FRAME");
    EXPECT_THROW(load_clip(folder_.file("absent.y4m"), 9), Error);
}

TEST_F(ClipFile, TakesTheLumaOfAllColours) {
    const std::pair<const char*, std::size_t> colours[] = {
        {"", 64}, {" C420jpeg", 64}, {" C422", 128}, {" C444", 256}, {" Cmono", 0}};
    for (const auto& [colour, chroma] : colours) {
        const Clip clip = load("YUV4MPEG2 W16 H8 F25:1" + std::string(colour) + "\n" +
                               frame('a', 128, chroma) + frame('b', 128, chroma));
        ASSERT_EQ(clip.pristine.size(), 2u) << colour;
        EXPECT_EQ(clip.pristine[0].samples, std::vector<std::uint8_t>(128, 'a'));
        EXPECT_EQ(clip.pristine[1].samples, std::vector<std::uint8_t>(128, 'b')) << colour;
    }
}

TEST_F(ClipFile, ReadsAtMostSoManyFrames) {
    std::string content = "YUV4MPEG2 W16 H8 Cmono\n";
    for (const char level : {'a', 'b', 'c'}) content += frame(level, 128, 0);
    EXPECT_EQ(load(content, 2).pristine.size(), 2u);
}

TEST_F(ClipFile, TakesPicturesOfAFolderInOrder) {
    for (const int level : {30, 10, 20})
        save_luma(folder_.file(std::to_string(level) + ".png"),
                  {16, 8, std::vector<std::uint8_t>(128, static_cast<std::uint8_t>(level))});
    const Clip clip = load_clip(folder_.file(""), 9);
    ASSERT_EQ(clip.pristine.size(), 3u);
    EXPECT_EQ(clip.pristine[0].samples[0], 10);
    EXPECT_EQ(clip.pristine[2].samples[0], 30);
    save_luma(folder_.file("40.png"), {8, 8, std::vector<std::uint8_t>(64, 40)});
    EXPECT_THROW(load_clip(folder_.file(""), 9), Error);
}

}  // namespace
}  // namespace jpegdeblock
