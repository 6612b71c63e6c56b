// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>

#include "metrics/metrics.h"
#include "pictures/jpegs.h"

namespace jpegdeblock {

/// What can be said of a JPEG of which no original exists: luma's blocking effect, decoded and restored.
struct BlockingResult {
    std::string name;
    double before = 0;  ///< Squared levels; see blocking_effect.
    double after = 0;
};

struct NoReferenceResult {
    std::vector<BlockingResult> pictures;
    Flicker flicker;  ///< Over all successive pictures of a clip that have the same size.
    int pairs = 0;    ///< So many.

    double mean_before() const;
    double mean_after() const;
};

/// Decodes and restores the luma of JPEGs as the elements do; a temporal network is shown the frames before.
/// Those that cannot be read, or are no JPEGs, are told to `warn` and left out. progress is called with done
/// and total JPEGs.
NoReferenceResult evaluate_without_reference(std::shared_ptr<const Model> model, Precision precision,
                                             int threads, const PictureOptions& options,
                                             const std::vector<NamedJpeg>& jpegs,
                                             const std::function<void(const std::string&)>& warn,
                                             const std::function<void(int done, int total)>& progress);

nlohmann::json figures(const NoReferenceResult& result);

}  // namespace jpegdeblock
