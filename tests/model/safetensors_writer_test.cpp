// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "model/safetensors.h"

#include "expect_error.h"
#include "files.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::read_bytes;
using test::TemporaryFolder;
using test::write_bytes;
using testing::ElementsAre;

class SafetensorsWriter : public testing::Test {
  protected:
    void expect_unfit(const Safetensors& content, const std::string& part) {
        write_bytes(path_, "old");
        expect_error(ErrorCode::kInvalidArgument, {path_, part}, [&] { write_safetensors(path_, content); });
        EXPECT_EQ(read_bytes(path_), "old");
        EXPECT_THAT(folder_.names(), ElementsAre("x.safetensors"));
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("x.safetensors");
};

Safetensors zeros(std::int64_t bytes) {
    Safetensors content;
    content.tensors["a"] = make_tensor(DataType::kU8, {bytes});
    return content;
}

TEST_F(SafetensorsWriter, RefusesDataThatDoNotFitTheShape) {
    Safetensors content = zeros(4);
    content.tensors["a"].data.pop_back();
    expect_unfit(content, "tensor 'a' has 3 bytes, which is not U8 [4]");
    content.tensors["a"].shape = {-3};
    expect_unfit(content, "[-3]");
}

TEST_F(SafetensorsWriter, RefusesATensorNamedLikeTheMetadata) {
    Safetensors content;
    content.tensors["__metadata__"] = make_tensor(DataType::kU8, {1});
    expect_unfit(content, "__metadata__");
}

TEST_F(SafetensorsWriter, RefusesTextThatIsNotUtf8) {
    Safetensors content = zeros(1);
    content.metadata["licence"] = "\xff";
    expect_unfit(content, "not UTF-8");
    content = {};
    content.tensors["\xc3"] = make_tensor(DataType::kU8, {1});
    expect_unfit(content, "not UTF-8");
}

TEST_F(SafetensorsWriter, RefusesAHeaderThatTheReaderWouldRefuse) {
    Safetensors content = zeros(1);
    content.metadata["notes"] = std::string(16 << 20, 'x');
    expect_unfit(content, "16 MiB");
}

TEST_F(SafetensorsWriter, NamesAFolderThatDoesNotExist) {
    const std::string path = folder_.file("none/x.safetensors");
    expect_error(ErrorCode::kUnwritable, {path, "No such file or directory"},
                 [&] { write_safetensors(path, zeros(1)); });
}

TEST_F(SafetensorsWriter, RefusesAFileAsFolder) {
    write_bytes(path_, "old");
    const std::string path = path_ + "/y.safetensors";
    expect_error(ErrorCode::kUnwritable, {path, "Not a directory"},
                 [&] { write_safetensors(path, zeros(1)); });
    EXPECT_EQ(read_bytes(path_), "old");
}

TEST_F(SafetensorsWriter, RefusesToReplaceAFolder) {
    std::filesystem::create_directory(path_);
    expect_error(ErrorCode::kUnwritable, {path_, "Is a directory"},
                 [&] { write_safetensors(path_, zeros(1)); });
    EXPECT_THAT(folder_.names(), ElementsAre("x.safetensors"));
}

TEST_F(SafetensorsWriter, KeepsTheOldFileInAFolderItMayNotWrite) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    write_bytes(path_, "old");
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0500), 0);
    expect_error(ErrorCode::kUnwritable, {path_, "Permission denied"},
                 [&] { write_safetensors(path_, zeros(1)); });
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0700), 0);
    EXPECT_EQ(read_bytes(path_), "old");
    EXPECT_THAT(folder_.names(), ElementsAre("x.safetensors"));
}

