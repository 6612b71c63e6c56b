// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "model/safetensors.h"

#include "expect_error.h"
#include "files.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::safetensors_bytes;
using test::TemporaryFolder;
using test::write_bytes;

constexpr const char* kOneTensor = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

class SafetensorsReader : public testing::Test {
  protected:
    void expect_invalid(const std::string& bytes, const std::vector<std::string>& parts) {
        write_bytes(path_, bytes);
        std::vector<std::string> all = parts;
        all.push_back(path_);
        expect_error(ErrorCode::kInvalidFile, all, [&] { read_safetensors(path_); });
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("x.safetensors");
};

TEST_F(SafetensorsReader, NamesAFileThatDoesNotExist) {
    expect_error(ErrorCode::kNotFound, {path_}, [&] { read_safetensors(path_); });
    expect_error(ErrorCode::kNotFound, {"''"}, [&] { read_safetensors(""); });
}

TEST_F(SafetensorsReader, RefusesFolderAndPipe) {
    expect_error(ErrorCode::kUnreadable, {folder_.path(), "not a regular file"},
                 [&] { read_safetensors(folder_.path()); });
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    expect_error(ErrorCode::kUnreadable, {path_, "not a regular file"}, [&] { read_safetensors(path_); });
}

TEST_F(SafetensorsReader, NamesTheReasonOfAFileItMayNotRead) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    write_bytes(path_, safetensors_bytes(kOneTensor, 8));
    ASSERT_EQ(::chmod(path_.c_str(), 0), 0);
    expect_error(ErrorCode::kUnreadable, {path_, "Permission denied"}, [&] { read_safetensors(path_); });
}

TEST_F(SafetensorsReader, RefusesEveryTruncation) {
    const std::string whole = safetensors_bytes(kOneTensor, 8);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        SCOPED_TRACE(length);
        expect_invalid(whole.substr(0, length), {});
    }
}

TEST_F(SafetensorsReader, RefusesTooLongAFile) {
    write_bytes(path_, safetensors_bytes(kOneTensor, 8));
    std::filesystem::resize_file(path_, (std::uintmax_t{1} << 30) + 1);
    expect_error(ErrorCode::kInvalidFile, {"1073741825 bytes", "1 GiB"}, [&] { read_safetensors(path_); });
}

TEST_F(SafetensorsReader, RefusesAbsurdHeaderLengths) {
    const std::string header = kOneTensor;
    const std::uint64_t absurd[] = {header.size() + 9,      std::uint64_t{100} << 20,
                                    std::uint64_t{1} << 32, (std::uint64_t{1} << 63) - 1,
                                    std::uint64_t{1} << 63, ~std::uint64_t{0} - 7,
                                    ~std::uint64_t{0}};
    for (const std::uint64_t length : absurd)
        expect_invalid(
            safetensors_bytes(length, header + std::string(8, '\0')),
            {"header claims " + std::to_string(length), "at most " + std::to_string(header.size() + 8)});
}

TEST_F(SafetensorsReader, RefusesAHeaderAboveTheLimitThatTheFileHas) {
    std::string header = kOneTensor;
    header.resize((16u << 20) + 1, ' ');
    expect_invalid(safetensors_bytes(header, 8), {"header claims 16777217", "at most 16777216"});
}

TEST_F(SafetensorsReader, RefusesDeepNesting) {
    const std::string open(1 << 20, '[');
    expect_invalid(safetensors_bytes(R"({"a":)" + open, 0), {"nested too deeply"});
    expect_invalid(safetensors_bytes(R"({"a":{"dtype":"F32","shape":)" + open, 0), {"nested too deeply"});
    expect_invalid(safetensors_bytes(open + std::string(1 << 20, ']'), 0), {"nested too deeply"});
}

struct BadHeader {
    const char* name;
    std::string header;
    std::size_t data_bytes;
    std::vector<std::string> parts;
};

/// The header of a file whose only tensor, "a", has this entry.
std::string entry(const std::string& fields) {
    return "{\"a\":{" + fields + "}}";
}

