// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>

#include "command.h"
#include "example_files.h"
#include "picture_files.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Ending run_script(const std::string& name, const std::string& arguments) {
    return run(example_file("gst-launch/" + name) + " " + arguments);
}

TEST(PictureScript, BrokenJpegFails) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("broken.jpg")) << "no JPEG";
    EXPECT_FALSE(run_script("picture.sh", folder.file("broken.jpg") + " " + folder.file("out.png")).success);
}

TEST(PictureScript, WritesAPng) {
    const TemporaryFolder folder;
    write_sample_jpeg(folder.file("in.jpg"));
    const Ending ending = run_script("picture.sh", folder.file("in.jpg") + " " + folder.file("out.png"));
    ASSERT_TRUE(ending.success) << ending;
    const Picture picture = read_png(folder.file("out.png"));
    EXPECT_EQ(picture.width, 451);
    EXPECT_EQ(picture.height, 300);
}

TEST(VideoScript, UnknownContainerIsRefused) {
    const Ending ending = run_script("video.sh", "clip.xyz out.mkv");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("clip.xyz"), HasSubstr(".mkv")));
}

TEST(VideoScript, RestoresAClip) {
    const TemporaryFolder folder;
    const Ending recorded = launch(
        "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! jpegenc quality=20 ! avimux "
        "! filesink location=" +
        folder.file("in.avi"));
    ASSERT_TRUE(recorded.success) << recorded;
    const Ending ending = run_script("video.sh", folder.file("in.avi") + " " + folder.file("out.mkv"));
    ASSERT_TRUE(ending.success) << ending;
    const Ending played =
        launch("filesrc location=" + folder.file("out.mkv") +
               " ! matroskademux ! jpegdec ! videoconvert ! pngenc ! multifilesink location=" +
               folder.file("%d.png"));
    ASSERT_TRUE(played.success) << played;
    EXPECT_TRUE(std::filesystem::exists(folder.file("4.png")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("5.png")));
}

class CleanArchive : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(folder.file("archive/sub folder"));
        write_sample_jpeg(folder.file("archive/picture.jpg"));
        std::filesystem::copy_file(folder.file("archive/picture.jpg"),
                                   folder.file("archive/sub folder/it's.JPEG"));
    }

    Ending clean() {
        return run_script("clean-archive.sh", folder.file("archive") + " " + folder.file("cleaned"));
    }

    TemporaryFolder folder;
};

TEST_F(CleanArchive, SkipsBrokenPicturesAndNamesThem) {
    std::ofstream(folder.file("archive/broken.jpg")) << "no JPEG";
    const auto size = std::filesystem::file_size(folder.file("archive/picture.jpg"));
    std::filesystem::copy_file(folder.file("archive/picture.jpg"), folder.file("archive/short.jpg"));
    std::filesystem::resize_file(folder.file("archive/short.jpg"), size / 2);
    const Ending ending = clean();
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("broken.jpg"), HasSubstr("short.jpg"),
                                     HasSubstr("2 restored, 0 there already, 2 skipped")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("cleaned/broken.jpg.png")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("cleaned/short.jpg.png")));
}

TEST_F(CleanArchive, GoesOnWhereItStopped) {
    ASSERT_TRUE(clean().success);
    EXPECT_EQ(read_png(folder.file("cleaned/sub folder/it's.JPEG.png")).width, 451);
    std::filesystem::remove(folder.file("cleaned/picture.jpg.png"));
    // What a killed run leaves behind.
    std::ofstream(folder.file("cleaned/picture.jpg.png.partial")) << "half a picture";
    const Ending again = clean();
    ASSERT_TRUE(again.success) << again;
    EXPECT_THAT(again.output, HasSubstr("1 restored, 1 there already, 0 skipped"));
    EXPECT_EQ(read_png(folder.file("cleaned/picture.jpg.png")).width, 451);
    EXPECT_FALSE(std::filesystem::exists(folder.file("cleaned/picture.jpg.png.partial")));
}

}  // namespace
}  // namespace jpegdeblock_test
