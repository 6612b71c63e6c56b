// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/sequence_restoration.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "learning/moved_frame.h"
#include "temporal/history.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

/// The DCT of an 8x8 block in row order as a matrix [64, 64] to multiply rows of samples with.
Tensor block_transform() {
    Tensor basis = torch::empty({8, 8});  // [frequency, sample]
    for (int u = 0; u < 8; ++u)
        for (int x = 0; x < 8; ++x)
            basis[u][x] =
                std::sqrt((u == 0 ? 1 : 2) / 8.0) * std::cos((2 * x + 1) * u * std::numbers::pi / 16);
    return torch::kron(basis, basis).t().contiguous();
}

Tensor transform(const torch::Device& device) {
    static const Tensor kTransform = block_transform();
    return kTransform.to(device);
}

/// [N, 1, H, W] to [N, blocks, 64].
Tensor to_blocks(const Tensor& planes) {
    const std::int64_t count = planes.size(0), rows = planes.size(2) / 8, columns = planes.size(3) / 8;
    return planes.reshape({count, rows, 8, columns, 8})
        .permute({0, 1, 3, 2, 4})
        .reshape({count, rows * columns, 64});
}

Tensor to_planes(const Tensor& blocks, const Tensor& like) {
    const std::int64_t count = like.size(0), rows = like.size(2) / 8, columns = like.size(3) / 8;
    return blocks.view({count, rows, columns, 8, 8}).permute({0, 1, 3, 2, 4}).reshape_as(like);
}

/// Rounds; gradients pass.
Tensor rounded(const Tensor& values) {
    return values + (torch::round(values) - values).detach();
}

/// What a batch of sequences remembers of its frames.
class SequenceMemory {
  public:
    explicit SequenceMemory(std::int64_t sequences) : histories_(static_cast<std::size_t>(sequences)) {}

    /// What the network is shown beside `decoded`; undefined for the first frame.
    Tensor history_input(const Tensor& decoded, const Tensor& steps) {
        const auto side_y = static_cast<int>(decoded.size(2)), side_x = static_cast<int>(decoded.size(3));
        const BlockGrid grid{side_x, side_y, {}};
        const Tensor bytes = decoded.to(torch::kCPU, torch::kByte).contiguous();
        std::vector<BlockMotion> motions(histories_.size());
        Tensor moved = torch::empty_like(bytes);
        Tensor share = torch::zeros({decoded.size(0), 1, side_y / 8, side_x / 8});
        at::parallel_for(0, decoded.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                Sequence& sequence = histories_[static_cast<std::size_t>(i)];
                const ConstPlane plane = plane_of(bytes, i);
                float* shares = share.data_ptr<float>() + i * share.stride(0);
                const bool followed =
                    sequence.history.follow(plane, grid, std::nullopt, nullptr, *sequence.workers);
                std::uint8_t* to = moved.data_ptr<std::uint8_t>() + i * moved.stride(0);
                if (!followed) {
                    std::copy_n(plane.data, moved.stride(0), to);
                    continue;
                }
                for (int row = 0; row < grid.rows(); ++row)
                    sequence.history.move(plane, row, {to, side_x, side_y, side_x});
                motions[static_cast<std::size_t>(i)] = {sequence.history.motion(), sequence.history.ages()};
                for (int y = 0; y < grid.rows(); ++y)
                    for (int x = 0; x < grid.columns(); ++x)
                        *shares++ = History::share(sequence.history.ages().row(y)[x]);
            }
        });
        if (!restored_.defined()) return {};
        const Tensor projected = project(moved_frame(restored_, std::move(motions), moved), decoded, steps);
        const Tensor unit = low_frequency_steps(steps).view({-1, 1, 1, 1});
        const Tensor spread = share.to(decoded.device()).repeat_interleave(8, 2).repeat_interleave(8, 3);
        return rounded(((projected - decoded) / unit * spread * 128).clamp(-127, 127)) / 128;
    }

    /// The restored frame, in whole levels.
    void keep(const Tensor& restored) {
        const Tensor bytes = restored.detach().to(torch::kCPU, torch::kByte).contiguous();
        at::parallel_for(0, bytes.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                Sequence& sequence = histories_[static_cast<std::size_t>(i)];
                sequence.history.keep(plane_of(bytes, i), *sequence.workers);
            }
        });
        restored_ = restored;
    }

  private:
    struct Sequence {
        History history;
        std::shared_ptr<Workers> workers = make_workers(1);
    };

    static ConstPlane plane_of(const Tensor& bytes, std::int64_t i) {
        const auto height = static_cast<int>(bytes.size(2)), width = static_cast<int>(bytes.size(3));
        return {bytes.data_ptr<std::uint8_t>() + i * bytes.stride(0), width, height, width};
    }

    std::vector<Sequence> histories_;
    Tensor restored_;
};

}  // namespace

Tensor project(const Tensor& planes, const Tensor& decoded, const Tensor& steps) {
    const Tensor step = steps.unsqueeze(1), dct = transform(planes.device());
    const Tensor centre = torch::round(torch::matmul(to_blocks(decoded) - 128, dct) / step) * step;
    const Tensor value = torch::matmul(to_blocks(planes) - 128, dct);
    const Tensor clamped = torch::minimum(torch::maximum(value, centre - step / 2), centre + step / 2);
    return to_planes(torch::matmul(clamped, dct.t()) + 128, planes);
}

RestoredSequences restore_sequences(const Network& network, const TensorBatch& batch) {
    SequenceMemory memory(batch.compressed.size(0) / batch.frames);
    std::vector<Tensor> residuals, histories;
    for (int frame = 0; frame < batch.frames; ++frame) {
        const TensorBatch now = frame_of(batch, frame);
        const Tensor history = memory.history_input(now.compressed, now.steps);
        residuals.push_back(network.forward(now.compressed, now.steps, history));
        histories.push_back(history.defined() ? history : torch::zeros_like(now.compressed));
        if (frame + 1 == batch.frames) break;
        const Tensor restored = project(now.compressed + residuals.back(), now.compressed, now.steps);
        memory.keep(rounded(restored.clamp(0, 255)));
    }
    return {torch::cat(residuals), torch::cat(histories)};
}

}  // namespace jpegdeblock::training
