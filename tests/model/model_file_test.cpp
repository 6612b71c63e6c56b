// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <limits>

#include "model/model.h"

#include "expect_error.h"
#include "files.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

using test::expect_error;
using test::read_bytes;
using test::sample_dncnn;
using test::sample_grid;
using test::TemporaryFolder;
using test::with_int8;
using test::write_bytes;
using testing::ElementsAre;

void expect_equal(const Model& found, const Model& expected) {
    EXPECT_EQ(found.name, expected.name);
    EXPECT_TRUE(found.network == expected.network);
    EXPECT_EQ(found.notes, expected.notes);
    ASSERT_EQ(found.tensors.size(), expected.tensors.size());
    for (const auto& [name, tensor] : expected.tensors) {
        SCOPED_TRACE(name);
        ASSERT_TRUE(found.tensors.contains(name));
        EXPECT_EQ(found.tensors.at(name).type, tensor.type);
        EXPECT_EQ(found.tensors.at(name).shape, tensor.shape);
        EXPECT_EQ(found.tensors.at(name).data, tensor.data);
    }
}

class ModelFile : public testing::Test {
  protected:
    /// The content of a good file, changed by `change`, must be refused with these parts in the message.
    template <typename Change>
    void expect_refused(ErrorCode code, const std::vector<std::string>& parts, Change change,
                        const Model& model = sample_grid()) {
        save_model(path_, model);
        Safetensors content = read_safetensors(path_);
        change(content);
        write_safetensors(path_, content);
        std::vector<std::string> all = parts;
        all.push_back(path_);
        expect_error(code, all, [&] { load_model(path_); });
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("sample.safetensors");
};

TEST_F(ModelFile, NamesAFileThatDoesNotExist) {
    expect_error(ErrorCode::kNotFound, {path_}, [&] { load_model(path_); });
}

TEST_F(ModelFile, RefusesSafetensorsOfOthers) {
    Safetensors content;
    content.tensors["conv.weight"] = make_tensor(DataType::kF32, {1});
    write_safetensors(path_, content);
    expect_error(ErrorCode::kInvalidFile, {path_, "jpegdeblock-network"}, [&] { load_model(path_); });
}

TEST_F(ModelFile, RefusesAGoldenFile) {
    save_golden(path_, Golden{8, 8, std::vector<std::uint8_t>(64), {}, std::vector<float>(64)});
    expect_error(ErrorCode::kInvalidFile, {"'jpegdeblock-golden'", "'jpegdeblock-network'"},
                 [&] { load_model(path_); });
}

TEST_F(ModelFile, RefusesNewerVersions) {
    for (const char* version : {"3", "10", "99999999999999999999"})
        expect_refused(ErrorCode::kUnsupported, {std::string("version ") + version, "up to 2", "update"},
                       [&](Safetensors& content) { content.metadata["format_version"] = version; });
}

TEST_F(ModelFile, RefusesMalformedVersions) {
    for (const char* version : {"", "0", "-1", "-99999999999999999999", "1.0", "one", " 1", "2x"})
        expect_refused(ErrorCode::kInvalidFile, {std::string("format_version '") + version + "'"},
                       [&](Safetensors& content) { content.metadata["format_version"] = version; });
}

TEST_F(ModelFile, RefusesMissingFields) {
    for (const char* field : {"format", "format_version", "name", "architecture", "scale", "channels",
                              "depth", "conditioned", "phase_bias", "skip_interval", "condition_width",
                              "input_offset", "input_scale", "output_scale", "luma_range", "table_order"})
        expect_refused(ErrorCode::kInvalidFile, {field},
                       [&](Safetensors& content) { ASSERT_EQ(content.metadata.erase(field), 1u); });
}

struct BadField {
    const char* field;
    const char* value;
    const char* expected;
};

TEST_F(ModelFile, RefusesMalformedAndOutOfRangeFields) {
    const BadField bad_fields[] = {{"architecture", "unet", "'grid' or 'dncnn'"},
                                   {"architecture", "", "'grid' or 'dncnn'"},
                                   {"scale", "", "an integer"},
                                   {"scale", "2.0", "an integer"},
                                   {"scale", " 2", "an integer"},
                                   {"scale", "99999999999", "an integer"},
                                   {"scale", "0", "1, 2, 4 or 8"},
                                   {"scale", "3", "1, 2, 4 or 8"},
                                   {"scale", "16", "1, 2, 4 or 8"},
                                   {"scale", "-2", "1, 2, 4 or 8"},
                                   {"channels", "0", "1..256"},
                                   {"channels", "257", "1..256"},
                                   {"channels", "-2147483648", "1..256"},
                                   {"depth", "1", "2..64"},
                                   {"depth", "65", "2..64"},
                                   {"conditioned", "1", "'true' or 'false'"},
                                   {"conditioned", "True", "'true' or 'false'"},
                                   {"phase_bias", "yes", "'true' or 'false'"},
                                   {"skip_interval", "-1", "0..63"},
                                   {"skip_interval", "64", "0..63"},
                                   {"condition_width", "0", "1..1024"},
                                   {"condition_width", "1025", "1..1024"},
                                   {"input_offset", "mid", "a decimal number"},
                                   {"input_offset", "1e99", "a decimal number"},
                                   {"input_offset", "inf", "a finite number"},
                                   {"input_scale", "0", "is 0"},
                                   {"input_scale", "nan", "a finite number"},
                                   {"output_scale", "-0", "scale is 0"},
                                   {"output_scale", "-inf", "a finite number"},
                                   {"output_scale", "1,5", "a decimal number"},
                                   {"luma_range", "studio", "'full' or 'limited'"},
                                   {"table_order", "zigzag", "'row'"}};
    for (const BadField& bad : bad_fields) {
        SCOPED_TRACE(std::string(bad.field) + " = " + bad.value);
        expect_refused(ErrorCode::kInvalidFile, {bad.field, bad.expected},
                       [&](Safetensors& content) { content.metadata[bad.field] = bad.value; });
    }
}

TEST_F(ModelFile, RefusesADncnnOfTheOtherFamilysShape) {
    for (const auto& [field, value] :
         {std::pair{"scale", "2"}, {"conditioned", "true"}, {"phase_bias", "true"}, {"skip_interval", "2"}}) {
        SCOPED_TRACE(field);
        expect_refused(
            ErrorCode::kInvalidFile,
            {"a dncnn must have", field == std::string("conditioned") ? "conditioning" : field},
            [&, field = field, value = value](Safetensors& content) { content.metadata[field] = value; },
            sample_dncnn());
    }
}

TEST_F(ModelFile, RefusesEachMissingTensor) {
    for (const Model& model : {sample_grid(), sample_dncnn()})
        for (const auto& [name, tensor] : model.tensors)
            expect_refused(
                ErrorCode::kInvalidFile, {"tensor '" + name + "' is missing, expected F32 ["},
                [&, name = name](Safetensors& content) { content.tensors.erase(name); }, model);
}

TEST_F(ModelFile, RefusesUnexpectedTensors) {
    for (const char* name : {"layers.3.weight", "extra", "int8", "Int8.a", "x.int8."})
        expect_refused(
            ErrorCode::kInvalidFile, {std::string("tensor '") + name + "' [1]", "not part of"},
            [&](Safetensors& content) { content.tensors[name] = make_tensor(DataType::kF32, {1}); });
    expect_refused(
        ErrorCode::kInvalidFile, {"'phase_bias'", "not part of"},
        [](Safetensors& content) {
            content.tensors["phase_bias"] = make_tensor(DataType::kF32, {3, 8, 8});
        },
        sample_dncnn());
}

TEST_F(ModelFile, RefusesWrongShapes) {
    expect_refused(ErrorCode::kInvalidFile, {"'layers.1.weight'", "[2, 2, 9]", "expected [2, 2, 3, 3]"},
                   [](Safetensors& content) {
                       content.tensors["layers.1.weight"].shape = {2, 2, 9};
                   });
    expect_refused(ErrorCode::kInvalidFile, {"'layers.0.weight'", "[4, 2, 3, 3]", "expected [2, 4, 3, 3]"},
                   [](Safetensors& content) {
                       content.tensors["layers.0.weight"].shape = {4, 2, 3, 3};
                   });
    expect_refused(
        ErrorCode::kInvalidFile, {"'layers.2.bias'", "[5]", "expected [4]"},
        [](Safetensors& content) { content.tensors["layers.2.bias"] = make_tensor(DataType::kF32, {5}); });
    expect_refused(ErrorCode::kInvalidFile, {"'phase_bias'", "[2, 16]", "expected [2, 4, 4]"},
                   [](Safetensors& content) {
                       content.tensors["phase_bias"].shape = {2, 16};
                   });
    expect_refused(ErrorCode::kInvalidFile, {"'condition.1.bias'", "[2, 4]", "expected [8]"},
                   [](Safetensors& content) {
                       content.tensors["condition.1.bias"].shape = {2, 4};
                   });
}

TEST_F(ModelFile, RefusesWrongTypes) {
    expect_refused(ErrorCode::kInvalidFile, {"'layers.0.bias'", "I32", "expected F32"},
                   [](Safetensors& content) { content.tensors["layers.0.bias"].type = DataType::kI32; });
}

TEST_F(ModelFile, RefusesWeightsThatAreNotFinite) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity})
        expect_refused(
            ErrorCode::kInvalidFile, {"'layers.1.weight'", "element 7", std::to_string(bad)},
            [&](Safetensors& content) { content.tensors["layers.1.weight"].as<float>()[7] = bad; });
}

