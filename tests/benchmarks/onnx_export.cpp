// SPDX-License-Identifier: LGPL-2.1-or-later
//
//     onnx_export fast|balanced|best|dncnn WIDTH HEIGHT FOLDER
//
// writes NAME-f32.onnx and NAME-int8.onnx: the network without pixel-unshuffle and shuffle, for a plane of
// that size. int8 is what ONNX Runtime's static quantization makes: QuantizeLinear and DequantizeLinear
// around every operator, u8 activations, s8 weights with a scale for each channel.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "../engine/reference_network.h"
#include "folded_network.h"
#include "networks.h"

namespace jpegdeblock {
namespace {

/// A message in protocol buffers' wire format (protobuf.dev, "Encoding").
class Message {
  public:
    void add_integer(int field, std::int64_t value) {
        add_varint(static_cast<std::uint64_t>(field) << 3);
        add_varint(static_cast<std::uint64_t>(value));
    }
    void add_bytes(int field, const std::string& bytes) {
        add_varint(static_cast<std::uint64_t>(field) << 3 | 2);
        add_varint(bytes.size());
        bytes_ += bytes;
    }
    void add(int field, const Message& message) { add_bytes(field, message.bytes_); }
    const std::string& bytes() const { return bytes_; }

  private:
    void add_varint(std::uint64_t value) {
        for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
        bytes_ += static_cast<char>(value);
    }

    std::string bytes_;
};

// Numbers of fields and enumerations: onnx.proto, IR version 7.
enum class Type { kF32 = 1, kU8 = 2, kS8 = 3, kS32 = 6 };

template <typename Value>
constexpr Type type_of() {
    if constexpr (std::is_same_v<Value, float>) return Type::kF32;
    if constexpr (std::is_same_v<Value, std::uint8_t>) return Type::kU8;
    if constexpr (std::is_same_v<Value, std::int8_t>) return Type::kS8;
    if constexpr (std::is_same_v<Value, std::int32_t>) return Type::kS32;
}

using Shape = std::vector<std::int64_t>;

class Graph {
  public:
    template <typename Value>
    std::string constant(const Shape& shape, const std::vector<Value>& values) {
        Message tensor;
        for (const std::int64_t length : shape) tensor.add_integer(1, length);
        tensor.add_integer(2, static_cast<int>(type_of<Value>()));
        const std::string name = new_name();
        tensor.add_bytes(8, name);
        tensor.add_bytes(9, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)});
        graph_.add(5, tensor);
        return name;
    }

    std::string node(const char* type, const std::vector<std::string>& inputs,
                     const std::vector<std::pair<std::string, Shape>>& attributes = {}) {
        Message node;
        for (const std::string& input : inputs) node.add_bytes(1, input);
        const std::string output = new_name();
        node.add_bytes(2, output);
        node.add_bytes(4, type);
        for (const auto& [name, values] : attributes) {
            constexpr int kInteger = 2, kIntegers = 7;
            const bool single = name == "axis";
            Message attribute;
            attribute.add_bytes(1, name);
            for (const std::int64_t value : values) attribute.add_integer(single ? 3 : 8, value);
            attribute.add_integer(20, single ? kInteger : kIntegers);
            node.add(5, attribute);
        }
        graph_.add(1, node);
        return output;
    }

    std::string input(const Shape& shape) {
        const std::string name = new_name();
        graph_.add(11, description(name, shape));
        return name;
    }

    void output(const std::string& name, const Shape& shape) { graph_.add(12, description(name, shape)); }

    void save(const std::string& path) {
        graph_.add_bytes(2, "network");
        Message operators, model;
        operators.add_integer(2, 13);
        model.add_integer(1, 7);
        model.add(7, graph_);
        model.add(8, operators);
        std::ofstream(path, std::ios::binary) << model.bytes();
    }

  private:
    static Message description(const std::string& name, const Shape& shape) {
        Message dimensions, tensor, type, result;
        for (const std::int64_t length : shape) {
            Message dimension;
            dimension.add_integer(1, length);
            dimensions.add(1, dimension);
        }
        tensor.add_integer(1, static_cast<int>(Type::kF32));
        tensor.add(2, dimensions);
        type.add(1, tensor);
        result.add_bytes(1, name);
        result.add(2, type);
        return result;
    }

    std::string new_name() { return "t" + std::to_string(names_++); }

    Message graph_;
    int names_ = 0;
};

const std::vector<std::pair<std::string, Shape>> kPadding = {{"pads", {1, 1, 1, 1}}};

void export_f32(const FoldedNetwork& network, int width, int height, const std::string& path) {
    Graph graph;
    std::string last = graph.input({1, network.layers.front().inputs, height, width});
    std::vector<std::string> outputs;
    for (const FoldedConvolution& layer : network.layers) {
        last = graph.node("Conv",
                          {last, graph.constant({layer.outputs, layer.inputs, 3, 3}, layer.weights),
                           graph.constant({layer.outputs}, layer.bias)},
                          kPadding);
        if (outputs.empty() && !network.phase.empty())
            last =
                graph.node("Add", {last, graph.constant({1, layer.outputs, height, width}, network.phase)});
        if (layer.skip_from >= 0)
            last = graph.node("Add", {last, outputs[static_cast<std::size_t>(layer.skip_from)]});
        if (layer.relu) last = graph.node("Relu", {last});
        outputs.push_back(last);
    }
    graph.output(last, {1, network.layers.back().outputs, height, width});
    graph.save(path);
}

