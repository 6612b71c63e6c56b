// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "patches/degrading_patch_source.h"
#include "patches/patch_source.h"
#include "patches/picture_set.h"

namespace jpegdeblock::training {

/// Sequences of frames rendered from pictures as a camera would see them, each frame compressed by itself:
/// still cameras, pans, rotations, zooms, shaking hands, pages that scroll by whole pixels; objects that move
/// on their own before it; sensor noise, also such that grows with the light; exposures that change, flashes,
/// cuts, scenes that fade into others, frames that come twice, tables that change from frame to frame.
///
/// The first frame's pristine picture is what was compressed, with its noise, as a network that sees one
/// frame cannot tell grain from noise; that of later frames is without.
class SequenceSource : public PatchSource {
  public:
    /// count: sequences a batch; side: a multiple of 8, at most every picture's sides; frames: at least 2.
    SequenceSource(std::vector<PictureSet> sets, int count, int side, int frames,
                   const QualityDistribution& distribution, std::uint64_t seed);
    PatchBatch make_batch(std::uint64_t index) const override;

  private:
    std::vector<PictureSet> sets_;
    int count_;
    int side_;
    int frames_;
    QualityDistribution distribution_;
    std::uint64_t seed_;
};

/// Batches of sequences, and among them a share of batches of patches of one frame, so that a network that
/// learns from the frames before forgets nothing of what it does without.
class SequencesAndPatches : public PatchSource {
  public:
    SequencesAndPatches(std::shared_ptr<const PatchSource> sequences,
                        std::shared_ptr<const PatchSource> patches, double share_of_patches);
    PatchBatch make_batch(std::uint64_t index) const override;

  private:
    std::shared_ptr<const PatchSource> sequences_, patches_;
    double share_;
};

}  // namespace jpegdeblock::training
