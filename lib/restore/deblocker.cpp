// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/deblocker.h"

#include <algorithm>
#include <string>
#include <utility>

#include <jpegdeblock/error.h>

#include "jpeg/reconstruction.h"
#include "restore/decoded_frame.h"
#include "restore/fine_tables.h"
#include "restore/frame_memory.h"
#include "restore/options.h"
#include "restore/region_restorer.h"
#include "restore/table_selector.h"

namespace jpegdeblock {
namespace {

void check(bool valid, const std::string& message) {
    if (!valid) throw Error(ErrorCode::kInvalidArgument, message);
}

void check_options(const DeblockerOptions& options) {
    check_strength(options.strength);
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

}  // namespace

class Deblocker::Impl {
  public:
    Impl(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers,
         const DeblockerOptions& wanted)
        : options(wanted),
          restorer(std::move(model), precision, workers),
          workers_(workers),
          frames(std::move(workers)) {}

    FrameReport process(ConstPlane decoded, Plane restored, const std::optional<QuantizationTable>& table,
                        std::optional<GridOffset> offset, std::optional<FrameMemory::Duration> time_left,
                        std::optional<FrameMemory::Duration> shown) {
        FrameReport report;
        if (options.strength > 0.0f) report = tables.select(decoded, offset, table, options.quality);
        const bool known = report.source != TableSource::kNone;
        const float strength = options.strength * (known ? share_worth_adding(report.table) : 1.0f);
        report.changed = strength > 0.0f && (known || !restorer.engine().model().network.conditioned);
        if (!report.changed) {
            frames.forget_history();
            copy(decoded, restored);
            return report;
        }
        const RestorationKey key = {
            {decoded.width, decoded.height, report.offset}, report.table, strength, options.bounded && known};
        frames.restore(restorer, key, DecodedFrame(decoded), restored,
                       {options.reuse_unchanged, temporal() && known, shown, time_left}, report);
        return report;
    }

    FrameReport process(const JpegComponent& luma, Plane restored,
                        std::optional<FrameMemory::Duration> time_left,
                        std::optional<FrameMemory::Duration> shown) {
        FrameReport report;
        const RestorationKey key = key_of(luma, options.strength, options.bounded);
        // Of a progressive JPEG chroma may come first.
        if (options.strength > 0.0f && has_dc(luma))
            report = tables.select(restored, GridOffset(), key.table, 0);
        report.changed = key.strength > 0.0f;
        if (!report.changed) {
            frames.forget_history();
            decode_component(luma, restored, *workers_);
            return report;
        }
        // Where damage makes blocks differ in what is known of them, the key does not tell what they depend
        // on.
        const bool alike = luma.states.empty();
        frames.restore(restorer, key, DecodedFrame(luma), restored,
                       {options.reuse_unchanged && alike, temporal() && alike, shown, time_left}, report);
        if (!alike) frames.forget();
        return report;
    }

    void reset() {
        tables.forget();
        frames.forget();
    }

    void forget_frame_before() { frames.forget_history(); }

    DeblockerOptions options;
    RegionRestorer restorer;

  private:
    bool temporal() const { return options.temporal && restorer.engine().model().network.temporal; }

    std::shared_ptr<Workers> workers_;
    TableSelector tables;
    FrameMemory frames;
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
                               const std::optional<QuantizationTable>& table,
                               std::optional<GridOffset> offset,
                               std::optional<std::chrono::nanoseconds> time_left,
                               std::optional<std::chrono::nanoseconds> shown) {
    check_arguments(decoded, restored, table, offset.value_or(GridOffset()));
    return impl_->process(decoded, restored, table, offset, time_left, shown);
}

FrameReport Deblocker::process(const JpegComponent& luma, Plane restored,
                               std::optional<std::chrono::nanoseconds> time_left,
                               std::optional<std::chrono::nanoseconds> shown) {
    check_plane("restored", restored);
    check(restored.width <= luma.width && restored.height <= luma.height,
          "The restored plane has " + std::to_string(restored.width) + "x" + std::to_string(restored.height) +
              " samples; expected at most those of the JPEG's luma, " + std::to_string(luma.width) + "x" +
              std::to_string(luma.height) + ".");
    return impl_->process(luma, restored, time_left, shown);
}

void Deblocker::reset() {
    impl_->reset();
}

void Deblocker::forget_frame_before() {
    impl_->forget_frame_before();
}

const Engine& Deblocker::engine() const {
    return impl_->restorer.engine();
}

}  // namespace jpegdeblock
