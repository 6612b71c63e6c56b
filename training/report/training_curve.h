// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "report/evaluation.h"
#include "sequences/sequence_evaluation.h"

namespace jpegdeblock::training {

/// A moment of a training.
struct CurvePoint {
    std::uint64_t step = 0;
    double seconds = 0;
    double pixels = 0;
    double learning_rate = 0;
    double loss = 0;                              ///< Relative to the JPEG's error.
    std::vector<QualityResult> validations = {};  ///< Empty, or one of each quality.
    std::vector<ClipResult> clips = {};           ///< Empty, or the means of each kind of clip.
};

/// The course of a training, in a table (MODEL.csv) and as charts (MODEL.html) that a browser loads anew
/// while the training goes on.
class TrainingCurve {
  public:
    enum class State { kRunning, kStopped, kDone };

    /// What is validated on.
    struct Validation {
        std::vector<int> qualities;
        bool clips = false;  ///< SequenceValidation too.
    };

    /// step: where training resumes; rows of MODEL.csv up to it are kept. 0: it begins, and so does the
    /// table. A table with other columns is kept as MODEL.csv.old.
    TrainingCurve(const std::string& model_path, const std::string& name, const Validation& validation,
                  std::uint64_t step);

    /// Writes both. Throws Error(kUnwritable).
    void add(const CurvePoint& point, State state);
    /// Writes the page alone.
    void draw(State state) const;

  private:
    std::string header() const;
    std::size_t columns() const;
    nlohmann::json clips_data() const;
    void take_over(std::uint64_t step);

    std::string path_;  ///< Without ending.
    std::string name_;
    std::vector<int> qualities_;
    bool clips_;
    std::vector<std::string> lines_;         ///< Of the table, without its header.
    std::vector<std::vector<double>> rows_;  ///< Their numbers; NaN where there is none.
};

}  // namespace jpegdeblock::training
