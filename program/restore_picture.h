// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "picture/band_restorer.h"
#include "picture_list.h"
#include "picture_writer.h"

namespace jpegdeblock {

/// How all pictures of a run are restored and written.
struct RestoreOptions {
    PictureOptions restoration;
    FileFormat format = FileFormat::kPng;
    int jpeg_quality = 95;
    bool take_damaged = false;   ///< Restore what is left of a damaged picture.
    std::string scratch_folder;  ///< Where coefficients of very large pictures are kept meanwhile.
};

/// What became of a picture.
struct RestoredFile {
    double megapixels = 0;
    std::vector<std::string> notes;  ///< Sentences without the file's name.
    double seconds_reading = 0, seconds_restoring = 0, seconds_writing = 0;
};

/// Thrown where a run is stopped.
struct Stopped {};

/// Restores JPEG files into others. One for each thread.
class FileRestorer {
  public:
    using Progress = std::function<void(double share, double megapixels)>;

    /// stop: checked from band to band.
    FileRestorer(std::unique_ptr<BandRestorer> restorer, const RestoreOptions& options,
                 const std::atomic<bool>& stop);

    /// progress: called with the share of the picture that is done, and the megapixels that this is. The
    /// result appears whole or not at all, with the source's times. Errors: kInvalidFile and kUnsupported of
    /// the source, kUnreadable, kUnwritable; Stopped.
    RestoredFile restore(const PictureJob& job, const Progress& progress);

  private:
    /// The bytes from the picture on. Tables that stand before it are learnt.
    std::span<const std::uint8_t> picture_behind_tables(std::span<const std::uint8_t> bytes);

    std::unique_ptr<BandRestorer> restorer_;
    const RestoreOptions& options_;
    const std::atomic<bool>& stop_;
    JpegReader reader_;
};

}  // namespace jpegdeblock
