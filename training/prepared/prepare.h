// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/model.h"
#include "pictures/pictures.h"

namespace jpegdeblock::training {

struct PrepareOptions {
    std::string pictures;  ///< Folder of pristine pictures, with sub-folders.
    std::string output;    ///< Folder of the data set; see prepared_dataset.h for its layout.
    std::vector<int> qualities = {5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80};
    LumaRange range = LumaRange::kFull;
    bool compress = true;  ///< zlib in the MAT files, where the library has it.
    int threads = 0;       ///< 0: all cores.
    bool force = false;    ///< Start even if the disk may not suffice.
};

struct PrepareReport {
    std::size_t written = 0;  ///< Pairs of files.
    std::size_t kept = 0;     ///< Complete pairs of an earlier run.
    std::size_t skipped = 0;  ///< Pictures that cannot be used.
    bool stopped = false;
};

/// Bytes that a picture's pair of files takes at most.
std::uint64_t pair_bytes_at_most(int width, int height);

/// Luma of `picture` written as a colour JPEG at `quality` and decoded again. full: the JPEG's own luma;
/// limited: of the decoded RGB by MATLAB's rgb2ycbcr (ITU-R BT.601, 16..235).
LumaImage compressed_luma(const RgbPicture& picture, int quality, LumaRange range);

/// Writes the data set, picture by picture; what is complete from an earlier run is kept. warn: told of
/// every picture skipped and of other things to know. stop: ends after the files under way.
/// Throws Error(kInvalidArgument) for a quality outside of 0..100 or an output that belongs to other pictures
/// or another range; Error(kUnwritable) when the disk has too little room or is full; Error(kInvalidFile)
/// when no picture can be used; errors of list_pictures.
PrepareReport prepare(const PrepareOptions& options, const std::function<void(const std::string&)>& warn,
                      const std::atomic<bool>& stop);

}  // namespace jpegdeblock::training
