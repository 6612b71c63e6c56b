// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/table_selector.h"

#include "jpeg/ijg_tables.h"

namespace jpegdeblock {

FrameReport TableSelector::select(ConstPlane decoded, GridOffset offset,
                                  const std::optional<QuantizationTable>& given, int assumed_quality) {
    FrameReport report;
    if (given) {
        report.source = TableSource::kGiven;
        report.table = *given;
        report.quality = ijg_quality_of(*given);
    } else if (assumed_quality > 0) {
        report.source = TableSource::kQuality;
        report.table = ijg_luma_table(assumed_quality);
        report.quality = assumed_quality;
    } else {
        // Every frame is looked at, as cameras change tables from frame to frame; it costs a fraction of a
        // millisecond at any size.
        const auto estimate = estimate_quantization(decoded, offset);
        if (estimate) remembered_ = estimate;
        if (!remembered_) return report;
        report.source = estimate ? TableSource::kEstimated : TableSource::kRemembered;
        report.table = remembered_->table;
        report.quality = remembered_->quality;
    }
    return report;
}

}  // namespace jpegdeblock
