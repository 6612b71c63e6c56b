// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/device_restoration.h"

#include <jpegdeblock/error.h>

#include <algorithm>

#include "restore/projection.h"

namespace jpegdeblock::training {
namespace {

constexpr int kBlock = 8;

torch::Tensor to_tensor(ConstPlane plane) {
    torch::Tensor luma = torch::empty({1, 1, plane.height, plane.width}, torch::kByte);
    for (int y = 0; y < plane.height; ++y)
        std::copy_n(plane.row(y), plane.width,
                    luma.data_ptr<std::uint8_t>() + std::ptrdiff_t{y} * plane.width);
    return luma.to(torch::kFloat);
}

torch::Tensor to_tensor(const QuantizationTable& table) {
    torch::Tensor steps = torch::empty({1, 64});
    std::copy(table.step.begin(), table.step.end(), steps.data_ptr<float>());
    return steps;
}

int missing(int side) {
    return (kBlock - side % kBlock) % kBlock;
}

}  // namespace

Restore device_restoration(const Network& network) {
    return [&network](ConstPlane decoded, Plane restored, const std::optional<QuantizationTable>& table) {
        if (!table)
            throw Error(ErrorCode::kInvalidArgument,
                        "the network needs the quantization table of each plane");
        torch::NoGradGuard no_gradient;
        const torch::Tensor luma = torch::replication_pad2d(
            to_tensor(decoded).to(network.device()), {0, missing(decoded.width), 0, missing(decoded.height)});
        const torch::Tensor residual =
            network.forward(luma, to_tensor(*table).to(network.device())).cpu().contiguous();
        add_residual(decoded, {}, *table, residual.data_ptr<float>(), residual.size(3), 1.0f, true, 0,
                     block_rows(decoded.height, {}), restored);
        FrameReport report;
        report.source = TableSource::kGiven;
        report.table = *table;
        report.changed = true;
        return report;
    };
}

}  // namespace jpegdeblock::training
