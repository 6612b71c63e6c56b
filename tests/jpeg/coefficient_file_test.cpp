// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/luma_codec.h"

#include "synthetic_picture.h"

namespace jpegdeblock::test {
namespace {

std::vector<std::int16_t> coefficients(const JpegPicture& picture) {
    std::vector<std::int16_t> all;
    for (const JpegComponent& component : picture.components)
        for (const std::int16_t* row : component.block_rows)
            all.insert(all.end(), row, row + 64 * component.blocks_wide);
    return all;
}

std::vector<std::uint8_t> large_jpeg() {
    // Far more rows than are left in memory at a time.
    LumaImage picture{1024, 16384, {}};
    picture.samples.resize(static_cast<std::size_t>(picture.width) *
                           static_cast<std::size_t>(picture.height));
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        picture.samples[i] = static_cast<std::uint8_t>(i / 7 + i / 4096 * 13);
    return encode_grey_jpeg(picture.view(), ijg_luma_table(20));
}

TEST(CoefficientFileTest, AFolderThatIsNotThereIsNamed) {
    JpegReader reader;
    reader.keep_in_file("/no/such/folder", 0);
    try {
        reader.read(large_jpeg());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUnwritable);
        EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos) << error.what();
    }
    reader.keep_in_file("", 0);
    EXPECT_FALSE(reader.read(large_jpeg()).damaged);
}

TEST(CoefficientFileTest, HoldsTheSameCoefficients) {
    const std::vector<std::uint8_t> jpeg = large_jpeg();
    JpegReader in_memory, in_file;
    in_file.keep_in_file(testing::TempDir(), 0);
    const std::vector<std::int16_t> expected = coefficients(in_memory.read(jpeg));
    for (int i = 0; i < 2; ++i) {
        const JpegPicture& picture = in_file.read(jpeg);
        EXPECT_FALSE(picture.damaged) << picture.damage;
        EXPECT_EQ(coefficients(picture), expected);
        in_file.release_memory();
        EXPECT_EQ(coefficients(picture), expected) << "lost with the memory";
    }
}

TEST(CoefficientFileTest, SmallPicturesStayInMemory) {
    JpegReader reader;
    reader.keep_in_file("/no/such/folder", std::uint64_t{1} << 30);
    EXPECT_NO_THROW(reader.read(large_jpeg()));
}

}  // namespace
}  // namespace jpegdeblock::test
