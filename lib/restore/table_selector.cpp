// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/table_selector.h"

#include <algorithm>
#include <string>

#include "jpeg/ijg_tables.h"
#include "log/message.h"

namespace jpegdeblock {
namespace {

/// A table that holds is estimated anew after so many frames, from other blocks than those that were checked.
constexpr int kFramesToTrust = 64;

/// Attempts on a stream that is no decoded JPEG become as rare as this.
constexpr int kLongestPause = 32;

/// What the trace of quantization must exceed to end a pause, beside so many times that of the frame in which
/// nothing was found.
constexpr float kClearTrace = 15.0f;
constexpr float kClearer = 1.5f;

}  // namespace

FrameReport TableSelector::select(ConstPlane decoded, std::optional<GridOffset> offset,
                                  const std::optional<QuantizationTable>& given, int assumed_quality) {
    FrameReport report;
    report.offset = offset.value_or(GridOffset());
    if (given) {
        report.source = TableSource::kGiven;
        report.table = *given;
        report.quality = ijg_quality_of(*given);
    } else if (assumed_quality > 0) {
        report.source = TableSource::kQuality;
        report.table = ijg_luma_table(assumed_quality);
        report.quality = assumed_quality;
    } else {
        report.source = look(decoded, offset);
        if (report.source == TableSource::kNone) return report;
        report.table = found_->estimate.table;
        report.quality = found_->estimate.quality;
        report.offset = found_->estimate.offset;
    }
    return report;
}

TableSource TableSelector::look(ConstPlane decoded, std::optional<GridOffset> offset) {
    if (found_ && (!offset || *offset == found_->estimate.offset)) {
        switch (found_->check.check(decoded)) {
            case TableCheck::Result::kSilent:
                if (const auto estimate = estimate_quantization(decoded, found_->estimate.offset)) {
                    found_.emplace(Found{*estimate, TableCheck(*estimate, decoded)});
                    return TableSource::kEstimated;
                }
                return TableSource::kRemembered;
            case TableCheck::Result::kHolds:
                if (++found_->frames < kFramesToTrust) return TableSource::kEstimated;
                break;
            case TableCheck::Result::kDoubtful:
                break;
        }
        return estimate(decoded, offset);
    }
    if (pause_ > 0 && has_detail(decoded)) {
        // Quality falls from one frame to the next when there is motion, or the bandwidth is gone.
        const bool clearer = trace_of_quantization(decoded, offset) > kClearer * trace_ + kClearTrace;
        if (!clearer) {
            --pause_;
            return TableSource::kNone;
        }
    }
    return estimate(decoded, offset);
}

TableSource TableSelector::estimate(ConstPlane decoded, std::optional<GridOffset> offset) {
    std::optional<QuantizationEstimate> estimate;
    if (offset) {
        estimate = estimate_quantization(decoded, *offset);
    } else {
        if (found_) estimate = estimate_quantization(decoded, found_->estimate.offset);
        if (!estimate) estimate = estimate_quantization_anywhere(decoded);
    }
    if (!estimate) {
        if (found_) log(LogLevel::kDebug, [] { return std::string("Lost the quantization table."); });
        found_.reset();
        if (has_detail(decoded)) {
            trace_ = trace_of_quantization(decoded, offset);
            pause_ = next_pause_;
            next_pause_ = std::min(2 * next_pause_, kLongestPause);
        }
        return TableSource::kNone;
    }
    next_pause_ = 1;
    if (!found_ || !(found_->estimate.table == estimate->table)) {
        log(LogLevel::kDebug, [&] {
            return "Found a quantization table, that of quality " + std::to_string(estimate->quality) +
                   " (0: none of libjpeg's), on a grid at (" + std::to_string(estimate->offset.x) + ", " +
                   std::to_string(estimate->offset.y) + ").";
        });
    }
    found_.emplace(Found{*estimate, TableCheck(*estimate, decoded)});
    return TableSource::kEstimated;
}

void TableSelector::forget() {
    found_.reset();
    trace_ = 0;
    pause_ = 0;
    next_pause_ = 1;
}

}  // namespace jpegdeblock
