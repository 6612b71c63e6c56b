// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "report/cut_out.h"
#include "report/evaluation.h"

namespace jpegdeblock {

/// A cut-out of one picture at one quality: as JPEG, restored, and as it was.
struct EvaluationExample {
    std::string name;
    int quality = 0;
    Quality jpeg_quality, restored_quality;  ///< Of the whole picture.
    int left = 0, top = 0;
    LumaImage jpeg = {}, restored = {}, original = {};
};

struct EvaluationExamples {
    std::vector<EvaluationExample> gained_most;   ///< The best first.
    std::vector<EvaluationExample> gained_least;  ///< The worst first.
};

/// Restores again, at results[at].quality, the pictures (up to `count` each, none in both lists) whose PSNR
/// gained most and least there, and cuts from each the window of find_window. results: what evaluate made of
/// `pictures` with the same model and options.
EvaluationExamples find_examples(std::shared_ptr<const Model> model,
                                 const std::vector<NamedPicture>& pictures, const EvaluationOptions& options,
                                 const std::vector<QualityResult>& results, std::size_t at,
                                 std::size_t count);

}  // namespace jpegdeblock
