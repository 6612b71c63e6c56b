// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/picture.h>

#include "fuzzer.h"

namespace jpegdeblock::fuzz {

/// The memory of a picture in a frame's own layout: a block for each component, which ends with its last
/// sample, so that a sanitizer notices what is written beyond.
class ShownPicture {
  public:
    /// gap: bytes between rows.
    explicit ShownPicture(const JpegFrame& frame, int gap = 0);

    const Picture& picture() const { return picture_; }

    /// All components.
    Bytes samples() const;

  private:
    Bytes memory_[3];
    Picture picture_;
};

}  // namespace jpegdeblock::fuzz
