// SPDX-License-Identifier: LGPL-2.1-or-later
// The programs that the demo measures and draws with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <filesystem>

#include "command.h"
#include "example_files.h"
#include "picture_files.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Picture flat_picture(int width, int height, std::uint8_t level) {
    Picture picture = make_picture(width, height);
    std::fill(picture.samples.begin(), picture.samples.end(), level);
    return picture;
}

void write_grey_png(const std::string& path, std::uint8_t level) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = 40;
    image.height = 24;
    image.format = PNG_FORMAT_GRAY;
    const std::vector<std::uint8_t> samples(std::size_t{40} * 24, level);
    ASSERT_TRUE(png_image_write_to_file(&image, path.c_str(), 0, samples.data(), 0, nullptr))
        << image.message;
}

Ending compare(const std::string& arguments) {
    return run(example_program("compare_pictures") + " " + arguments);
}

TEST(Measure, MissingFileIsNamed) {
    const Ending ending = compare("measure /nonexistent/a.png /nonexistent/a.png /nonexistent/a.png");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("/nonexistent/a.png"));
}

TEST(Measure, RefusesColour) {
    const TemporaryFolder folder;
    Picture colour = flat_picture(16, 16, 0);
    colour.pixel(3, 3)[0] = 200;
    write_png(folder.file("colour.png"), colour);
    const std::string path = folder.file("colour.png");
    const Ending ending = compare("measure " + path + " " + path + " " + path);
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("colour.png"), HasSubstr("grey")));
}

TEST(Measure, RefusesFoldersOfUnequalLength) {
    const TemporaryFolder two;
    const TemporaryFolder one;
    write_grey_png(two.file("1.png"), 100);
    write_grey_png(two.file("2.png"), 100);
    write_grey_png(one.file("1.png"), 100);
    const Ending ending = compare("measure " + two.file("") + " " + two.file("") + " " + one.file(""));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("found 2"), HasSubstr("1 in")));
}

TEST(Measure, FlatDifferencesOfTwoAndOne) {
    const TemporaryFolder folder;
    write_grey_png(folder.file("reference.png"), 100);
    write_grey_png(folder.file("before.png"), 102);
    write_grey_png(folder.file("after.png"), 101);
    const Ending ending = compare("measure " + folder.file("reference.png") + " " +
                                  folder.file("before.png") + " " + folder.file("after.png"));
    ASSERT_TRUE(ending.success) << ending;
    // 20 log10(255 / 2) and 20 log10(255); no blocks in a flat picture, so that PSNR-B is PSNR.
    EXPECT_THAT(ending.output, StartsWith("42.11 48.13 42.11 48.13 "));
}

TEST(Measure, FoldersGiveTheMean) {
    const TemporaryFolder reference;
    const TemporaryFolder test;
    write_grey_png(reference.file("1.png"), 100);
    write_grey_png(reference.file("2.png"), 100);
    write_grey_png(test.file("1.png"), 102);
    write_grey_png(test.file("2.png"), 99);
    const Ending ending =
        compare("measure " + reference.file("") + " " + test.file("") + " " + test.file(""));
    ASSERT_TRUE(ending.success) << ending;
    EXPECT_THAT(ending.output, StartsWith("45.12 45.12 "));
}

TEST(Compose, RefusesUnequalSizes) {
    const TemporaryFolder folder;
    write_png(folder.file("a.png"), flat_picture(16, 16, 10));
    write_png(folder.file("b.png"), flat_picture(16, 24, 10));
    const Ending ending = compare("compose " + folder.file("a.png") + " " + folder.file("b.png") + " " +
                                  folder.file("out.png"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("16x16"), HasSubstr("16x24")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("out.png")));
}

TEST(Compose, EnlargesWhatChangedMost) {
    const TemporaryFolder folder;
    const Picture before = flat_picture(80, 40, 100);
    Picture after = before;
    after.pixel(70, 30)[0] = 200;
    write_png(folder.file("before.png"), before);
    write_png(folder.file("after.png"), after);
    const Ending ending = compare("compose --crops 1 " + folder.file("before.png") + " " +
                                  folder.file("after.png") + " " + folder.file("out.png"));
    ASSERT_TRUE(ending.success) << ending;
    const Picture comparison = read_png(folder.file("out.png"));
    // Two columns of 80 with a gap of 8; the pictures, a gap, and a crop of 20x10 enlarged 4 times.
    ASSERT_EQ(comparison.width, 168);
    ASSERT_EQ(comparison.height, 40 + 8 + 40);
    EXPECT_EQ(comparison.pixel(88 + 70, 30)[0], 200);
    EXPECT_EQ(comparison.pixel(70, 30)[0], 100);
    int changed = 0;
    for (int y = 48; y < comparison.height; ++y) {
        for (int x = 0; x < comparison.width; ++x) {
            changed += comparison.pixel(x, y)[0] == 200 ? 1 : 0;
        }
    }
    EXPECT_EQ(changed, 16);
}

TEST(CameraPan, RefusesAWindowLargerThanThePicture) {
    const Ending ending =
        run(example_program("camera_pan") + " --width 640 --height 480 " + example_file("pictures/cat.png"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("640x480"), HasSubstr("451x300")));
}

TEST(CameraPan, GoesFromTheLeftToTheRight) {
    const TemporaryFolder folder;
    const Ending ending =
        run("sh -c '" + example_program("camera_pan") + " --width 32 --height 16 --frames 3 " +
            example_file("pictures/cat.png") + " > " + folder.file("pan.rgb") + "'");
    ASSERT_TRUE(ending.success) << ending;
    const auto pan = jpegdeblock::read_file(folder.file("pan.rgb"));
    constexpr std::size_t kFrameBytes = 3 * 32 * 16;
    ASSERT_EQ(pan.size(), 3 * kFrameBytes);
    const Picture picture = read_png(example_file("pictures/cat.png"));
    const std::uint8_t* first = picture.pixel(0, 0);
    EXPECT_TRUE(std::equal(first, first + 3 * 32, pan.begin()));
    const std::uint8_t* last = picture.pixel(451 - 32, 0);
    EXPECT_TRUE(std::equal(last, last + 3 * 32, pan.begin() + 2 * kFrameBytes));
}

}  // namespace
}  // namespace jpegdeblock_test
