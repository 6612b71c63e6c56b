// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/cut_out.h"
#include "sequences/sequence_evaluation.h"

namespace jpegdeblock {

/// Sides of the parts of frames, which are shown beside the whole one.
constexpr int kFramePartSide = 96;

/// The same part of a frame, as it was and as it became.
struct FrameParts {
    LumaImage pristine, decoded, single, temporal;
};

/// What a report shows of a clip.
struct SequenceExample {
    ClipResult result;
    LumaImage frame;    ///< The last one, with the frames before.
    WindowPlace place;  ///< Where they took away the most error of it, or the least.
    FrameParts last;
    /// Of a clip that mostly stands still, by how much the parts have changed since the frame before:
    /// kChangeShown times that, around 128. Else empty.
    std::optional<FrameParts> changes;
};

constexpr int kChangeShown = 8;
/// Share of a clip's samples from which on it is one that stands still.
constexpr double kMostlyStanding = 0.9;

SequenceExample example_of(const ClipResult& result, const ClipFrame& before, const ClipFrame& last,
                           bool most);

/// Finds the clips of a kind that gained most and least by the frames before.
class SequenceExamples {
  public:
    void consider(const ClipResult& result, const ClipFrame& before, const ClipFrame& last);
    /// The one that gained most, and where there is more than one clip the one that gained least.
    std::vector<SequenceExample> take();

  private:
    std::optional<SequenceExample> most_, least_;
    int considered_ = 0;
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

/// What each of sequence_kinds() is, by its name, for pages.
nlohmann::json descriptions_of_kinds();

/// The report as one self-contained HTML page.
std::string report_page(const SequenceReport& report);

}  // namespace jpegdeblock