TEST_F(ModelFile, RefusesEveryTruncationAndAnAppendedByte) {
    save_model(path_, sample_grid());
    const std::string whole = read_bytes(path_);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        SCOPED_TRACE(length);
        write_bytes(path_, whole.substr(0, length));
        expect_error(ErrorCode::kInvalidFile, {path_}, [&] { load_model(path_); });
    }
    write_bytes(path_, whole + '\0');
    expect_error(ErrorCode::kInvalidFile, {path_}, [&] { load_model(path_); });
}

TEST_F(ModelFile, SavesNoInvalidModel) {
    save_model(path_, sample_grid());
    const std::string before = read_bytes(path_);
    Model model = sample_grid();
    model.tensors.at("phase_bias").data.resize(4);
    expect_error(ErrorCode::kInvalidFile, {path_, "'phase_bias'", "4 bytes", "expected 128"},
                 [&] { save_model(path_, model); });
    model = sample_grid();
    model.network.architecture = Architecture::kDncnn;
    expect_error(ErrorCode::kInvalidFile, {path_, "dncnn"}, [&] { save_model(path_, model); });
    EXPECT_EQ(read_bytes(path_), before);
    EXPECT_THAT(folder_.names(), ElementsAre("sample.safetensors"));
}

TEST_F(ModelFile, SavesNoNoteThatHidesAField) {
    for (const char* key : {"scale", "format", "name"}) {
        Model model = sample_grid();
        model.notes[key] = "7";
        expect_error(ErrorCode::kInvalidArgument, {path_, std::string("'") + key + "'"},
                     [&] { save_model(path_, model); });
    }
    EXPECT_TRUE(folder_.names().empty());
}