/// The ranges are rough: they decide about the result, not about the time.
class Int8Export {
  public:
    Int8Export(const FoldedNetwork& network, int width, int height, const std::string& path) {
        last_ = through_bytes(graph_.input({1, network.layers.front().inputs, height, width}), kSigned);
        std::vector<std::string> outputs;
        double input_step = kSigned.step;
        for (const FoldedConvolution& layer : network.layers) {
            last_ = convolve(layer, input_step);
            if (outputs.empty() && !network.phase.empty()) {
                std::vector<std::uint8_t> phase;
                for (const float value : network.phase)
                    phase.push_back(static_cast<std::uint8_t>(
                        std::clamp(std::nearbyint(value / kSigned.step) + kSigned.zero, 0.0f, 255.0f)));
                add(restored(graph_.constant({1, layer.outputs, height, width}, phase), kSigned));
            }
            if (layer.skip_from >= 0) add(outputs[static_cast<std::size_t>(layer.skip_from)]);
            if (layer.relu) last_ = through_bytes(graph_.node("Relu", {last_}), kPositive);
            outputs.push_back(last_);
            input_step = kPositive.step;
        }
        graph_.output(last_, {1, network.layers.back().outputs, height, width});
        graph_.save(path);
    }

  private:
    struct Range {
        float step;
        std::uint8_t zero;
    };
    static constexpr Range kSigned = {1.0f / 32, 128}, kPositive = {1.0f / 64, 0};

    std::string convolve(const FoldedConvolution& layer, double input_step) {
        std::vector<std::int8_t> weights;
        std::vector<std::int32_t> bias;
        std::vector<float> weight_steps, bias_steps;
        const std::size_t kernels = 9 * static_cast<std::size_t>(layer.inputs);
        for (std::size_t channel = 0; channel < layer.bias.size(); ++channel) {
            const float* first = layer.weights.data() + channel * kernels;
            float most = 1e-6f;
            for (std::size_t i = 0; i < kernels; ++i) most = std::max(most, std::abs(first[i]));
            weight_steps.push_back(most / 127);
            bias_steps.push_back(static_cast<float>(weight_steps.back() * input_step));
            for (std::size_t i = 0; i < kernels; ++i)
                weights.push_back(static_cast<std::int8_t>(std::nearbyint(first[i] / weight_steps.back())));
            bias.push_back(
                static_cast<std::int32_t>(std::nearbyint(layer.bias[channel] / bias_steps.back())));
        }
        return graph_.node("Conv",
                           {last_,
                            channels_restored(graph_.constant({layer.outputs, layer.inputs, 3, 3}, weights),
                                              weight_steps, std::vector<std::int8_t>(weight_steps.size())),
                            channels_restored(graph_.constant({layer.outputs}, bias), bias_steps,
                                              std::vector<std::int32_t>(bias_steps.size()))},
                           kPadding);
    }

    void add(const std::string& addend) {
        last_ = graph_.node("Add", {through_bytes(last_, kSigned), addend});
    }

    std::string through_bytes(const std::string& value, const Range& range) {
        return restored(graph_.node("QuantizeLinear", with_range(value, range)), range);
    }

    std::string restored(const std::string& bytes, const Range& range) {
        return graph_.node("DequantizeLinear", with_range(bytes, range));
    }

    std::vector<std::string> with_range(const std::string& value, const Range& range) {
        return {value, graph_.constant<float>({}, {range.step}),
                graph_.constant<std::uint8_t>({}, {range.zero})};
    }

    template <typename Value>
    std::string channels_restored(const std::string& value, const std::vector<float>& steps,
                                  const std::vector<Value>& zeros) {
        const Shape shape = {static_cast<std::int64_t>(steps.size())};
        return graph_.node("DequantizeLinear",
                           {value, graph_.constant(shape, steps), graph_.constant(shape, zeros)},
                           {{"axis", {0}}});
    }

    Graph graph_;
    std::string last_;
};

void export_all(const std::string& name, int width, int height, const std::string& folder) {
    const NetworkDescription network = preset_network(name);
    const Model model = test::random_model(network, 1);
    const int columns = width / network.scale, rows = height / network.scale;
    const FoldedNetwork folded = fold(model, ijg_luma_table(30), columns, rows);
    export_f32(folded, columns, rows, folder + "/" + name + "-f32.onnx");
    Int8Export(folded, columns, rows, folder + "/" + name + "-int8.onnx");
}

}  // namespace
}  // namespace jpegdeblock

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "Usage: %s fast|balanced|best|dncnn WIDTH HEIGHT FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    try {
        jpegdeblock::export_all(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), argv[4]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
