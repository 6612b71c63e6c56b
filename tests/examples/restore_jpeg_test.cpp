// SPDX-License-Identifier: LGPL-2.1-or-later
// The example that restores with the library alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "command.h"
#include "example_files.h"
#include "jpeg/luma_codec.h"
#include "picture_files.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::HasSubstr;

Ending restore(const std::string& arguments) {
    return run(example_program("restore_jpeg") + " " + arguments);
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

TEST(RestoreJpeg, MissingFileIsNamed) {
    const Ending ending = restore("/nonexistent/in.jpg /nonexistent/out.png --preset balanced");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("/nonexistent/in.jpg"));
}

TEST(RestoreJpeg, WhatIsNoJpegIsRefused) {
    const TemporaryFolder folder;
    write_file(folder.file("in.jpg"), {'n', 'o', ' ', 'J', 'P', 'E', 'G'});
    const Ending ending =
        restore(folder.file("in.jpg") + " " + folder.file("out.png") + " --preset balanced");
    EXPECT_FALSE(ending.success);
    EXPECT_THAT(ending.output, HasSubstr("JPEG"));
}

TEST(RestoreJpeg, WritesThePictureWhole) {
    const TemporaryFolder folder;
    // Ramps, so that there is something to lose.
    jpegdeblock::LumaImage ramps{67, 45, {}};
    for (int i = 0; i < ramps.width * ramps.height; ++i)
        ramps.samples.push_back(static_cast<std::uint8_t>((i % ramps.width) * 3 + (i / ramps.width)));
    const std::vector<std::uint8_t> jpeg = jpegdeblock::encode_grey_jpeg(ramps.view(), 30);
    write_file(folder.file("in.jpg"), jpeg);
    const Ending ending =
        restore(folder.file("in.jpg") + " " + folder.file("out.png") + " --preset balanced");
    ASSERT_TRUE(ending.success) << ending;
    const Picture picture = read_png(folder.file("out.png"));
    ASSERT_EQ(picture.width, ramps.width);
    ASSERT_EQ(picture.height, ramps.height);
    const jpegdeblock::LumaImage decoded = jpegdeblock::decode_jpeg_luma(jpeg);
    bool changed = false;
    for (int y = 0; y < ramps.height; ++y) {
        for (int x = 0; x < ramps.width; ++x) {
            const std::uint8_t* pixel = picture.pixel(x, y);
            ASSERT_EQ(pixel[0], pixel[1]);
            ASSERT_EQ(pixel[1], pixel[2]);
            changed |= pixel[0] != decoded.view().row(y)[x];
        }
    }
    EXPECT_TRUE(changed) << "nothing was restored";
}

}  // namespace
}  // namespace jpegdeblock_test
