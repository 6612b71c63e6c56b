// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "report/evaluation.h"
#include "sequences/sequence_evaluation.h"

namespace jpegdeblock {

nlohmann::json to_json(const Quality& quality);

/// All figures of an evaluation, picture by picture: "qualities" (each with its means and "pictures"),
/// "pictures" (each with its "bd_rate") and their mean "bd_rate". null where there is none.
nlohmann::json figures(const std::vector<QualityResult>& results);

nlohmann::json figures(const ClipResult& result);
nlohmann::json figures(const std::vector<ClipResult>& results);

}  // namespace jpegdeblock