TEST_F(ModelFile, RoundTripsBothFamilies) {
    for (Model model : {sample_grid(), sample_dncnn()}) {
        model.notes = {{"licence", "CC0-1.0"}, {"trained_on", "photographs \xe2\x80\x93 a few"}};
        save_model(path_, model);
        expect_equal(*load_model(path_), model);
    }
}

TEST_F(ModelFile, RoundTripsEveryVariantOfTheGridFamily) {
    for (const int scale : {1, 2, 4, 8})
        for (const bool conditioned : {false, true})
            for (const bool phase_bias : {false, true}) {
                NetworkDescription network;
                network.scale = scale;
                network.channels = 3;
                network.depth = 2;
                network.conditioned = conditioned;
                network.phase_bias = phase_bias;
                network.skip_interval = 0;
                network.condition_width = 2;
                const Model model = test::sample_model(network);
                save_model(path_, model);
                expect_equal(*load_model(path_), model);
            }
}

TEST_F(ModelFile, RefusesTemporalNetworksThatCannotBe) {
    const auto refused = [&](const char* field, const char* value) {
        expect_refused(
            ErrorCode::kInvalidFile, {"temporal network must be"},
            [&](Safetensors& content) { content.metadata[field] = value; }, test::sample_temporal());
    };
    refused("conditioned", "false");
    refused("luma_range", "limited");
    refused("input_offset", "0");
    refused("input_scale", "0.00390625");
    expect_refused(
        ErrorCode::kInvalidFile, {"'temporal'", "'true' or 'false'"},
        [](Safetensors& content) { content.metadata["temporal"] = "yes"; }, test::sample_temporal());
    expect_refused(ErrorCode::kInvalidFile, {"'layers.0.weight'", "[2, 8, 3, 3]"},
                   [](Safetensors& content) { content.metadata["temporal"] = "true"; });
}

TEST_F(ModelFile, RoundTripsTemporalNetworks) {
    const Model model = with_int8(test::sample_temporal());
    save_model(path_, model);
    EXPECT_EQ(read_safetensors(path_).metadata["format_version"], "2");
    EXPECT_EQ(read_safetensors(path_).metadata["temporal"], "true");
    expect_equal(*load_model(path_), model);
}

TEST_F(ModelFile, RoundTripsNumbersExactly) {
    Model model = sample_grid();
    for (const float value : {0.1f, 1.0f / 255, 3.4028235e38f, 1e-45f, -16777217.0f}) {
        model.network.input_offset = model.network.input_scale = model.network.output_scale = value;
        save_model(path_, model);
        EXPECT_TRUE(load_model(path_)->network == model.network) << value;
    }
}

