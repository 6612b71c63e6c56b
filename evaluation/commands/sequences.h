// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "sequences/sequence_evaluation.h"

namespace jpegdeblock {

/// What 'evaluate --sequences' and 'evaluate --clip' were asked for.
struct SequenceArguments {
    SequenceEvaluationOptions options;
    std::string model;
    std::string precision;  ///< That of the options, as it was said.
    std::string single;     ///< What restores frame by frame; empty: the model.
    std::string path;
    bool is_clip = false;  ///< `path` is one clip; else a folder of pictures to render clips of.
    int frames = 9;
    int pictures = 20;
    std::string json;
    std::string report;
};

/// Measures and prints, kind by kind. Errors: Error.
void evaluate_sequences(const SequenceArguments& arguments);

}  // namespace jpegdeblock
