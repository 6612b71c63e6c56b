// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "sequences/sequence_evaluation.h"

namespace jpegdeblock {

/// The luma of a clip's frames: of a YUV4MPEG2 file (8 bits a sample), or of the pictures of a folder in the
/// order of their names, all of one size. most: of its frames. Errors: kNotFound, kUnreadable; kInvalidFile
/// for what is neither, or has fewer than two frames; kUnsupported for more than 8 bits.
Clip load_clip(const std::string& path, int most);

}  // namespace jpegdeblock
