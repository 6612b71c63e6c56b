// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/network_runner.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/onednn.h"

namespace jpegdeblock {

namespace {

/// MJPEG cameras alternate between a few tables.
constexpr std::size_t kTablesRemembered = 8;

}  // namespace

NetworkRunner::NetworkRunner(std::shared_ptr<const Model> model, Precision precision,
                             std::shared_ptr<Workers> workers, std::size_t activation_bytes)
    : model_(std::move(model)),
      precision_(precision),
      workers_(std::move(workers)),
      activation_bytes_(activation_bytes) {}

void NetworkRunner::run(const AlignedPlane& plane, const AlignedPlane& history,
                        const QuantizationTable& table, BlockRows rows, float* residual,
                        std::ptrdiff_t residual_stride) {
    const NetworkDescription& network = model_->network;
    std::shared_ptr<const PreparedNetwork> prepared;
    {
        SingleThreadedOpenMp single_threaded;
        adapt_to(plane.width() / network.scale, plane.height() / network.scale);
        prepared = prepared_for(table);
    }
    const float gain = network.output_scale * (network.conditioned ? low_frequency_step(table) : 1.0f);
    const Frame frame{plane, history, *prepared, gain, residual, residual_stride};
    const std::vector<Window> windows = windows_for(rows);
    std::vector<Stage> stages;
    for (const Window& window : windows)
        for (int layer = 0; layer < network.depth; ++layer) stages.push_back(stage_for(frame, window, layer));
    with_onednn("run the model '" + model_->name + "'", [&] { workers_->run(stages); });
}

void NetworkRunner::adapt_to(std::int64_t width, std::int64_t rows) {
    if (plan_ && plan_->width() == width && plan_->rows() == rows) return;
    // The old activations go before new ones are allocated.
    release_activations();
    auto plan = std::make_unique<NetworkPlan>(*model_, precision_, width, rows, activation_bytes_);
    const ConvolutionShape& first = plan->layers().front().plan.shape;
    const ConvolutionShape& last = plan->layers().back().plan.shape;
    std::vector<WorkerMemory> memories;
    for (int worker = 0; worker < workers_->count(); ++worker) {
        WorkerMemory& memory = memories.emplace_back();
        memory.stream = dnnl::stream(cpu_engine());
        for (const NetworkPlan::Layer& layer : plan->layers())
            memory.calls.push_back(
                {BandConvolutionCall(layer.bands[0]), BandConvolutionCall(layer.bands[1])});
        memory.scratchpad = AlignedMemory(plan->scratchpad_bytes());
        memory.input = AlignedMemory(first.input_row_bytes() * first.input_rows(plan->band_rows()));
        memory.output = AlignedMemory(last.output_row_bytes() * (plan->band_rows() / last.stride));
    }
    if (plan->layouts() != layouts_) prepared_.clear();
    layouts_ = plan->layouts();
    plan_ = std::move(plan);
    memories_ = std::move(memories);
}

void NetworkRunner::release_activations() {
    plan_.reset();
    memories_.clear();
}

/// Those in which something of the rows is needed, and of them what is.
std::vector<Window> NetworkRunner::windows_for(BlockRows rows) const {
    const std::int64_t rows_of_block = 8 / model_->network.scale;
    std::vector<Window> result;
    for (Window window : plan_->windows()) {
        window.needed_first = std::max(window.needed_first, rows_of_block * rows.first);
        window.needed_last = std::min(window.needed_last, rows_of_block * rows.last);
        if (window.needed_first < window.needed_last) result.push_back(window);
    }
    return result;
}

std::shared_ptr<const PreparedNetwork> NetworkRunner::prepared_for(const QuantizationTable& table) {
    const auto found = std::find_if(prepared_.begin(), prepared_.end(), [&](const Prepared& prepared) {
        return !model_->network.conditioned || prepared.table == table;
    });
    if (found != prepared_.end()) {
        prepared_.splice(prepared_.begin(), prepared_, found);
    } else {
        prepared_.push_front({table, prepare_network(model_, table, plan_->layouts())});
        if (prepared_.size() > kTablesRemembered) prepared_.pop_back();
    }
    return prepared_.front().network;
}

Stage NetworkRunner::stage_for(const Frame& frame, const Window& window, int layer) {
    // Each later layer needs one row more on either side of what the window is to give.
    const std::int64_t margin = model_->network.depth - 1 - layer;
    const std::int64_t needed_first = window.needed_first - window.first - margin;
    const std::int64_t needed_last = window.needed_last - window.first + margin;
    int first = 0;
    while (plan_->band(first).first + plan_->band(first).rows <= needed_first) ++first;
    int last = plan_->bands();
    while (plan_->band(last - 1).first >= needed_last) --last;
    return {last - first, [this, &frame, &window, layer, first](int task, int worker) {
                compute_band(frame, window, layer, plan_->band(first + task), memories_[worker]);
            }};
}

void NetworkRunner::compute_band(const Frame& frame, const Window& window, int layer, const Band& band,
                                 WorkerMemory& memory) const {
    const LayerPlan& plan = plan_->layers()[layer].plan;
    const PreparedLayer& constants = frame.network.layers[layer];
    BandConvolutionCall::Arguments arguments;
    if (plan.input_buffer == LayerPlan::kPlane) {
        unshuffle_band(frame, window, band, memory);
        arguments.input = memory.input.data();
    } else {
        arguments.input = plan_->activation(plan.input_buffer, band.first - 1);
    }
    arguments.output = plan.output_buffer == LayerPlan::kPlane
                           ? memory.output.data()
                           : plan_->activation(plan.output_buffer, band.first);
    if (plan.copy_skip_from != LayerPlan::kNone)
        std::memcpy(arguments.output, plan_->activation(plan.copy_skip_from, band.first),
                    plan.shape.output_row_bytes() * static_cast<std::size_t>(band.rows));
    arguments.weights = &constants.weights[band.height];
    arguments.bias = &constants.bias;
    arguments.factors = constants.factors ? &constants.factors : nullptr;
    arguments.addend = plan.shape.addend ? &constants.addend : nullptr;
    arguments.scratchpad = memory.scratchpad.data();
    memory.calls[layer][band.height].execute(memory.stream, arguments);
    if (plan.output_buffer == LayerPlan::kPlane) shuffle_band(frame, window, band, memory);
}

void NetworkRunner::unshuffle_band(const Frame& frame, const Window& window, const Band& band,
                                   WorkerMemory& memory) const {
    const NetworkDescription& network = model_->network;
    const ConvolutionShape& shape = plan_->layers().front().plan.shape;
    const std::size_t samples = static_cast<std::size_t>(plan_->width()) * shape.input_channels;
    memory.bytes.resize(samples);
    std::byte* output = memory.input.data();
    const std::int64_t first = window.first + band.first - 1;
    for (std::int64_t row = first; row < first + shape.input_rows(band.rows);
         ++row, output += shape.input_row_bytes()) {
        const bool outside = row < 0 || row >= plan_->rows();
        if (precision_ == Precision::kInt8) {
            // The bytes serve as they are, with a position of what pads them on either side.
            auto* bytes = reinterpret_cast<std::uint8_t*>(output);
            const std::size_t position = static_cast<std::size_t>(shape.input_channels);
            const std::size_t padded = outside ? samples + position : position;
            const int padding = static_cast<int>(network.input_offset);
            std::memset(bytes, padding, padded);
            if (!outside) unshuffle(frame, row, bytes + position, memory.lines);
            std::memset(bytes + position + samples, padding, position);
            continue;
        }
        if (outside) {
            std::memset(output, 0, shape.input_row_bytes());
            continue;
        }
        unshuffle(frame, row, memory.bytes.data(), memory.lines);
        if (precision_ == Precision::kBf16)
            normalize_to_bf16(memory.bytes.data(), samples, network.input_offset, network.input_scale,
                              reinterpret_cast<std::uint16_t*>(output));
        else
            normalize(memory.bytes.data(), samples, network.input_offset, network.input_scale,
                      reinterpret_cast<float*>(output));
    }
}

void NetworkRunner::unshuffle(const Frame& frame, std::int64_t row, std::uint8_t* bytes,
                              std::vector<std::uint8_t>& lines) const {
    const NetworkDescription& network = model_->network;
    if (network.temporal)
        unshuffle_rows(frame.plane, frame.history, network.scale, row, bytes, lines);
    else
        unshuffle_row(frame.plane, network.scale, row, bytes, lines);
}

void NetworkRunner::shuffle_band(const Frame& frame, const Window& window, const Band& band,
                                 const WorkerMemory& memory) const {
    const ConvolutionShape& shape = plan_->layers().back().plan.shape;
    const float* input = reinterpret_cast<const float*>(memory.output.data());
    for (std::int64_t row = band.first; row < band.first + band.rows;
         row += shape.stride, input += shape.output_width() * shape.output_channels) {
        const std::int64_t plane_row = window.first + row;
        if (plane_row >= window.needed_first && plane_row < window.needed_last)
            shuffle_row(input, output_scale_of(model_->network), plane_row / shape.stride, frame.gain,
                        frame.plane, frame.residual, frame.residual_stride);
    }
}

}  // namespace jpegdeblock
