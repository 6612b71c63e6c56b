// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <jpegdeblock/jpeg.h>

/// An 8-bit RGB picture, rows adjacent, 3 bytes a pixel.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;

    std::uint8_t* pixel(int x, int y) { return samples.data() + 3 * (std::size_t{1} * y * width + x); }
    const std::uint8_t* pixel(int x, int y) const {
        return samples.data() + 3 * (std::size_t{1} * y * width + x);
    }
};

/// A black picture.
Picture make_picture(int width, int height);

/// Reads a PNG of any kind as RGB. Errors: jpegdeblock::Error(kInvalidFile) with libpng's reason.
Picture read_png(const std::string& path);

/// Errors: jpegdeblock::Error(kUnwritable).
void write_png(const std::string& path, const Picture& picture);

/// Reads the luma of a YUV4MPEG2 file (what GStreamer's y4menc writes), 8 bits, 4:2:0, 4:2:2, 4:4:4 or grey.
class Y4mReader {
  public:
    /// Errors: jpegdeblock::Error(kNotFound, kInvalidFile, kUnsupported).
    explicit Y4mReader(const std::string& path);

    /// The next frame's luma, nothing at the end. Errors: kInvalidFile for a frame cut short.
    std::optional<jpegdeblock::LumaImage> next_frame();

  private:
    std::string path_;
    std::ifstream file_;
    int width_ = 0;
    int height_ = 0;
    std::streamoff chroma_bytes_ = 0;
};
