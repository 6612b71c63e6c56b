// SPDX-License-Identifier: LGPL-2.1-or-later
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "../support/temporary_folder.h"

namespace jpegdeblock::test {
namespace {

class ReadFile : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return folder_.file(name); }

    void write(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
        std::ofstream file(path(name), std::ios::binary);
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }

    static void expect_error(const std::string& path, ErrorCode code) {
        try {
            read_file(path);
            FAIL() << path << " was read";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code);
            EXPECT_THAT(error.what(), testing::HasSubstr(path));
        }
    }

  private:
    TemporaryFolder folder_;
};

TEST_F(ReadFile, MissingFile) {
    expect_error(path("missing.jpg"), ErrorCode::kNotFound);
    expect_error(path("missing/file.jpg"), ErrorCode::kNotFound);
}

TEST_F(ReadFile, FileUsedAsDirectory) {
    write("file", {1});
    expect_error(path("file/below.jpg"), ErrorCode::kNotFound);
}

TEST_F(ReadFile, Directory) {
    expect_error(path(""), ErrorCode::kUnreadable);
}

TEST_F(ReadFile, FileWithoutPermission) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
    write("secret.jpg", {1, 2, 3});
    std::filesystem::permissions(path("secret.jpg"), std::filesystem::perms::none);
    expect_error(path("secret.jpg"), ErrorCode::kUnreadable);
}

TEST_F(ReadFile, EmptyFile) {
    write("empty", {});
    EXPECT_TRUE(read_file(path("empty")).empty());
}

TEST_F(ReadFile, EveryByteIsRead) {
    std::mt19937 generator(1);
    std::vector<std::uint8_t> bytes(200001);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
    write("random", bytes);
    EXPECT_EQ(read_file(path("random")), bytes);
}

}  // namespace
}  // namespace jpegdeblock::test
