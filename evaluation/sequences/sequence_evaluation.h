// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/model.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"

namespace jpegdeblock {

/// What a camera sees of a picture.
struct SequenceKind {
    std::string name = {};
    double x = 0, y = 0;  ///< Pixels a frame.
    double degrees = 0;   ///< A frame.
    double zoom = 0;      ///< Growth a frame: 0.006 is 0.6 %.
    double noise = 0;     ///< Deviation of the sensor's noise, levels.
    int cut = -1;         ///< The frame from which on another part is seen, turned around; -1: none.
};

/// still, pan (1.5 pixels a frame), slow (0.4), rotate (with zoom), noise (still and in motion), cut.
const std::vector<SequenceKind>& sequence_kinds();

/// The kind in words: what moves, turns, grows, flickers.
std::string description_of(const SequenceKind& kind);

/// The frames of a clip, all of one size.
struct Clip {
    std::string name;
    std::vector<LumaImage> pristine;  ///< What is to be restored.
    std::vector<LumaImage> captured;  ///< What was compressed: with the sensor's noise. Empty: the pristine.
};

/// Sides of the smallest picture that clips are rendered of.
constexpr int kSmallestRendered = 32;

/// Renders a picture at half its size, so that there is detail between the frames' pixels; of a large one the
/// middle, so that no side of the frames is longer than `longest_side`.
/// Errors: kInvalidArgument where a side of the picture is shorter than kSmallestRendered.
Clip render_clip(const LumaImage& picture, const std::string& name, const SequenceKind& kind, int frames,
                 int longest_side = std::numeric_limits<int>::max());

/// A clip at one JPEG quality.
struct ClipResult {
    std::string clip, kind;
    int quality = 0;
    // Means over the frames from kFirstCounted on, or of the last one where there are no more, dB.
    double decoded = 0, single = 0, temporal = 0;
    double first_single = 0, first_temporal = 0;  ///< Of the first frame.
    std::vector<double> gains = {};               ///< Of each frame over the single-frame result.
    double worst = 0;                             ///< The lowest of these, but for the first.
    double followed = 0;                          ///< Share of the blocks.
    double standing = 0;                          ///< Share of the samples whose pristine ones stay.
    /// Mean absolute change of these from frame to frame, levels.
    double flicker_decoded = 0, flicker_single = 0, flicker_temporal = 0;
};

/// A frame of a clip.
struct ClipFrame {
    const LumaImage& pristine;
    const LumaImage& decoded;
    const LumaImage& single;
    const LumaImage& temporal;
};

/// Frames from which on the history is as good as it becomes.
constexpr int kFirstCounted = 3;

struct SequenceEvaluationOptions {
    std::vector<int> qualities = {10, 20, 50, 80};
    Precision precision = Precision::kAuto;
    int threads = 0;
};

/// Compresses each frame by itself and restores the clips with the run-time library: frame by frame with
/// `single`, and with `temporal`, which sees what was before. Clips have at least two frames. done is called
/// with each result and the clip's last two frames.
std::vector<ClipResult> evaluate_sequences(
    const std::shared_ptr<const Model>& single, const std::shared_ptr<const Model>& temporal,
    const std::vector<Clip>& clips, const std::string& kind, const SequenceEvaluationOptions& options,
    const std::function<void(const ClipResult& result, const ClipFrame& before, const ClipFrame& last)>&
        done = {});

}  // namespace jpegdeblock
