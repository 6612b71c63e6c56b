// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// How good the picture of a live stream was. What is shown is only copied while it plays, as measuring takes
/// time that the stream would lack.
class LivePicture {
  public:
    /// A height of rows that pass or are restored together, or about that.
    static constexpr int kStripRows = 64;

    struct Figures {
        int frames = 0;
        double psnr = 0;  ///< Mean of the frames.
        double brightness =
            0;  ///< Mean change, from frame to frame, of what a strip is too bright by; levels.
        double sharpness = 0;  ///< The same of its mean difference of neighbours, in % of the original's.
    };

    /// At most so many frames are kept, the last ones.
    explicit LivePicture(std::size_t most_frames) : most_frames_(most_frames) {}

    void add(int index, ConstPlane luma);

    /// Original: GRAY8 frames without anything between, that were played to and fro. Throws
    /// std::runtime_error.
    Figures compare_with(const std::string& original) const;

  private:
    struct Frame {
        int width, height;
        std::vector<std::uint8_t> samples;
    };

    std::size_t most_frames_;
    std::map<int, Frame> frames_;
};

}  // namespace jpegdeblock
