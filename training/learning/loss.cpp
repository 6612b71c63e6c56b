// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/loss.h"

#include <jpegdeblock/error.h>

#include "learning/sequence_restoration.h"

namespace jpegdeblock::training {

TensorBatch to_tensors(const PatchBatch& batch, const NetworkDescription& network) {
    const bool told_nothing = !network.conditioned && !network.phase_bias;
    if (batch.tables.empty() && !told_nothing)
        throw Error(
            ErrorCode::kInvalidArgument,
            "these patches come without quantization table and grid, which the network needs; train one "
            "with --architecture dncnn, or with --no-condition and --no-phase-bias");
    if (batch.side % network.scale != 0)
        throw Error(ErrorCode::kInvalidArgument, "patches of " + std::to_string(batch.side) +
                                                     " pixels a side cannot be unshuffled by " +
                                                     std::to_string(network.scale));
    const std::int64_t patches = std::int64_t{batch.frames} * batch.count;
    const std::vector<std::int64_t> shape = {patches, 1, batch.side, batch.side};
    const auto plane = [&](const std::vector<float>& samples) {
        return torch::from_blob(const_cast<float*>(samples.data()), shape, torch::kFloat);
    };
    TensorBatch tensors{plane(batch.compressed), plane(batch.pristine), {}, batch.frames};
    if (batch.tables.empty()) return tensors;
    tensors.steps = torch::empty({patches, 64});
    float* steps = tensors.steps.data_ptr<float>();
    for (const QuantizationTable& table : batch.tables)
        for (const std::uint16_t step : table.step) *steps++ = step;
    return tensors;
}

TensorBatch to_device(const TensorBatch& batch, const torch::Device& device) {
    if (device.is_cpu()) return batch;
    // From pinned memory the copy does not keep this thread waiting.
    const auto copy = [&device](const torch::Tensor& tensor) {
        return tensor.defined() ? tensor.pin_memory().to(device, /*non_blocking=*/true) : tensor;
    };
    return {copy(batch.compressed), copy(batch.pristine), copy(batch.steps), batch.frames};
}

TensorBatch frame_of(const TensorBatch& batch, int frame) {
    const std::int64_t count = batch.compressed.size(0) / batch.frames;
    const auto part = [&](const torch::Tensor& tensor) {
        return tensor.defined() ? tensor.narrow(0, frame * count, count) : tensor;
    };
    return {part(batch.compressed), part(batch.pristine), part(batch.steps)};
}

namespace {

// Keeps patches that compression left almost untouched from dominating: flat ones lose nothing at any step,
// yet residuals are in units of the steps. Squared levels, [N] or a scalar.
torch::Tensor error_floor(const TensorBatch& batch) {
    constexpr double kLeast = 0.5, kShareOfStep = 0.02;
    if (!batch.steps.defined()) return torch::full({}, kLeast, batch.compressed.device());
    return (low_frequency_steps(batch.steps) * kShareOfStep).square() + kLeast;
}

// A patch that a network makes much worse must not outweigh its whole batch: grows as the logarithm from 2
// on.
torch::Tensor tame(const torch::Tensor& relative) {
    constexpr double kLimit = 2;
    const torch::Tensor beyond = kLimit * (1 + torch::log(relative.clamp_min(kLimit) / kLimit));
    return torch::where(relative < kLimit, relative, beyond);
}

}  // namespace

Loss loss_of(LossKind kind, const torch::Tensor& residual, const TensorBatch& batch) {
    const torch::Tensor error = batch.pristine - batch.compressed;
    const torch::Tensor before = error.square().mean({1, 2, 3});
    const torch::Tensor left = (error - residual).square();
    const torch::Tensor floor = error_floor(batch);
    const torch::Tensor relative = tame((left.mean({1, 2, 3}) + floor) / (before + floor)).mean();
    if (kind == LossKind::kRelative) return {relative, relative};
    const torch::Tensor half_squared = left.sum({1, 2, 3}).mean() * (0.5 / (255.0 * 255.0));
    return {half_squared, relative.detach()};
}

Loss compute_loss(LossKind kind, const Network& network, const TensorBatch& batch) {
    return loss_of(kind,
                   batch.frames > 1 ? restore_sequences(network, batch).residuals
                                    : network.forward(batch.compressed, batch.steps),
                   batch);
}

}  // namespace jpegdeblock::training
