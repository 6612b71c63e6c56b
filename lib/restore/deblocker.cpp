// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/deblocker.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/projection.h>

#include "engine/workers.h"
#include "restore/limited_range.h"
#include "restore/table_selector.h"

namespace jpegdeblock {
namespace {

/// Rows of blocks that a worker restores at a time: few enough to share the work evenly.
constexpr int kBlockRowsPerTask = 4;

void check(bool valid, const std::string& message) {
    if (!valid) throw Error(ErrorCode::kInvalidArgument, message);
}

void check_options(const DeblockerOptions& options) {
    check(options.strength >= 0.0f && options.strength <= 2.0f,
          "The option strength is " + std::to_string(options.strength) + "; expected 0 to 2.");
    check(options.quality >= 0 && options.quality <= 100,
          "The option quality is " + std::to_string(options.quality) +
              "; expected 1 to 100, or 0 to estimate it from the pixels.");
}

void check_plane(const char* name, ConstPlane plane) {
    check(plane.data != nullptr && plane.width >= 1 && plane.height >= 1 && plane.stride >= plane.width,
          "The " + std::string(name) + " plane has " + std::to_string(plane.width) + "x" +
              std::to_string(plane.height) + " samples with a stride of " + std::to_string(plane.stride) +
              (plane.data ? "" : " and no memory") +
              "; expected at least 1x1 with a stride of at least the width.");
}

void check_arguments(ConstPlane decoded, ConstPlane restored, const std::optional<QuantizationTable>& table,
                     GridOffset offset) {
    check_plane("decoded", decoded);
    check_plane("restored", restored);
    check(decoded.width == restored.width && decoded.height == restored.height,
          "The restored plane has " + std::to_string(restored.width) + "x" + std::to_string(restored.height) +
              " samples; expected those of the decoded one, " + std::to_string(decoded.width) + "x" +
              std::to_string(decoded.height) + ".");
    check(decoded.data != restored.data || decoded.stride == restored.stride,
          "The restored plane lies in the memory of the decoded one with a stride of " +
              std::to_string(restored.stride) + "; expected the same stride, " +
              std::to_string(decoded.stride) + ".");
    check(offset.x >= 0 && offset.x < 8 && offset.y >= 0 && offset.y < 8,
          "The grid offset is (" + std::to_string(offset.x) + ", " + std::to_string(offset.y) +
              "); expected 0 to 7 each.");
    check(!table || std::find(table->step.begin(), table->step.end(), 0) == table->step.end(),
          "The quantization table has a step of 0; expected 1 to 65535.");
}

void copy(ConstPlane from, Plane to) {
    if (from.data == to.data) return;
    for (int y = 0; y < from.height; ++y)
        std::memmove(to.row(y), from.row(y), static_cast<std::size_t>(from.width));
}

}  // namespace

class Deblocker::Impl {
  public:
    Impl(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers,
         const DeblockerOptions& wanted)
        : options(wanted), engine(std::move(model), precision, workers), workers_(std::move(workers)) {}

    FrameReport process(ConstPlane decoded, Plane restored, const std::optional<QuantizationTable>& table,
                        GridOffset offset) {
        FrameReport report;
        if (options.strength > 0.0f) report = tables.select(decoded, offset, table, options.quality);
        const bool known = report.source != TableSource::kNone;
        report.changed = options.strength > 0.0f && (known || !engine.model().network.conditioned);
        if (!report.changed) {
            copy(decoded, restored);
            return report;
        }
        const float scale = estimate_residual(decoded, offset, report.table);
        add(decoded, restored, offset, report.table, options.strength * scale, options.bounded && known);
        return report;
    }

    DeblockerOptions options;
    Engine engine;
    TableSelector tables;

  private:
    /// Returns the levels for each unit of residual_.
    float estimate_residual(ConstPlane decoded, GridOffset offset, const QuantizationTable& table) {
        residual_.resize(static_cast<std::size_t>(decoded.width) * static_cast<std::size_t>(decoded.height));
        if (engine.model().network.range == LumaRange::kFull) {
            engine.run(decoded, offset, table, residual_.data(), decoded.width);
            return 1.0f;
        }
        to_limited_range(decoded, limited_);
        engine.run({limited_.data(), decoded.width, decoded.height, decoded.width}, offset, table,
                   residual_.data(), decoded.width);
        return kFullPerLimitedLevel;
    }

    void add(ConstPlane decoded, Plane restored, GridOffset offset, const QuantizationTable& table,
             float strength, bool bounded) {
        const int rows = block_rows(decoded.height, offset);
        Stage stage;
        stage.tasks = (rows + kBlockRowsPerTask - 1) / kBlockRowsPerTask;
        stage.work = [&](int task, int) {
            const int first = task * kBlockRowsPerTask;
            add_residual(decoded, offset, table, residual_.data(), decoded.width, strength, bounded, first,
                         std::min(first + kBlockRowsPerTask, rows), restored);
        };
        workers_->run({&stage, 1});
    }

    std::shared_ptr<Workers> workers_;
    std::vector<float> residual_;        // Rows adjacent.
    std::vector<std::uint8_t> limited_;  // The frame in limited range, for networks that were trained so.
};

Deblocker::Deblocker(std::shared_ptr<const Model> model, Precision precision,
                     std::shared_ptr<Workers> workers, const DeblockerOptions& options) {
    check_options(options);
    impl_ = std::make_unique<Impl>(std::move(model), precision, std::move(workers), options);
}

Deblocker::~Deblocker() = default;

void Deblocker::set_options(const DeblockerOptions& options) {
    check_options(options);
    impl_->options = options;
}

const DeblockerOptions& Deblocker::options() const {
    return impl_->options;
}

FrameReport Deblocker::process(ConstPlane decoded, Plane restored,
                               const std::optional<QuantizationTable>& table, GridOffset offset) {
    check_arguments(decoded, restored, table, offset);
    return impl_->process(decoded, restored, table, offset);
}

void Deblocker::reset() {
    impl_->tables.forget();
}

const Engine& Deblocker::engine() const {
    return impl_->engine;
}

}  // namespace jpegdeblock
