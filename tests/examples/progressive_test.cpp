// SPDX-License-Identifier: LGPL-2.1-or-later
// What shows progressive JPEGs while they arrive.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "jpeg/luma_codec.h"

#include "command.h"
#include "example_files.h"
#include "picture_files.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Ending scans(const std::string& arguments) {
    return run(example_program("progressive_scans") + " " + arguments);
}

Picture small_picture() {
    Picture picture = make_picture(64, 40);
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        picture.samples[i] = static_cast<std::uint8_t>((i * i / 97 + i) % 200);
    return picture;
}

TEST(ProgressiveScans, NamesWhatItCannotRead) {
    EXPECT_THAT(scans("measure /nonexistent/a.png").output, HasSubstr("/nonexistent/a.png"));
    const TemporaryFolder folder;
    write_png(folder.file("a.png"), small_picture());
    const Ending ending =
        scans("encode --script sideways " + folder.file("a.png") + " " + folder.file("a.jpg"));
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, AllOf(HasSubstr("sideways"), HasSubstr("mozjpeg")));
}

TEST(ProgressiveScans, EncodesProgressively) {
    const TemporaryFolder folder;
    write_png(folder.file("a.png"), small_picture());
    for (const std::string script : {"standard", "mozjpeg"}) {
        const Ending ending =
            scans("encode --script " + script + " " + folder.file("a.png") + " " + folder.file("a.jpg"));
        ASSERT_TRUE(ending.success) << ending;
        EXPECT_TRUE(jpegdeblock::read_jpeg_header(jpegdeblock::read_file(folder.file("a.jpg"))).progressive);
    }
}

TEST(ProgressiveScans, MeasuresDrawsAChartAndASheet) {
    const TemporaryFolder folder;
    write_png(folder.file("a.png"), small_picture());
    const Ending ending = scans("measure --chart " + folder.file("chart.svg") + " --sheet " +
                                folder.file("sheet.png") + " " + folder.file("a.png"));
    ASSERT_TRUE(ending.success) << ending;
    std::istringstream lines(ending.output);
    std::string line;
    int rows = -1;  // One is the heading.
    while (std::getline(lines, line)) ++rows;
    EXPECT_EQ(rows, 10) << ending;
    std::ifstream chart(folder.file("chart.svg"));
    EXPECT_TRUE(std::getline(chart, line));
    EXPECT_THAT(line, HasSubstr("<svg"));
    EXPECT_EQ(read_png(folder.file("sheet.png")).height, 2 * 40 + 6);
}

TEST(ProgressiveScript, WrongOptionsAreRefused) {
    EXPECT_FALSE(run(example_file("progressive.sh") + " --seconds soon").success);
    EXPECT_FALSE(run(example_file("progressive.sh") + " --fast").success);
}

TEST(ProgressiveScript, WritesEveryPictureAndAContactSheet) {
    const TemporaryFolder folder;
    g_setenv("JPEGDEBLOCK_EXAMPLES", EXAMPLE_PROGRAMS_DIR, TRUE);
    write_png(folder.file("a.png"), small_picture());
    ASSERT_TRUE(scans("encode " + folder.file("a.png") + " " + folder.file("a.jpg")).success);
    const Ending ending = run(example_file("progressive.sh") + " --seconds 0 " + folder.file("a.jpg") + " " +
                              folder.file("out"));
    ASSERT_TRUE(ending.success) << ending;
    EXPECT_THAT(ending.output, HasSubstr("10 pictures"));
    EXPECT_TRUE(std::filesystem::exists(folder.file("out/scan-09.png")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("out/scan-10.png")));
    EXPECT_EQ(read_png(folder.file("out/contact-sheet.png")).width, 5 * (64 + 6) - 6);
}

}  // namespace
}  // namespace jpegdeblock_test
