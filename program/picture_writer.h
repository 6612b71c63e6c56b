// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "metadata.h"
#include "model/atomic_file.h"

namespace jpegdeblock {

enum class FileFormat { kPng, kTiff, kJpeg };

/// ".png", ".tiff", ".jpg".
const char* extension_of(FileFormat format);

enum class PixelFormat {
    kGrey,
    kRgb,
    kYCbCr,  ///< For JPEG alone: Y, Cb and Cr of each pixel.
};

/// What is to be written.
struct PictureHeader {
    int width = 0;
    int height = 0;
    PixelFormat pixels = PixelFormat::kRgb;
    const Metadata* metadata = nullptr;  ///< Must outlive the writer.
    int jpeg_quality = 95;               ///< IJG's, 1..100.
};

/// Writes a picture file row by row. Errors of all members: kUnwritable with the path and the reason.
class PictureWriter {
  public:
    virtual ~PictureWriter() = default;

    /// The next row, from the top: 1 or 3 bytes a pixel.
    virtual void write_row(const std::uint8_t* pixels) = 0;

    /// After the last row. The file's data are complete then; committing it is the caller's.
    virtual void finish() = 0;

    /// What of the metadata the format cannot hold, in words; empty where all is there.
    const std::vector<std::string>& left_out() const { return left_out_; }

  protected:
    /// The profile, unless it is for other colours than the pixels': of ink, which they are no more.
    std::vector<std::uint8_t> fitting_profile(const PictureHeader& header);

    std::vector<std::string> left_out_;
};

/// file: open, empty; must outlive the writer.
std::unique_ptr<PictureWriter> make_png_writer(AtomicFile& file, const PictureHeader& header);
std::unique_ptr<PictureWriter> make_tiff_writer(AtomicFile& file, const PictureHeader& header);
std::unique_ptr<PictureWriter> make_jpeg_writer(AtomicFile& file, const PictureHeader& header);
std::unique_ptr<PictureWriter> make_writer(FileFormat format, AtomicFile& file, const PictureHeader& header);

}  // namespace jpegdeblock
