// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <vector>

#include "report/evaluation.h"
#include "sequences/sequence_evaluation.h"

namespace jpegdeblock::training {

/// JPEG quality at which a kind is validated: that of cameras where there is noise for the frames before to
/// take away, which lower ones quantize away, else a low one.
int validated_quality(const SequenceKind& kind);

/// Few and small clips of held-back pictures, of each of sequence_kinds(): what the frames before give a
/// network, measured while it is trained. Fit for one thread.
class SequenceValidation {
  public:
    static constexpr int kPictures = 3, kFrames = 8, kLongestSide = 160;

    /// Renders clips of kPictures of the pictures, evenly chosen of those that are large enough; none where
    /// none is.
    explicit SequenceValidation(const std::vector<NamedPicture>& pictures);

    bool empty() const { return clips_.empty(); }
    /// Restores the clips with the run-time library in f32, with and without the frames before: the means of
    /// each kind, in the order of sequence_kinds(). empty() must be false, the model temporal. threads: 0:
    /// all cores.
    std::vector<ClipResult> measure(const std::shared_ptr<const Model>& model, int threads) const;

  private:
    std::vector<std::vector<Clip>> clips_;  ///< Of each kind.
};

}  // namespace jpegdeblock::training
