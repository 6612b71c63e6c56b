// SPDX-License-Identifier: LGPL-2.1-or-later
#include <limits>

#include "model/model.h"

#include "expect_error.h"
#include "files.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::TemporaryFolder;

Golden sample_golden() {
    Golden golden;
    golden.width = 16;
    golden.height = 8;
    golden.table = ijg_luma_table(30);
    golden.table.step[63] = 65535;
    for (int i = 0; i < 128; ++i) {
        golden.luma.push_back(static_cast<std::uint8_t>(i * 2));
        golden.residual.push_back(static_cast<float>(i - 64) / 7);
    }
    return golden;
}

class GoldenFile : public testing::Test {
  protected:
    template <typename Change>
    void expect_refused(const std::vector<std::string>& parts, Change change) {
        save_golden(path_, sample_golden());
        Safetensors content = read_safetensors(path_);
        change(content);
        write_safetensors(path_, content);
        std::vector<std::string> all = parts;
        all.push_back(path_);
        expect_error(ErrorCode::kInvalidFile, all, [&] { load_golden(path_); });
    }

    template <typename Change>
    void expect_not_saved(const std::vector<std::string>& parts, Change change) {
        Golden golden = sample_golden();
        change(golden);
        expect_error(ErrorCode::kInvalidFile, parts, [&] { save_golden(path_, golden); });
        EXPECT_TRUE(folder_.names().empty());
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("sample.golden.safetensors");
};

TEST_F(GoldenFile, NamesAFileThatDoesNotExist) {
    expect_error(ErrorCode::kNotFound, {path_}, [&] { load_golden(path_); });
}

TEST_F(GoldenFile, RefusesAModel) {
    save_model(path_, test::sample_grid());
    expect_error(ErrorCode::kInvalidFile, {path_, "'jpegdeblock-golden'"}, [&] { load_golden(path_); });
}

TEST_F(GoldenFile, RefusesMissingTensors) {
    for (const char* name : {"luma", "table", "residual"})
        expect_refused({std::string("'") + name + "' is missing"},
                       [&](Safetensors& content) { content.tensors.erase(name); });
}

TEST_F(GoldenFile, RefusesWrongShapesAndTypes) {
    expect_refused({"'luma'", "[128]", "[height, width]"},
                   [](Safetensors& content) { content.tensors["luma"].shape = {128}; });
    expect_refused({"4x32", "multiples of 8"}, [](Safetensors& content) {
        content.tensors["luma"].shape = {32, 4};
    });
    expect_refused({"0x8", "multiples of 8"}, [](Safetensors& content) {
        content.tensors["luma"] = make_tensor(DataType::kU8, {8, 0});
    });
    expect_refused({"'luma'", "I8", "expected U8"},
                   [](Safetensors& content) { content.tensors["luma"].type = DataType::kI8; });
    expect_refused({"'residual'", "[16, 8]", "expected F32 [8, 16]"}, [](Safetensors& content) {
        content.tensors["residual"].shape = {16, 8};
    });
    expect_refused({"'table'", "[8, 8]", "expected I32 [64]"}, [](Safetensors& content) {
        content.tensors["table"].shape = {8, 8};
    });
}

TEST_F(GoldenFile, RefusesPicturesLargerThanItsLimit) {
    for (const bool high : {false, true})
        expect_refused(
            {high ? "8x16392" : "16392x8", "multiples of 8 up to 16384"}, [&](Safetensors& content) {
                content.tensors["luma"] = make_tensor(DataType::kU8, {high ? 16392 : 8, high ? 8 : 16392});
            });
    Golden golden = sample_golden();
    golden.width = 8;
    golden.height = 16384;
    golden.luma.resize(std::size_t{8} * 16384);
    golden.residual.resize(golden.luma.size());
    save_golden(path_, golden);
    EXPECT_EQ(load_golden(path_).height, 16384);
}

TEST_F(GoldenFile, RefusesAHistoryOfAnotherSize) {
    expect_refused({"'history'", "[8, 8]", "expected U8 [8, 16]"}, [](Safetensors& content) {
        content.tensors["history"] = make_tensor(DataType::kU8, {8, 8});
    });
}

TEST_F(GoldenFile, KeepsTheHistoryWhereThereIsOne) {
    Golden golden = sample_golden();
    save_golden(path_, golden);
    EXPECT_EQ(read_safetensors(path_).metadata["format_version"], "1");
    EXPECT_TRUE(load_golden(path_).history.empty());
    golden.history = golden.luma;
    save_golden(path_, golden);
    EXPECT_EQ(read_safetensors(path_).metadata["format_version"], "2");
    EXPECT_EQ(load_golden(path_).history, golden.history);
}

TEST_F(GoldenFile, RefusesStepsOutOfRange) {
    for (const std::int32_t step : {0, -1, 65536})
        expect_refused({"step " + std::to_string(step), "1..65535"},
                       [&](Safetensors& content) { content.tensors["table"].as<std::int32_t>()[5] = step; });
}

TEST_F(GoldenFile, RefusesAResidualThatIsNotFinite) {
    expect_refused({"residual", "element 9"}, [](Safetensors& content) {
        content.tensors["residual"].as<float>()[9] = std::numeric_limits<float>::quiet_NaN();
    });
}

TEST_F(GoldenFile, SavesNothingInvalid) {
    expect_not_saved({"12x8"}, [](Golden& golden) { golden.width = 12; });
    expect_not_saved({"-8x-16"}, [](Golden& golden) {
        golden.width = -8;
        golden.height = -16;
    });
    expect_not_saved({"16x1073741824"}, [](Golden& golden) { golden.height = 1 << 30; });
    expect_not_saved({"127 samples of luma", "expected 128"}, [](Golden& golden) { golden.luma.pop_back(); });
    expect_not_saved({"129 of the residual"}, [](Golden& golden) { golden.residual.push_back(0); });
    expect_not_saved({"127 samples of history", "expected 128 or none"},
                     [](Golden& golden) { golden.history.resize(127); });
    expect_not_saved({"step is 0"}, [](Golden& golden) { golden.table.step[0] = 0; });
    expect_not_saved({"not finite at element 3"},
                     [](Golden& golden) { golden.residual[3] = std::numeric_limits<float>::infinity(); });
}

TEST_F(GoldenFile, RoundTrips) {
    const Golden golden = sample_golden();
    save_golden(path_, golden);
    const Golden read = load_golden(path_);
    EXPECT_EQ(read.width, 16);
    EXPECT_EQ(read.height, 8);
    EXPECT_EQ(read.luma, golden.luma);
    EXPECT_EQ(read.table, golden.table);
    EXPECT_EQ(read.residual, golden.residual);
}

TEST(GoldenPath, ReplacesTheSuffix) {
    EXPECT_EQ(golden_path("x/balanced.safetensors"), "x/balanced.golden.safetensors");
    EXPECT_EQ(golden_path("a.b/c"), "a.b/c.golden.safetensors");
}

}  // namespace
}  // namespace jpegdeblock
