// SPDX-License-Identifier: LGPL-2.1-or-later
//
//     libtorch_benchmark fast|balanced|best|dncnn WIDTH HEIGHT THREADS SECONDS
//
// prints the milliseconds that LibTorch takes for a frame in f32, eager and as frozen TorchScript, median:
// channels last, inference mode, pixel-unshuffle and shuffle included.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <torch/script.h>
#include <torch/torch.h>

#include "../engine/reference_network.h"
#include "folded_network.h"
#include "networks.h"

namespace jpegdeblock {
namespace {

torch::Tensor to_torch(const std::vector<float>& values, torch::IntArrayRef shape) {
    const torch::Tensor tensor = torch::from_blob(const_cast<float*>(values.data()), shape).clone();
    return shape.size() == 4 ? tensor.contiguous(at::MemoryFormat::ChannelsLast) : tensor;
}

class TorchNetwork {
  public:
    TorchNetwork(const std::string& name, int width, int height) : description_(preset_network(name)) {
        const int columns = width / description_.scale, rows = height / description_.scale;
        const FoldedNetwork network =
            fold(test::random_model(description_, 1), ijg_luma_table(30), columns, rows);
        for (const FoldedConvolution& layer : network.layers)
            layers_.push_back({to_torch(layer.weights, {layer.outputs, layer.inputs, 3, 3}),
                               to_torch(layer.bias, {layer.outputs}), layer.relu, layer.skip_from});
        if (!network.phase.empty())
            phase_ = to_torch(network.phase, {1, description_.channels, rows, columns});
    }

    torch::Tensor forward(const torch::Tensor& luma) const {
        torch::Tensor last =
            torch::pixel_unshuffle((luma - description_.input_offset) * description_.input_scale,
                                   description_.scale)
                .contiguous(at::MemoryFormat::ChannelsLast);
        std::vector<torch::Tensor> outputs;
        for (const Layer& layer : layers_) {
            last = torch::conv2d(last, layer.weight, layer.bias, 1, 1);
            if (outputs.empty() && phase_.defined()) last += phase_;
            if (layer.skip_from >= 0) last += outputs[static_cast<std::size_t>(layer.skip_from)];
            if (layer.relu) last.relu_();
            outputs.push_back(last);
        }
        return torch::pixel_shuffle(last, description_.scale);
    }

    /// The same as TorchScript with its weights frozen into it.
    torch::jit::Module script() const {
        torch::jit::Module module("network");
        std::ostringstream code;
        code.precision(9);
        code << "def forward(self, luma):\n  h = torch.pixel_unshuffle((luma - " << description_.input_offset
             << ") * " << description_.input_scale << ", " << description_.scale
             << ").contiguous(memory_format=" << static_cast<int>(at::MemoryFormat::ChannelsLast) << ")\n";
        if (phase_.defined()) module.register_parameter("phase", phase_, false);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const std::string number = std::to_string(i);
            module.register_parameter("weight" + number, layers_[i].weight, false);
            module.register_parameter("bias" + number, layers_[i].bias, false);
            code << "  h = torch.conv2d(h, self.weight" << i << ", self.bias" << i << ", [1, 1], [1, 1])\n";
            if (i == 0 && phase_.defined()) code << "  h = h + self.phase\n";
            if (layers_[i].skip_from >= 0) code << "  h = h + h" << layers_[i].skip_from << "\n";
            if (layers_[i].relu) code << "  h = torch.relu(h)\n";
            code << "  h" << i << " = h\n";
        }
        code << "  return torch.pixel_shuffle(h, " << description_.scale << ")\n";
        module.define(code.str());
        module.eval();
        torch::jit::Module frozen = torch::jit::freeze(module);
        return torch::jit::optimize_for_inference(frozen);
    }

  private:
    struct Layer {
        torch::Tensor weight, bias;
        bool relu;
        int skip_from;
    };
    NetworkDescription description_;
    std::vector<Layer> layers_;
    torch::Tensor phase_;
};

double median_milliseconds(double seconds, const std::function<void()>& run) {
    using Clock = std::chrono::steady_clock;
    run();
    std::vector<double> times;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (times.size() < 2 || Clock::now() < end) {
        const auto start = Clock::now();
        run();
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

void measure(const std::string& name, int width, int height, int threads, double seconds) {
    torch::set_num_threads(threads);
    const c10::InferenceMode inference;
    const TorchNetwork network(name, width, height);
    const torch::Tensor luma = torch::randint(0, 256, {1, 1, height, width}).to(torch::kFloat);
    const torch::Tensor expected = network.forward(luma);
    const double eager = median_milliseconds(seconds, [&] { network.forward(luma); });
    torch::jit::Module script = network.script();
    const torch::Tensor result = script.forward({luma}).toTensor();
    if (!torch::allclose(result, expected, 1e-3, 1e-3))
        throw Error(ErrorCode::kEngine, "The TorchScript computes something else.");
    const double frozen = median_milliseconds(seconds, [&] { script.forward({luma}); });
    std::printf("eager %.2f frozen %.2f\n", eager, frozen);
}

}  // namespace
}  // namespace jpegdeblock

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fprintf(stderr, "Usage: %s fast|balanced|best|dncnn WIDTH HEIGHT THREADS SECONDS\n", argv[0]);
        return EXIT_FAILURE;
    }
    try {
        jpegdeblock::measure(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]),
                             std::atof(argv[5]));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
