// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import/state_dict.h"

#include <caffe2/serialize/inline_container.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "../../support/temporary_folder.h"
#include "pickle_writer.h"

namespace jpegdeblock::training {
namespace {

using pickle_writer::StoredTensor;
using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::vector<float> values_of(const Tensor& tensor) {
    return {tensor.as<float>(), tensor.as<float>() + tensor.elements()};
}

class StateDictTest : public testing::Test {
  protected:
    std::string path() const { return folder_.file("weights.pth"); }
    void write(const std::string& content) { std::ofstream(path(), std::ios::binary) << content; }
    std::string content() const {
        std::ifstream file(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write_archive(const std::string& pickle, const std::map<std::string, std::string>& storages) {
        caffe2::serialize::PyTorchStreamWriter writer(path());
        writer.writeRecord("data.pkl", pickle.data(), pickle.size());
        for (const auto& [key, bytes] : storages)
            writer.writeRecord("data/" + key, bytes.data(), bytes.size());
        writer.writeEndOfFile();
    }
    void write_legacy(const std::string& pickle,
                      const std::vector<std::pair<std::string, std::string>>& storages, int element_bytes) {
        using namespace pickle_writer;
        std::string keys = "](";
        for (const auto& [key, bytes] : storages) keys += text(key);
        std::string file = whole(std::string("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12)) +
                           whole("M\xe9\x03") + whole("}(" + text("little_endian") + "\x88u") + pickle +
                           whole(keys + "e");
        for (const auto& [key, bytes] : storages)
            file += little_endian(bytes.size() / static_cast<std::size_t>(element_bytes), 8) + bytes;
        write(file);
    }
    std::string failure() {
        try {
            read_state_dict(path());
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
            EXPECT_THAT(error.what(), HasSubstr(path()));
            return error.what();
        }
        return "no error";
    }

    const std::vector<StoredTensor> two_ = {{"a.weight", "FloatStorage", "0", 6, {2, 3}, {3, 1}},
                                            {"a.bias", "FloatStorage", "1", 2, {2}, {1}}};
    const std::string weights_ = bytes_of<float>({1, 2, 3, 4, 5, 6}), bias_ = bytes_of<float>({0.5f, -0.25f});
    test::TemporaryFolder folder_;
};

TEST_F(StateDictTest, RefusesWhatIsNoSuchFile) {
    EXPECT_THROW(read_state_dict(path()), Error);
    for (const char* content : {"", "PK", "PK\3\4nothing", "text", "\x80\x02}."}) {
        write(content);
        EXPECT_NE(failure(), "no error") << content;
    }
}

TEST_F(StateDictTest, ReadsAnArchive) {
    write_archive(pickle_writer::whole(pickle_writer::state_dict(two_)), {{"0", weights_}, {"1", bias_}});
    const auto tensors = read_state_dict(path());
    ASSERT_EQ(tensors.size(), 2u);
    EXPECT_THAT(tensors.at("a.weight").shape, ElementsAre(2, 3));
    EXPECT_THAT(values_of(tensors.at("a.weight")), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(values_of(tensors.at("a.bias")), ElementsAre(0.5f, -0.25f));
}

TEST_F(StateDictTest, ReadsTheFormOfBeforeVersion16) {
    write_legacy(pickle_writer::whole(pickle_writer::state_dict(two_, true)), {{"1", bias_}, {"0", weights_}},
                 4);
    const auto tensors = read_state_dict(path());
    EXPECT_THAT(values_of(tensors.at("a.weight")), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(values_of(tensors.at("a.bias")), ElementsAre(0.5f, -0.25f));
}

TEST_F(StateDictTest, TruncationAnywhereIsAnError) {
    const auto expect_errors = [&] {
        const std::string file = content();
        for (std::size_t size = 0; size < file.size(); size += 7) {
            write(file.substr(0, size));
            EXPECT_NE(failure(), "no error") << size << " of " << file.size();
        }
    };
    write_archive(pickle_writer::whole(pickle_writer::state_dict(two_)), {{"0", weights_}, {"1", bias_}});
    expect_errors();
    write_legacy(pickle_writer::whole(pickle_writer::state_dict(two_, true)), {{"1", bias_}, {"0", weights_}},
                 4);
    expect_errors();
}

TEST_F(StateDictTest, LimitsElementsOfATensorAndOfItsStorage) {
    constexpr int kMost = 1 << 26;
    const auto failure_of = [&](const StoredTensor& tensor) {
        write_archive(pickle_writer::whole(pickle_writer::state_dict({tensor})), {{"0", weights_}});
        return failure();
    };
    EXPECT_THAT(failure_of({"t", "FloatStorage", "0", kMost + 1, {1}, {1}}), HasSubstr("impossible size"));
    EXPECT_THAT(failure_of({"t", "FloatStorage", "0", 6, {kMost + 1}, {0}}), HasSubstr("impossible size"));
    EXPECT_THAT(failure_of({"t", "FloatStorage", "0", 6, {8192, 8193}, {0, 0}}),
                HasSubstr("impossible size"));
    EXPECT_THAT(failure_of({"t", "FloatStorage", "0", kMost, {kMost}, {1}}), HasSubstr("end early"));
}

TEST_F(StateDictTest, DamagedBytesNeverCrash) {
    write_legacy(pickle_writer::whole(pickle_writer::state_dict(two_, true)), {{"1", bias_}, {"0", weights_}},
                 4);
    const std::string file = content();
    for (std::size_t at = 0; at < file.size(); ++at)
        for (const char flip : {'\x01', '\x80'}) {
            std::string damaged = file;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            write(damaged);
            try {
                read_state_dict(path());
            } catch (const Error&) {
            }
        }
}

TEST_F(StateDictTest, KnowsViewsAndOtherNumbers) {
    // A transposed tensor; a part of a storage; doubles; halves (1.5 is 0x3e00, -2 is 0xc000); bfloat16 (1.5
    // is 0x3fc0); a counter, which is left out.
    write_archive(pickle_writer::whole(
                      pickle_writer::state_dict({{"t", "FloatStorage", "0", 6, {3, 2}, {1, 3}},
                                                 {"part", "FloatStorage", "0", 6, {2}, {1}, 3},
                                                 {"d", "DoubleStorage", "2", 1, {1}, {1}},
                                                 {"h", "HalfStorage", "3", 2, {2}, {1}},
                                                 {"b", "BFloat16Storage", "4", 1, {1}, {1}},
                                                 {"num_batches_tracked", "LongStorage", "5", 1, {}, {}}})),
                  {{"0", weights_},
                   {"2", bytes_of<double>({0.125})},
                   {"3", bytes_of<std::uint16_t>({0x3e00, 0xc000})},
                   {"4", bytes_of<std::uint16_t>({0x3fc0})},
                   {"5", bytes_of<std::int64_t>({7})}});
    const auto tensors = read_state_dict(path());
    ASSERT_EQ(tensors.size(), 5u);
    EXPECT_THAT(values_of(tensors.at("t")), ElementsAre(1, 4, 2, 5, 3, 6));
    EXPECT_THAT(values_of(tensors.at("part")), ElementsAre(4, 5));
    EXPECT_THAT(values_of(tensors.at("d")), ElementsAre(0.125f));
    EXPECT_THAT(values_of(tensors.at("h")), ElementsAre(1.5f, -2.0f));
    EXPECT_THAT(values_of(tensors.at("b")), ElementsAre(1.5f));
}

TEST_F(StateDictTest, FindsTheStateDictInACheckpoint) {
    using namespace pickle_writer;
    write_archive(whole("}(" + text("epoch") + integer(3) + text("state_dict") + state_dict(two_) + "u"),
                  {{"0", weights_}, {"1", bias_}});
    EXPECT_EQ(read_state_dict(path()).size(), 2u);
}

TEST_F(StateDictTest, RunsNoCode) {
    using namespace pickle_writer;
    const std::string trace = folder_.file("trace");
    write_archive(whole("}(" + text("a") + global("os", "system") + "(" + text("touch " + trace) + "tRu"),
                  {});
    EXPECT_THAT(failure(), HasSubstr("os.system"));
    EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(StateDictTest, AWholeNetworkIsRefusedWithAdvice) {
    write_archive(pickle_writer::whole(pickle_writer::global("models", "DnCNN") + ")\x81}b"), {});
    EXPECT_THAT(failure(), HasSubstr("models.DnCNN"));
    EXPECT_THAT(failure(), HasSubstr("state_dict()"));
}

TEST_F(StateDictTest, RefusesTensorsOutsideOfTheirStorage) {
    const auto refused = [&](const StoredTensor& tensor) {
        write_archive(pickle_writer::whole(pickle_writer::state_dict({tensor})), {{"0", weights_}});
        return failure() != "no error";
    };
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {7}, {1}}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {2, 3}, {3, 2}}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {6}, {1}, 1}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {6}, {1}, -1}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {2}, {-1}, 3}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 7, {7}, {1}}));  // The record has 6.
    EXPECT_TRUE(refused({"a", "FloatStorage", "9", 6, {6}, {1}}));  // No such record.
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {2, 3}, {1}}));
    EXPECT_TRUE(refused({"a", "FloatStorage", "0", 6, {1 << 30, 1 << 30}, {0, 0}}));
    EXPECT_FALSE(refused({"a", "FloatStorage", "0", 6, {6}, {1}}));
}

