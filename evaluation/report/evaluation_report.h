// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/evaluation.h"
#include "report/examples.h"

namespace jpegdeblock {

/// An evaluation for people to look at.
struct EvaluationReport {
    std::string model_name;
    bool chroma = false;                                        ///< The results are of planes of chroma.
    std::vector<std::pair<std::string, std::string>> settings;  ///< What was measured how.
    std::vector<QualityResult> results;                         ///< At least one, of at least one picture.
    EvaluationExamples examples;
};

/// The report as one self-contained HTML page.
std::string report_page(const EvaluationReport& report);

}  // namespace jpegdeblock
