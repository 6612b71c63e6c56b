// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/checkpoint.h"

#include <jpegdeblock/error.h>

#include <cstring>
#include <sstream>

#include "model/safetensors.h"
#include "network/tensor_conversion.h"

namespace jpegdeblock::training {
namespace {

constexpr const char* kFormat = "jpegdeblock-checkpoint-1";

void put(Safetensors& file, const std::string& prefix, const NamedTensors& tensors) {
    for (const auto& [name, value] : tensors) file.tensors.emplace(prefix + name, to_library_tensor(value));
}

void get(const Safetensors& file, const std::string& path, const std::string& prefix,
         const NamedTensors& tensors) {
    torch::NoGradGuard no_gradient;
    for (const auto& [name, value] : tensors) {
        const auto found = file.tensors.find(prefix + name);
        if (found == file.tensors.end() || found->second.type != DataType::kF32 ||
            torch::IntArrayRef(found->second.shape) != value.sizes())
            throw Error(ErrorCode::kInvalidFile, "checkpoint '" + path + "': tensor '" + prefix + name +
                                                     "' is missing or of another shape");
        value.copy_(to_torch_tensor(found->second));
    }
}

std::string metadata(const Safetensors& file, const std::string& path, const std::string& key) {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end())
        throw Error(ErrorCode::kInvalidFile, "checkpoint '" + path + "' has no field '" + key + "'");
    return found->second;
}

double number(const Safetensors& file, const std::string& path, const std::string& key) {
    const std::string text = metadata(file, path, key);
    try {
        return std::stod(text);
    } catch (const std::exception&) {
        throw Error(ErrorCode::kInvalidFile,
                    "checkpoint '" + path + "': field '" + key + "' is '" + text + "', not a number");
    }
}

std::string exact(double value) {
    std::ostringstream text;
    text.precision(17);
    text << value;
    return text.str();
}

}  // namespace

void save_checkpoint(const std::string& path, const std::string& settings, const TrainingState& state,
                     const Network& network, const NamedTensors& average,
                     const torch::optim::Optimizer& optimizer) {
    Safetensors file;
    put(file, "parameters.", network.parameters());
    put(file, "buffers.", network.buffers());
    put(file, "average.", average);
    std::ostringstream stream;
    torch::save(optimizer, stream);
    const std::string bytes = stream.str();
    jpegdeblock::Tensor blob = make_tensor(DataType::kU8, {static_cast<std::int64_t>(bytes.size())});
    std::memcpy(blob.data.data(), bytes.data(), bytes.size());
    file.tensors.emplace("optimizer", std::move(blob));
    file.metadata = {{"format", kFormat},
                     {"settings", settings},
                     {"step", std::to_string(state.step)},
                     {"seconds", exact(state.seconds)},
                     {"pixels", exact(state.pixels)},
                     {"smoothed_loss", exact(state.smoothed_loss)}};
    write_safetensors(path, file);
}

TrainingState load_checkpoint(const std::string& path, const std::string& settings, Network& network,
                              NamedTensors& average, torch::optim::Optimizer& optimizer) {
    const Safetensors file = read_safetensors(path);
    if (metadata(file, path, "format") != kFormat)
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' is not a checkpoint of this program");
    const std::string stored = metadata(file, path, "settings");
    if (stored != settings)
        throw Error(ErrorCode::kInvalidArgument,
                    "checkpoint '" + path +
                        "' belongs to another training; continue it with its own settings, or give "
                        "another --output. It has: " +
                        stored + "; asked for: " + settings);
    get(file, path, "parameters.", network.parameters());
    get(file, path, "buffers.", network.buffers());
    get(file, path, "average.", average);
    const auto blob = file.tensors.find("optimizer");
    if (blob == file.tensors.end())
        throw Error(ErrorCode::kInvalidFile, "checkpoint '" + path + "' has no optimiser state");
    std::istringstream stream(
        std::string(reinterpret_cast<const char*>(blob->second.data.data()), blob->second.data.size()));
    try {
        torch::load(optimizer, stream, network.device());
    } catch (const c10::Error& error) {
        throw Error(ErrorCode::kInvalidFile,
                    "checkpoint '" + path + "': damaged optimiser state: " + error.what_without_backtrace());
    }
    TrainingState state;
    state.step = static_cast<std::uint64_t>(number(file, path, "step"));
    state.seconds = number(file, path, "seconds");
    state.pixels = number(file, path, "pixels");
    state.smoothed_loss = number(file, path, "smoothed_loss");
    return state;
}

}  // namespace jpegdeblock::training
