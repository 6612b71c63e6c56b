// SPDX-License-Identifier: LGPL-2.1-or-later
#include <optional>
#include <string>
#include <utility>

#include <jpegdeblock/error.h>
#include "engine/engine.h"

#include "engine/network_runner.h"
#include "engine/precision.h"
#include "engine/workers.h"

namespace jpegdeblock {

namespace {

void check(bool valid, const std::string& message) {
    if (!valid) throw Error(ErrorCode::kInvalidArgument, message);
}

void check_arguments(ConstPlane luma, GridOffset offset, const float* residual,
                     std::ptrdiff_t residual_stride, ConstPlane history) {
    check(luma.data != nullptr && luma.width >= 1 && luma.height >= 1 && luma.stride >= luma.width,
          "The luma plane has " + std::to_string(luma.width) + "x" + std::to_string(luma.height) +
              " samples with a stride of " + std::to_string(luma.stride) + (luma.data ? "" : " and no data") +
              "; expected at least 1x1 with a stride of at least the width.");
    check(offset.x >= 0 && offset.x < 8 && offset.y >= 0 && offset.y < 8,
          "The grid offset is (" + std::to_string(offset.x) + ", " + std::to_string(offset.y) +
              "); expected 0 to 7 each.");
    check(residual != nullptr && residual_stride >= luma.width,
          "The residual has a stride of " + std::to_string(residual_stride) +
              (residual ? "" : " and no memory") + "; expected at least the width of " +
              std::to_string(luma.width) + ".");
    check(history.data == nullptr || (history.width == luma.width && history.height == luma.height &&
                                      history.stride >= history.width),
          "The history has " + std::to_string(history.width) + "x" + std::to_string(history.height) +
              " samples; expected as many as the luma plane, " + std::to_string(luma.width) + "x" +
              std::to_string(luma.height) + ".");
}

int block_rows(const AlignedPlane& plane) {
    return static_cast<int>(plane.height() / 8);
}

const std::shared_ptr<const Model>& checked(const std::shared_ptr<const Model>& model) {
    check(model != nullptr, "The engine was given no model.");
    validate(*model, model->name);
    return model;
}

}  // namespace

class Engine::Impl {
  public:
    Impl(std::shared_ptr<const Model> network, Precision wanted, std::shared_ptr<Workers> workers)
        : model(checked(network)),
          precision(choose_precision(*model, wanted)),
          runner_(model, precision, workers) {
        const std::shared_ptr<const Model>& other = model->without_history;
        if (!other) return;
        const bool same = precision != Precision::kInt8 || has_int8(*other);
        without_history_.emplace(other, choose_precision(*other, same ? precision : Precision::kAuto),
                                 std::move(workers));
    }

    /// What restores a plane that has a history, or has none. The other gives its activations back: frames
    /// that follow cuts are few.
    NetworkRunner& runner_for(bool history) {
        if (!without_history_) return runner_;
        NetworkRunner& used = history ? runner_ : *without_history_;
        NetworkRunner& other = history ? *without_history_ : runner_;
        other.release_activations();
        return used;
    }

    std::shared_ptr<const Model> model;
    Precision precision;

  private:
    NetworkRunner runner_;
    std::optional<NetworkRunner> without_history_;
};

Engine::Engine(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers) {
    check(workers != nullptr, "The engine was given no workers.");
    impl_ = std::make_unique<Impl>(std::move(model), precision, std::move(workers));
}

Engine::~Engine() = default;

void Engine::run(ConstPlane luma, GridOffset offset, const QuantizationTable& table, float* residual,
                 std::ptrdiff_t residual_stride, ConstPlane history) {
    check_arguments(luma, offset, residual, residual_stride, history);
    impl_->runner_for(history.data != nullptr)
        .run({luma, offset}, {history, offset}, table, {0, block_rows({luma, offset})}, residual,
             residual_stride);
}

void Engine::run_rows(ConstPlane luma, GridOffset offset, const QuantizationTable& table, BlockRows rows,
                      float* residual, std::ptrdiff_t residual_stride, ConstPlane history) {
    check_arguments(luma, offset, residual, residual_stride, history);
    const int all = block_rows({luma, offset});
    check(rows.first >= 0 && rows.first < rows.last && rows.last <= all,
          "The rows of blocks wanted are " + std::to_string(rows.first) + " to " + std::to_string(rows.last) +
              "; expected at least one of the plane's " + std::to_string(all) + ".");
    impl_->runner_for(history.data != nullptr)
        .run({luma, offset}, {history, offset}, table, rows, residual, residual_stride);
}

Precision Engine::precision() const {
    return impl_->precision;
}

const Model& Engine::model() const {
    return *impl_->model;
}

}  // namespace jpegdeblock
