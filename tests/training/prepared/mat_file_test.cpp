// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/mat_file.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "../../support/temporary_folder.h"
#include "file_size_limit.h"

namespace jpegdeblock::training {
namespace {

MatMatrix sample() {
    return {2, 3, {0.0, 1.0 / 3, -0.25, 1e-300, 1.0, 0.1}};
}

MatMatrix noise(std::size_t rows, std::size_t columns) {
    MatMatrix matrix{rows, columns, {}};
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < rows * columns; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        matrix.values.push_back(static_cast<double>(state >> 11) * 0x1p-53);
    }
    return matrix;
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(MatFileTest, MissingAndForeignFilesAreErrors) {
    const test::TemporaryFolder folder;
    EXPECT_THROW(read_mat_matrix(folder.file("absent.mat"), "Iq"), Error);
    std::ofstream(folder.file("text.mat")) << std::string(1000, 'x');
    EXPECT_THROW(read_mat_matrix(folder.file("text.mat"), "Iq"), Error);
    EXPECT_THROW(read_mat_size(folder.file("text.mat"), "Iq"), Error);
    EXPECT_THROW(read_mat_text(folder.file("text.mat"), "range"), Error);
}

TEST(MatFileTest, OtherVariablesAreErrorsThatNameTheVariable) {
    const test::TemporaryFolder folder;
    write_mat(folder.file("a.mat"), "Iq", sample(), {{"range", "full"}}, false);
    for (const char* name : {"Iresidual", "range"}) try {
            read_mat_matrix(folder.file("a.mat"), name);
            FAIL() << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
            EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
        }
    EXPECT_THROW(read_mat_text(folder.file("a.mat"), "Iq"), Error);
}

/// The file with another size in the first matrix's element of dimensions, 48 .. 63 bytes behind the header:
/// a tag of 8 bytes (type 5, 8 bytes), then rows and columns.
std::string with_size(std::string bytes, std::uint32_t rows, std::uint32_t columns) {
    constexpr std::size_t kDimensions = 128 + 8 + 16 + 8;
    std::memcpy(bytes.data() + kDimensions, &rows, 4);
    std::memcpy(bytes.data() + kDimensions + 4, &columns, 4);
    return bytes;
}

TEST(MatFileTest, SizesThatTheFileCannotHoldAreErrors) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("a.mat");
    write_mat(path, "Iq", sample(), {}, false);
    const std::string whole = read_text(path);
    std::ofstream(path, std::ios::binary) << with_size(whole, 2, 3);
    EXPECT_EQ(read_mat_matrix(path, "Iq"), sample());
    for (const std::uint32_t side : {0u, 1024u, 16000u, 0x7fffffffu, 0xffffffffu}) {
        std::ofstream(path, std::ios::binary) << with_size(whole, side, side);
        try {
            read_mat_size(path, "Iq");
            FAIL() << side;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
        }
    }
}

TEST(MatFileTest, ALongTextIsAnError) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("a.mat");
    write_mat(path, "Iq", sample(), {{"range", std::string(65536, 'x')}}, false);
    EXPECT_EQ(read_mat_text(path, "range"), std::string(65536, 'x'));
    EXPECT_THROW(write_mat(path, "Iq", sample(), {{"range", std::string(65537, 'x')}}, false), Error);
}

TEST(MatFileTest, TruncationAnywhereNeverGivesValues) {
    const test::TemporaryFolder folder;
    const MatMatrix matrix = noise(9, 7);
    for (const bool compress : {false, true}) {
        const std::string path = folder.file("t.mat");
        write_mat(path, "Iq", matrix, {}, compress);
        const std::string whole = read_text(path);
        for (std::size_t size = 0; size + 16 < whole.size(); size += 13) {
            std::ofstream(path, std::ios::binary) << whole.substr(0, size);
            EXPECT_THROW(read_mat_matrix(path, "Iq"), Error) << size << " of " << whole.size();
        }
    }
}

TEST(MatFileTest, ReadsBackExactlyWhatWasWritten) {
    const test::TemporaryFolder folder;
    for (const bool compress : {false, true}) {
        const std::string path = folder.file("a.mat");
        write_mat(path, "Iq", sample(), {{"range", "limited"}}, compress);
        EXPECT_EQ(read_mat_matrix(path, "Iq"), sample());
        EXPECT_EQ(read_mat_size(path, "Iq"), (MatSize{2, 3}));
        EXPECT_EQ(read_mat_text(path, "range"), "limited");
        EXPECT_EQ(read_mat_text(path, "absent"), std::nullopt);
    }
}

TEST(MatFileTest, IsLevel5WithColumnsOneAfterTheOther) {
    // MAT-File Format (The MathWorks), Level 5: 128 bytes of header; then a matrix element of flags, size,
    // name and values, whose tags take 8 bytes each.
    const test::TemporaryFolder folder;
    write_mat(folder.file("a.mat"), "Iq", sample(), {}, false);
    const std::string bytes = read_text(folder.file("a.mat"));
    EXPECT_EQ(bytes.substr(0, 19), "MATLAB 5.0 MAT-file");
    EXPECT_EQ(bytes.substr(126, 2), "IM");  // Little-endian.
    std::string values(48, '\0');
    std::memcpy(values.data(), sample().values.data(), 48);
    EXPECT_NE(bytes.find(values), std::string::npos);
    EXPECT_EQ(sample().at(1, 2), 0.1);
    EXPECT_EQ(sample().at(0, 1), -0.25);
}

TEST(MatFileTest, AFullDiskIsAnErrorThatLeavesTheOldFile) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("a.mat");
    write_mat(path, "Iq", sample(), {}, false);
    for (const bool compress : {false, true}) {
        const FileSizeLimit limit(4096);
        try {
            write_mat(path, "Iq", noise(100, 100), {}, compress);
            FAIL() << "80 kB fit into 4096 bytes";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kUnwritable);
            EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
        }
    }
    EXPECT_EQ(read_mat_matrix(path, "Iq"), sample());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.file("")), {}), 1);
}

TEST(MatFileTest, AMissingFolderIsAnErrorWithTheReason) {
    try {
        write_mat("/nonexistent-folder/a.mat", "Iq", sample(), {}, false);
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("No such file or directory"), std::string::npos)
            << error.what();
    }
}

TEST(MatFileTest, FindingOutAboutCompressionLeavesNothingBehind) {
    const test::TemporaryFolder folder;
    can_compress_mat(folder.file(""));
    EXPECT_TRUE(std::filesystem::is_empty(folder.file("")));
}

}  // namespace
}  // namespace jpegdeblock::training
