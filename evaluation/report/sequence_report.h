// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/cut_out.h"
#include "sequences/sequence_evaluation.h"

namespace jpegdeblock {

/// A cut-out of the last frame of a clip, where the frames before took away the most error or the least.
struct SequenceExample {
    ClipResult result;
    WindowPlace place;
    LumaImage decoded, single, temporal, pristine;
};

SequenceExample example_of(const ClipResult& result, const ClipFrame& last, bool most);

/// The clips of a kind that gained most and least by the frames before.
struct SequenceExamples {
    std::optional<SequenceExample> most, least;

    void consider(const ClipResult& result, const ClipFrame& last);
};

struct SequenceReport {
    std::string model_name;
    std::vector<std::pair<std::string, std::string>> settings;  ///< What was measured how.
    std::vector<ClipResult> results;  ///< Of every clip, those of a kind and quality in a row; at least one.
    std::vector<SequenceExample> examples;
};

/// Means of results of one kind and quality, of which there is at least one. worst: that of all.
ClipResult mean_of(const std::vector<ClipResult>& results);

/// Each kind at each quality.
std::vector<ClipResult> means_of_kinds(const std::vector<ClipResult>& results);

/// The report as one self-contained HTML page.
std::string report_page(const SequenceReport& report);

}  // namespace jpegdeblock