void PrintTo(const BadHeader& bad, std::ostream* stream) {
    *stream << bad.header;
}

class SafetensorsReaderHeader : public SafetensorsReader, public testing::WithParamInterface<BadHeader> {};

TEST_P(SafetensorsReaderHeader, IsRefused) {
    expect_invalid(safetensors_bytes(GetParam().header, GetParam().data_bytes), GetParam().parts);
}

INSTANTIATE_TEST_SUITE_P(
    , SafetensorsReaderHeader,
    testing::Values(
        BadHeader{"Empty", "", 8, {"not JSON"}},  //
        BadHeader{"Text", "hello", 0, {"not JSON"}},
        BadHeader{"List", "[]", 0, {"JSON array", "expected an object"}},
        BadHeader{"Number", "1", 0, {"JSON number"}}, BadHeader{"Trailing", R"({} {})", 0, {"not JSON"}},
        BadHeader{"Unterminated", R"({"a":{"dtype":"F3)", 0, {"not JSON"}},
        BadHeader{"NotUtf8", "{\"\xff\":{}}", 0, {"not JSON"}},
        BadHeader{"ZeroByte", std::string("{}\0", 3), 0, {"not JSON"}},
        BadHeader{"NumberBeyondDouble", R"({"a":1e999})", 0, {"not JSON"}},
        BadHeader{"TensorTwice",
                  R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                  R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                  8,
                  {"'a' twice"}},
        BadHeader{"FieldTwice",
                  entry(R"("dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8])"),
                  8,
                  {"'dtype' twice"}},
        BadHeader{"MetadataTwice", R"({"__metadata__":{},"__metadata__":{}})", 0, {"'__metadata__' twice"}},
        BadHeader{"MetadataList", R"({"__metadata__":[]})", 0, {"__metadata__", "JSON array"}},
        BadHeader{"MetadataNumber", R"({"__metadata__":{"depth":10}})", 0, {"'depth'", "JSON number"}},
        BadHeader{"MetadataObject", R"({"__metadata__":{"depth":{}}})", 0, {"'depth'", "JSON object"}},
        BadHeader{"EntryIsNoObject", R"({"a":7})", 0, {"tensor 'a'", "no JSON object"}},
        BadHeader{"NoType", entry(R"("shape":[2],"data_offsets":[0,8])"), 8, {"tensor 'a'", "dtype"}},
        BadHeader{"TypeIsNumber", entry(R"("dtype":32,"shape":[2],"data_offsets":[0,8])"), 8, {"dtype"}},
        BadHeader{"OtherType",
                  entry(R"("dtype":"BF16","shape":[4],"data_offsets":[0,8])"),
                  8,
                  {"tensor 'a'", "'BF16'", "F32, I32, I8 or U8"}},
        BadHeader{"NoShape", entry(R"("dtype":"F32","data_offsets":[0,8])"), 8, {"tensor 'a'", "shape"}},
        BadHeader{"ShapeIsNumber", entry(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"), 8, {"shape"}},
        BadHeader{"ShapeOfStrings",
                  entry(R"("dtype":"F32","shape":["2"],"data_offsets":[0,8])"),
                  8,
                  {"shape", "\"2\""}},
        BadHeader{"ShapeOfFractions",
                  entry(R"("dtype":"F32","shape":[2.0],"data_offsets":[0,8])"),
                  8,
                  {"shape", "2.0"}},
        BadHeader{"NegativeShape",
                  entry(R"("dtype":"F32","shape":[-1,-2],"data_offsets":[0,8])"),
                  8,
                  {"shape", "-1"}},
        BadHeader{"ShapeBeyond63Bits",
                  entry(R"("dtype":"I8","shape":[9223372036854775808],"data_offsets":[0,8])"),
                  8,
                  {"shape", "9223372036854775808"}},
        BadHeader{"ShapeBeyond64Bits",
                  entry(R"("dtype":"I8","shape":[18446744073709551624],"data_offsets":[0,8])"),
                  8,
                  {"shape"}},
        // The products 2^32 * 2^32 * ... wrap to 0 and to 8 in 64 bits.
        BadHeader{"OverflowingShape",
                  entry(R"("dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,0])"),
                  0,
                  {"[4294967296, 4294967296]"}},
        BadHeader{"OverflowingBytes",
                  entry(R"("dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8])"),
                  8,
                  {"[4611686018427387906]"}},
        BadHeader{"OverflowBeforeZero",
                  entry(R"("dtype":"I8","shape":[4294967296,4294967296,0],"data_offsets":[0,0])"),
                  0,
                  {"4294967296"}},
        BadHeader{"WrongShape",
                  entry(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"),
                  8,
                  {"tensor 'a'", "F32", "[3]", "8 bytes"}},
        BadHeader{"NoOffsets", entry(R"("dtype":"F32","shape":[2])"), 8, {"data_offsets"}},
        BadHeader{
            "OneOffset", entry(R"("dtype":"F32","shape":[2],"data_offsets":[8])"), 8, {"1 data_offsets"}},
        BadHeader{"ThreeOffsets",
                  entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,8])"),
                  8,
                  {"3 data_offsets"}},
        BadHeader{"NegativeOffset",
                  entry(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"),
                  8,
                  {"data_offsets", "-8"}},
        BadHeader{"DescendingOffsets",
                  entry(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"),
                  8,
                  {"[8, 0]", "0..8"}},
        BadHeader{"OffsetBehindTheEnd",
                  entry(R"("dtype":"F32","shape":[3],"data_offsets":[0,12])"),
                  8,
                  {"[0, 12]", "0..8"}},
        BadHeader{"Overlap",
                  R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                  R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                  12,
                  {"'b'", "offset 4", "overlaps", "8"}},
        BadHeader{"SameData",
                  R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                  R"("b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                  8,
                  {"'b'", "overlaps"}},
        BadHeader{"Gap",
                  R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                  R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                  12,
                  {"'b'", "gap", "4"}},
        BadHeader{
            "GapAtTheStart", entry(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), 8, {"'a'", "gap"}},
        BadHeader{"TrailingBytes", kOneTensor, 9, {"9 bytes of data", "end at 8"}},
        BadHeader{"DataWithoutTensors", "{}", 1, {"1 bytes of data", "end at 0"}}),
    [](const auto& info) { return info.param.name; });

