// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_validation.h"

#include <algorithm>

#include "report/sequence_report.h"

namespace jpegdeblock::training {

int validated_quality(const SequenceKind& kind) {
    return kind.noise > 0 ? 80 : 20;
}

SequenceValidation::SequenceValidation(const std::vector<NamedPicture>& pictures) {
    std::vector<const NamedPicture*> large;
    for (const NamedPicture& picture : pictures)
        if (std::min(picture.luma.width, picture.luma.height) >= kSmallestRendered) large.push_back(&picture);
    if (large.empty()) return;
    const std::size_t count = std::min(large.size(), static_cast<std::size_t>(kPictures));
    for (const SequenceKind& kind : sequence_kinds()) {
        std::vector<Clip>& clips = clips_.emplace_back();
        for (std::size_t i = 0; i < count; ++i) {
            const NamedPicture& picture = *large[i * large.size() / count];
            clips.push_back(render_clip(picture.luma, picture.name, kind, kFrames, kLongestSide));
        }
    }
}

std::vector<ClipResult> SequenceValidation::measure(const std::shared_ptr<const Model>& model,
                                                    int threads) const {
    std::vector<ClipResult> means;
    for (std::size_t i = 0; i < clips_.size(); ++i) {
        const SequenceKind& kind = sequence_kinds()[i];
        means.push_back(mean_of(evaluate_sequences(
            model, model, clips_[i], kind.name,
            {.qualities = {validated_quality(kind)}, .precision = Precision::kF32, .threads = threads})));
    }
    return means;
}

}  // namespace jpegdeblock::training
