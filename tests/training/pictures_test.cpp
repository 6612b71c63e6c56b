// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>

#include "temporary_folder.h"

namespace jpegdeblock::training {
namespace {

void write_png(const std::string& path, int width, int height, guint32 rgba) {
    GdkPixbuf* pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, width, height);
    gdk_pixbuf_fill(pixbuf, rgba);
    ASSERT_TRUE(gdk_pixbuf_save(pixbuf, path.c_str(), "png", nullptr, nullptr));
    g_object_unref(pixbuf);
}

TEST(PicturesTest, MissingAndEmptyFoldersAreErrors) {
    const TemporaryFolder folder;
    EXPECT_THROW(list_pictures(folder.file("absent")), Error);
    std::ofstream(folder.file("notes.txt")) << "no picture";
    EXPECT_THROW(list_pictures(folder.file("")), Error);
}

TEST(PicturesTest, FindsPicturesInSubFoldersSorted) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("b"));
    write_png(folder.file("b/2.PNG"), 8, 8, 0);
    write_png(folder.file("a.png"), 8, 8, 0);
    std::ofstream(folder.file("c.txt")) << "x";
    EXPECT_EQ(list_pictures(folder.file("")),
              (std::vector<std::string>{folder.file("a.png"), folder.file("b/2.PNG")}));
}

TEST(PicturesTest, LumaIsFullRangeBt601) {
    const TemporaryFolder folder;
    write_png(folder.file("p.png"), 9, 10, 0xc8643200);  // R 200, G 100, B 50
    const LumaImage luma = load_luma(folder.file("p.png"));
    EXPECT_EQ(luma.width, 9);
    EXPECT_EQ(luma.height, 10);
    EXPECT_EQ(luma.samples[0], 124);  // 59.8 + 58.7 + 5.7 = 124.2
    write_png(folder.file("w.png"), 8, 8, 0xffffff00);
    EXPECT_EQ(load_luma(folder.file("w.png")).samples[63], 255);
}

TEST(PicturesTest, ScalesDown) {
    const TemporaryFolder folder;
    write_png(folder.file("p.png"), 100, 60, 0x80808000);
    const LumaImage luma = load_luma(folder.file("p.png"), 0.5);
    EXPECT_EQ(luma.width, 50);
    EXPECT_EQ(luma.height, 30);
}

TEST(PicturesTest, BrokenPicturesAreReportedAndLeftOut) {
    const TemporaryFolder folder;
    write_png(folder.file("good.png"), 64, 64, 0);
    write_png(folder.file("small.png"), 16, 64, 0);
    std::ofstream(folder.file("bad.png")) << "not a PNG";
    std::vector<std::string> warnings;
    const auto pictures = load_pictures(list_pictures(folder.file("")), 1.0, 32,
                                        [&](const std::string& text) { warnings.push_back(text); });
    EXPECT_EQ(pictures.size(), 1u);
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_NE(warnings[0].find("bad.png"), std::string::npos);
    EXPECT_NE(warnings[1].find("16x64"), std::string::npos);
    EXPECT_THROW(load_pictures({folder.file("bad.png")}, 1.0, 32, [](const std::string&) {}), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