TEST_F(SafetensorsReader, ReadsWhatOthersWrite) {
    // Spaces around, tensors in any order, an empty tensor between, further fields of an entry.
    const std::string header = R"({ "b" : {"data_offsets":[8,9],"dtype":"U8","shape":[],"note":null},)"
                               R"("none":{"dtype":"I32","shape":[3,0],"data_offsets":[8,8]},)"
                               R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                               R"("__metadata__":{"key":"v\u00e4lue"}}  )";
    std::string bytes = safetensors_bytes(header, 9);
    bytes.replace(bytes.size() - 9, 9, std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0\xfe", 9));
    write_bytes(path_, bytes);

    const Safetensors content = read_safetensors(path_);
    ASSERT_EQ(content.tensors.size(), 3u);
    const Tensor& a = content.tensors.at("a");
    EXPECT_EQ(a.type, DataType::kF32);
    EXPECT_THAT(a.shape, testing::ElementsAre(1, 2));
    EXPECT_EQ(a.as<float>()[0], 1.0f);
    EXPECT_EQ(a.as<float>()[1], -2.0f);
    const Tensor& b = content.tensors.at("b");
    EXPECT_EQ(b.type, DataType::kU8);
    EXPECT_TRUE(b.shape.empty());
    EXPECT_EQ(b.as<std::uint8_t>()[0], 254);
    EXPECT_THAT(content.tensors.at("none").shape, testing::ElementsAre(3, 0));
    EXPECT_THAT(content.metadata, testing::ElementsAre(testing::Pair("key", "v\xc3\xa4lue")));
}

TEST_F(SafetensorsReader, ReadsAFileWithoutTensors) {
    write_bytes(path_, safetensors_bytes("{}", 0));
    EXPECT_TRUE(read_safetensors(path_).tensors.empty());
}

}  // namespace
}  // namespace jpegdeblock