// A limit on the size of files stands in for a full disk: write() fails half-way through the file.
TEST_F(SafetensorsWriter, KeepsTheOldFileWhenTheDiskIsFull) {
    write_bytes(path_, "old");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const rlimit limit{4096, 4096};
        if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(1);
        try {
            write_safetensors(path_, zeros(10000));
        } catch (const Error& error) {
            const bool named =
                std::string(error.what()).find(path_ + "': File too large.") != std::string::npos;
            ::_exit(error.code() == ErrorCode::kUnwritable && named ? 0 : 2);
        }
        ::_exit(3);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(read_bytes(path_), "old");
    EXPECT_THAT(folder_.names(), ElementsAre("x.safetensors"));
}

TEST_F(SafetensorsWriter, RespectsTheUmask) {
    const mode_t previous = ::umask(027);
    write_safetensors(path_, zeros(1));
    ::umask(previous);
    struct stat status;
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(SafetensorsWriter, WritesIntoTheWorkingFolder) {
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    write_safetensors("here.safetensors", zeros(1));
    std::filesystem::current_path(before);
    EXPECT_THAT(folder_.names(), ElementsAre("here.safetensors"));
}

TEST_F(SafetensorsWriter, AlignsDataToElements) {
    Safetensors content;
    content.tensors["a"] = make_tensor(DataType::kI8, {3});
    content.tensors["b"] = make_tensor(DataType::kF32, {1});
    content.tensors["c"] = make_tensor(DataType::kU8, {1});
    content.tensors["d"] = make_tensor(DataType::kI32, {1});
    write_safetensors(path_, content);
    const std::string expected = R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                 R"("d":{"dtype":"I32","shape":[1],"data_offsets":[4,8]},)"
                                 R"("a":{"dtype":"I8","shape":[3],"data_offsets":[8,11]},)"
                                 R"("c":{"dtype":"U8","shape":[1],"data_offsets":[11,12]}})";
    const std::string padding((8 - expected.size() % 8) % 8, ' ');
    EXPECT_EQ(read_bytes(path_), test::safetensors_bytes(expected + padding, 12));
}

TEST_F(SafetensorsWriter, RoundTripsEveryTypeAndName) {
    Safetensors content;
    content.metadata = {
        {"", ""}, {"key \"quoted\"", "l\xc3\xadne\nbreak\t\\"}, {"zero", std::string("a\0b", 3)}};
    for (const DataType type : {DataType::kF32, DataType::kI32, DataType::kI8, DataType::kU8}) {
        Tensor tensor = make_tensor(type, {2, 3});
        for (std::size_t i = 0; i < tensor.data.size(); ++i)
            tensor.data[i] = static_cast<std::byte>(i * 37 + 200);
        content.tensors["tensor \xe2\x82\xac " + std::to_string(content.tensors.size())] = tensor;
    }
    content.tensors[""] = make_tensor(DataType::kF32, {});
    content.tensors["empty"] = make_tensor(DataType::kF32, {0, 7});
    write_safetensors(path_, content);

    const Safetensors read = read_safetensors(path_);
    EXPECT_EQ(read.metadata, content.metadata);
    ASSERT_EQ(read.tensors.size(), content.tensors.size());
    for (const auto& [name, tensor] : content.tensors) {
        SCOPED_TRACE(name);
        ASSERT_TRUE(read.tensors.contains(name));
        EXPECT_EQ(read.tensors.at(name).type, tensor.type);
        EXPECT_EQ(read.tensors.at(name).shape, tensor.shape);
        EXPECT_EQ(read.tensors.at(name).data, tensor.data);
    }
    EXPECT_THAT(folder_.names(), ElementsAre("x.safetensors"));
}

TEST_F(SafetensorsWriter, ReplacesAFileUnderItsReaders) {
    write_safetensors(path_, zeros(1));
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (std::int64_t i = 0; i < 20; ++i) write_safetensors(path_, zeros(i % 2 == 0 ? 100000 : 1));
        done = true;
    });
    while (!done) {
        const std::int64_t elements = read_safetensors(path_).tensors.at("a").elements();
        EXPECT_TRUE(elements == 1 || elements == 100000) << elements;
    }
    writer.join();
}

}  // namespace
}  // namespace jpegdeblock
