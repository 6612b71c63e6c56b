// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/device.h"

#include <jpegdeblock/error.h>

namespace jpegdeblock::training {
namespace {

torch::Device parse(const std::string& name) {
    const auto refuse = [&name] {
        return Error(ErrorCode::kInvalidArgument,
                     "device '" + name + "' is none of auto, cpu, cuda, cuda:0, cuda:1, ...");
    };
    try {
        const torch::Device device(name);
        if (device.is_cpu() || device.is_cuda()) return device;
    } catch (const c10::Error&) {
        throw refuse();
    }
    throw refuse();
}

[[noreturn]] void refuse_cuda(const std::string& name, int found) {
    std::string reason;
    if (!at::Context::hasCUDART())
        reason =
            "this program's LibTorch was built without CUDA (a build with it is chosen by meson's torch_dir)";
    else if (found == 0)
        reason = "LibTorch finds no GPU that it can use, or no driver";
    else
        reason = "this machine has " + std::to_string(found) + ", counted from 0";
    throw Error(ErrorCode::kUnsupported,
                "device '" + name + "': " + reason + "; --device cpu trains on the processor");
}

}  // namespace

torch::Device find_device(const std::string& name) {
    const auto found = static_cast<int>(torch::cuda::device_count());
    if (name == "auto") return found > 0 ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
    const torch::Device device = parse(name);
    if (device.is_cpu()) return torch::kCPU;
    const int index = device.has_index() ? device.index() : 0;
    if (index >= found) refuse_cuda(name, found);
    return {torch::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

void wait_for(const torch::Device& device) {
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

void set_up_device(const torch::Device& device) {
    if (!device.is_cuda()) return;
    at::globalContext().setAllowTF32CuDNN(true);
    at::globalContext().setAllowTF32CuBLAS(true);
    at::globalContext().setBenchmarkCuDNN(true);
}

}  // namespace jpegdeblock::training
