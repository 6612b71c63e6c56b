// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/pictures.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>

#include "../../support/temporary_folder.h"

namespace jpegdeblock {
namespace {

void write_png(const std::string& path, int width, int height, guint32 rgba) {
    GdkPixbuf* pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, width, height);
    gdk_pixbuf_fill(pixbuf, rgba);
    ASSERT_TRUE(gdk_pixbuf_save(pixbuf, path.c_str(), "png", nullptr, nullptr));
    g_object_unref(pixbuf);
}

TEST(PicturesTest, MissingAndEmptyFoldersAreErrors) {
    const test::TemporaryFolder folder;
    EXPECT_THROW(list_pictures(folder.file("absent")), Error);
    std::ofstream(folder.file("notes.txt")) << "no picture";
    EXPECT_THROW(list_pictures(folder.file("")), Error);
}

TEST(PicturesTest, FindsPicturesInSubFoldersSorted) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("b"));
    write_png(folder.file("b/2.PNG"), 8, 8, 0);
    write_png(folder.file("a.png"), 8, 8, 0);
    std::ofstream(folder.file("c.txt")) << "x";
    EXPECT_EQ(list_pictures(folder.file("")),
              (std::vector<std::string>{folder.file("a.png"), folder.file("b/2.PNG")}));
}

TEST(PicturesTest, LumaIsFullRangeBt601) {
    const test::TemporaryFolder folder;
    write_png(folder.file("p.png"), 9, 10, 0xc8643200);  // R 200, G 100, B 50
    const LumaImage luma = load_luma(folder.file("p.png"));
    EXPECT_EQ(luma.width, 9);
    EXPECT_EQ(luma.height, 10);
    EXPECT_EQ(luma.samples[0], 124);  // 59.8 + 58.7 + 5.7 = 124.2
    write_png(folder.file("w.png"), 8, 8, 0xffffff00);
    EXPECT_EQ(load_luma(folder.file("w.png")).samples[63], 255);
}

TEST(PicturesTest, ChromaIsFullRangeBt601) {
    const test::TemporaryFolder folder;
    write_png(folder.file("p.png"), 9, 10, 0xc8643200);  // R 200, G 100, B 50; Y 124.2
    const std::vector<LumaImage> planes = load_planes(folder.file("p.png"), Component::kChroma);
    ASSERT_EQ(planes.size(), 2u);
    for (const LumaImage& plane : planes) {
        EXPECT_EQ(plane.width, 9);
        EXPECT_EQ(plane.height, 10);
    }
    EXPECT_EQ(planes[0].samples[0], 86);   // 128 + (50 - 124.2) / 1.772 = 86.1
    EXPECT_EQ(planes[1].samples[0], 182);  // 128 + (200 - 124.2) / 1.402 = 182.1
    write_png(folder.file("blue.png"), 8, 8, 0x0000ff00);
    EXPECT_EQ(load_planes(folder.file("blue.png"), Component::kChroma)[0].samples[0], 255);  // 255.5
    write_png(folder.file("grey.png"), 8, 8, 0x4d4d4d00);
    for (const LumaImage& plane : load_planes(folder.file("grey.png"), Component::kChroma))
        EXPECT_EQ(plane.samples[0], 128);
}

TEST(PicturesTest, HalvedChromaIsTheMeanOfSquares) {
    const test::TemporaryFolder folder;
    GdkPixbuf* pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, 17, 19);
    gdk_pixbuf_fill(pixbuf, 0);
    guint8* first = gdk_pixbuf_get_pixels(pixbuf);
    first[0] = 200;                                           // (0, 0): red
    first[gdk_pixbuf_get_rowstride(pixbuf) * 18 + 48] = 200;  // The corner, (16, 18): red, with no neighbours
    ASSERT_TRUE(gdk_pixbuf_save(pixbuf, folder.file("p.png").c_str(), "png", nullptr, nullptr));
    g_object_unref(pixbuf);
    const LumaImage cr = load_planes(folder.file("p.png"), Component::kHalvedChroma)[1];
    EXPECT_EQ(cr.width, 9);
    EXPECT_EQ(cr.height, 10);
    EXPECT_EQ(cr.samples.front(), 153);  // (228 + 3 * 128) / 4
    EXPECT_EQ(cr.samples[1], 128);
    EXPECT_EQ(cr.samples.back(), 228);
    write_png(folder.file("small.png"), 15, 14, 0);
    EXPECT_NO_THROW(load_planes(folder.file("small.png"), Component::kChroma));
    EXPECT_THROW(load_planes(folder.file("small.png"), Component::kHalvedChroma), Error);
}

TEST(PicturesTest, BrokenPicturesAreReportedAndLeftOut) {
    const test::TemporaryFolder folder;
    write_png(folder.file("good.png"), 64, 64, 0);
    write_png(folder.file("small.png"), 16, 64, 0);
    std::ofstream(folder.file("bad.png")) << "not a PNG";
    std::vector<std::string> warnings;
    const auto pictures = load_pictures(list_pictures(folder.file("")), Component::kLuma, 32,
                                        [&](const std::string& text) { warnings.push_back(text); });
    EXPECT_EQ(pictures.size(), 1u);
    EXPECT_EQ(load_pictures({folder.file("good.png")}, Component::kChroma, 32, {}).size(), 2u);
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_NE(warnings[0].find("bad.png"), std::string::npos);
    EXPECT_NE(warnings[1].find("16x64"), std::string::npos);
    EXPECT_THROW(load_pictures({folder.file("bad.png")}, Component::kLuma, 32, [](const std::string&) {}),
                 Error);
}

}  // namespace
}  // namespace jpegdeblock