TEST_F(ModelFile, WritesTheDocumentedMetadata) {
    Model model = sample_grid();
    model.notes["licence"] = "CC0-1.0";
    save_model(path_, model);
    const std::map<std::string, std::string> expected = {{"format", "jpegdeblock-network"},
                                                         {"format_version", "1"},
                                                         {"name", "sample"},
                                                         {"architecture", "grid"},
                                                         {"scale", "2"},
                                                         {"channels", "2"},
                                                         {"depth", "3"},
                                                         {"conditioned", "true"},
                                                         {"phase_bias", "true"},
                                                         {"skip_interval", "2"},
                                                         {"condition_width", "1"},
                                                         {"input_offset", "128"},
                                                         {"input_scale", "0.0078125"},
                                                         {"output_scale", "1"},
                                                         {"luma_range", "full"},
                                                         {"table_order", "row"},
                                                         {"licence", "CC0-1.0"}};
    EXPECT_EQ(read_safetensors(path_).metadata, expected);
}

TEST_F(ModelFile, KeepsWhatInt8Takes) {
    EXPECT_FALSE(has_int8(sample_grid()));
    for (const Model& plain : {sample_grid(), sample_dncnn()}) {
        const Model model = with_int8(plain);
        save_model(path_, model);
        EXPECT_TRUE(has_int8(*load_model(path_)));
        expect_equal(*load_model(path_), model);
    }
}

TEST_F(ModelFile, RefusesIncompleteInt8) {
    const Model model = with_int8(sample_grid());
    for (const char* name : {"int8.layers.0.weight_scale", "int8.layers.2.weight_scale",
                             "int8.layers.1.activation_scale", "int8.layers.2.bias_correction"})
        expect_refused(
            ErrorCode::kInvalidFile, {std::string("'") + name + "'", "missing"},
            [&](Safetensors& content) { content.tensors.erase(name); }, model);
}

TEST_F(ModelFile, RefusesUnknownInt8Tensors) {
    const Model model = with_int8(sample_grid());
    for (const char* name :
         {"int8.layers.2.activation_scale", "int8.layers.3.weight_scale", "int8.", "int8.x"})
        expect_refused(
            ErrorCode::kInvalidFile, {std::string("'") + name + "'"},
            [&](Safetensors& content) { content.tensors[name] = make_tensor(DataType::kF32, {}); }, model);
}

TEST_F(ModelFile, RefusesInt8TensorsOfTheWrongKind) {
    const Model model = with_int8(sample_grid());
    const auto expect_refused_as = [&](const std::string& name, const Tensor& tensor,
                                       const std::vector<std::string>& parts) {
        expect_refused(
            ErrorCode::kInvalidFile, parts, [&](Safetensors& content) { content.tensors[name] = tensor; },
            model);
    };
    expect_refused_as("int8.layers.0.weight_scale", make_tensor(DataType::kI8, {2}), {"I8", "F32"});
    expect_refused_as("int8.layers.0.weight_scale", make_tensor(DataType::kF32, {3}), {"[3]", "[2]"});
    expect_refused_as("int8.layers.2.weight_scale", make_tensor(DataType::kF32, {2}), {"[2]", "[4]"});
    expect_refused_as("int8.layers.1.activation_scale", make_tensor(DataType::kF32, {1}), {"[1]", "[]"});
}

TEST_F(ModelFile, RefusesScalesThatAreNotAboveZero) {
    const Model model = with_int8(sample_grid());
    const float infinity = std::numeric_limits<float>::infinity();
    for (const char* name : {"int8.layers.2.weight_scale", "int8.layers.1.activation_scale"})
        for (const float scale : {0.0f, -1.0f, infinity, std::numeric_limits<float>::quiet_NaN()})
            expect_refused(
                ErrorCode::kInvalidFile, {name, "element 0"},
                [&](Safetensors& content) { content.tensors[name].as<float>()[0] = scale; }, model);
    expect_refused(
        ErrorCode::kInvalidFile, {"int8.layers.0.bias_correction", "finite"},
        [&](Safetensors& content) {
            content.tensors["int8.layers.0.bias_correction"].as<float>()[1] = infinity;
        },
        model);
}

TEST_F(ModelFile, RefusesAnInputOffsetThatNoByteHolds) {
    const Model model = with_int8(sample_grid());
    for (const char* offset : {"127.5", "-1", "256"})
        expect_refused(
            ErrorCode::kInvalidFile, {"input_offset", "0..255"},
            [&](Safetensors& content) { content.metadata["input_offset"] = offset; }, model);
}

TEST_F(ModelFile, FindsTensorsByName) {
    const Model model = sample_grid();
    EXPECT_EQ(&model.tensor("phase_bias"), &model.tensors.at("phase_bias"));
    expect_error(ErrorCode::kInvalidFile, {"'sample'", "'none'"}, [&] { model.tensor("none"); });
}

}  // namespace
}  // namespace jpegdeblock
