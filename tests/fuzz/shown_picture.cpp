// SPDX-License-Identifier: LGPL-2.1-or-later
#include "shown_picture.h"

namespace jpegdeblock::fuzz {

ShownPicture::ShownPicture(const JpegFrame& frame, int gap) {
    const PictureLayout layout = layout_of(*frame.fields[0]);
    picture_.is_rgb = layout == PictureLayout::kRgb;
    picture_.interlaced = frame.interlaced;
    const int components = layout == PictureLayout::kGrey ? 1 : layout == PictureLayout::kNone ? 0 : 3;
    for (int i = 0; i < components; ++i) {
        const bool wide = i == 0 || (layout != PictureLayout::k420 && layout != PictureLayout::k422);
        const bool high = i == 0 || layout != PictureLayout::k420;
        Samples& samples = picture_.components[static_cast<std::size_t>(i)];
        samples.width = wide ? frame.width() : (frame.width() + 1) / 2;
        samples.height = high ? frame.height : (frame.height + 1) / 2;
        samples.stride = samples.width + gap;
        memory_[i].resize(static_cast<std::size_t>(samples.stride) *
                              static_cast<std::size_t>(samples.height - 1) +
                          static_cast<std::size_t>(samples.width));
        samples.data = memory_[i].data();
    }
}

Bytes ShownPicture::samples() const {
    Bytes all;
    for (const Bytes& memory : memory_) all.insert(all.end(), memory.begin(), memory.end());
    return all;
}

}  // namespace jpegdeblock::fuzz
