// SPDX-License-Identifier: LGPL-2.1-or-later
#include "workers/worker_group.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "workers/gloo_connection.h"

namespace jpegdeblock::training {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        throw Error(ErrorCode::kInvalidArgument,
                    "the environment has WORLD_SIZE, but no " + std::string(name) +
                        "; data-parallel training needs RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as "
                        "torchrun sets them");
    return value;
}

int number(const char* name, int lowest, int highest) {
    const std::string text = variable(name);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > highest)
        throw Error(ErrorCode::kInvalidArgument, "the environment's " + std::string(name) + " is '" + text +
                                                     "', expected a number in " + std::to_string(lowest) +
                                                     ".." + std::to_string(highest));
    return value;
}

/// All tensors in one, on the processor, so that they travel together.
torch::Tensor joined(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> flat;
    for (const torch::Tensor& tensor : tensors) flat.push_back(tensor.detach().reshape({-1}));
    return torch::cat(flat).cpu();
}

void distribute(const torch::Tensor& flat, const std::vector<torch::Tensor>& tensors) {
    torch::NoGradGuard no_gradient;
    std::int64_t at = 0;
    for (const torch::Tensor& tensor : tensors) {
        tensor.detach().copy_(flat.narrow(0, at, tensor.numel()).view(tensor.sizes()));
        at += tensor.numel();
    }
}

}  // namespace

WorkerEnvironment read_worker_environment() {
    constexpr int kMostProcesses = 4096;
    WorkerEnvironment environment;
    if (std::getenv("WORLD_SIZE") == nullptr) return environment;
    environment.size = number("WORLD_SIZE", 1, kMostProcesses);
    if (environment.size == 1) return environment;
    environment.rank = number("RANK", 0, environment.size - 1);
    environment.leader_address = variable("MASTER_ADDR");
    environment.leader_port = number("MASTER_PORT", 1, 65535);
    const char* served = std::getenv("TORCHELASTIC_USE_AGENT_STORE");
    environment.store_is_served = served != nullptr && std::string_view(served) == "True";
    if (const char* attempt = std::getenv("TORCHELASTIC_RESTART_COUNT")) environment.attempt = attempt;
    return environment;
}

WorkerGroup::WorkerGroup() = default;
WorkerGroup::WorkerGroup(const WorkerEnvironment& environment, std::chrono::seconds timeout)
    : rank_(environment.rank), size_(environment.size) {
    if (size_ > 1) connection_ = std::make_unique<Connection>(environment, timeout);
}
WorkerGroup::~WorkerGroup() = default;
WorkerGroup::WorkerGroup(WorkerGroup&&) noexcept = default;
WorkerGroup& WorkerGroup::operator=(WorkerGroup&&) noexcept = default;

void WorkerGroup::average(const std::vector<torch::Tensor>& tensors) const {
    if (!connection_) return;
    torch::Tensor flat = joined(tensors);
    connection_->sum(flat);
    distribute(flat.div_(size_), tensors);
}

std::vector<double> WorkerGroup::means(const std::vector<double>& values) const {
    if (!connection_) return values;
    torch::Tensor sums = torch::tensor(values, torch::kDouble);
    connection_->sum(sums);
    sums.div_(size_);
    return {sums.data_ptr<double>(), sums.data_ptr<double>() + sums.numel()};
}

void WorkerGroup::broadcast(const std::vector<torch::Tensor>& tensors) const {
    if (!connection_) return;
    torch::Tensor flat = joined(tensors);
    connection_->broadcast(flat);
    distribute(flat, tensors);
}

std::string WorkerGroup::broadcast(const std::string& text) const {
    if (!connection_) return text;
    torch::Tensor size = torch::full({1}, static_cast<std::int64_t>(text.size()), torch::kLong);
    connection_->broadcast(size);
    const std::int64_t count = size.item<std::int64_t>();
    if (count == 0) return {};
    torch::Tensor bytes = torch::empty({count}, torch::kByte);
    if (leads()) std::memcpy(bytes.data_ptr<std::uint8_t>(), text.data(), text.size());
    connection_->broadcast(bytes);
    return {reinterpret_cast<const char*>(bytes.data_ptr<std::uint8_t>()), static_cast<std::size_t>(count)};
}

}  // namespace jpegdeblock::training