TEST_F(StateDictTest, AListThatHoldsItselfIsRefused) {
    using namespace pickle_writer;
    for (const std::string& object : {
             std::string("]q\0h\0a", 6),  // Directly,
             std::string("]q\0h\0\x85"
                         "a",
                         7),                       // by way of a tuple,
             std::string("]q\0}K\1h\0sa", 10),     // of a dictionary,
             std::string("}q\0K\1h\0s", 8),        // a dictionary,
             std::string("]q\0]q\1h\0ah\1a", 12),  // or two.
         }) {
        write_archive(whole(object), {});
        EXPECT_THAT(failure(), HasSubstr("within another container"));
    }
}

TEST_F(StateDictTest, NoPickleTakesMemoryBeyondALimit) {
    using namespace pickle_writer;
    const std::string long_text = text(std::string(1 << 20, 'x')) + std::string("q\0", 2);
    std::string copies = long_text, stored = long_text, numbers, marks;
    for (int i = 0; i < 300; ++i) copies += std::string("h\0", 2), stored += "\x94";
    const std::string pairs = "](" + (long_text + std::string("h\0\x86", 3)) + "eq\1" +
                              global("collections", "OrderedDict") + "q\2";
    std::string dictionaries = pairs;
    for (int i = 0; i < 300; ++i) dictionaries += "h\2h\1\x85R";
    numbers.assign(3 << 20, 'N');
    marks.assign(40 << 20, '(');
    for (const std::string& object : {copies, stored, dictionaries, numbers, marks}) {
        write_archive(whole(object), {});
        EXPECT_THAT(failure(), HasSubstr("larger than a network's"));
    }
}

TEST_F(StateDictTest, TensorsThatShareAStorageAreLimitedInAll) {
    using namespace pickle_writer;
    std::vector<StoredTensor> tensors;
    for (int i = 0; i < 5; ++i)
        tensors.push_back({"t" + std::to_string(i), "FloatStorage", "0", 6, {1 << 26}, {0}});
    write_archive(whole(state_dict(tensors)), {{"0", weights_}});
    EXPECT_THAT(failure(), HasSubstr("larger than a network's"));
}

TEST_F(StateDictTest, RefusesOtherContents) {
    using namespace pickle_writer;
    for (const std::string& object : {integer(1), std::string("}"), "}" + text("a") + integer(1) + "s",
                                      "](" + integer(1) + "e", std::string("(("), std::string("u")}) {
        write_archive(whole(object), {});
        EXPECT_NE(failure(), "no error") << object;
    }
}

}  // namespace
}  // namespace jpegdeblock::training
