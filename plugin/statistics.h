// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <jpegdeblock/picture.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace jpegdeblock_plugin {

/// "given", "quality", "estimated", "remembered" or "none".
const char* name_of(jpegdeblock::TableSource source);

/// The figures behind an element's `stats` property, since the last start. Thread safe.
///
/// structure() is an `application/x-jpegdeblock-stats` with these fields:
///   frames        uint64  frames that reached the element and left it
///   passed        uint64  those of them that left as they came: strength 0, a gap, an unknown table, one too
///                         fine for visible losses (quality 95 and above), or no time
///   frames-late   uint64  frames that there was too little time for: dropped (late=drop), or passed or
///                         restored in part (late=pass)
///   frames-damaged, frames-lost
///                 uint64  JPEGs of which some was wrong or missing, and those that could not be shown at all
///                         (not among `frames`); always 0 behind another decoder
///   quality       int     JPEG quality of the last frame whose table was known, 0 where that is none of
///                         libjpeg's
///   table-source  string  how that was found: given, quality (the property), estimated, remembered (from an
///                         earlier frame), none (the last frame passed)
///   preset        string  preset in use, empty where `model` was set, and as long as auto has no
///                         stream to choose for
///   model         string  model file in use
///   precision     string  arithmetic in use: f32, bf16, int8
///   tiles-computed, tiles-reused, tiles-passed
///                 uint64  8x8 tiles that were restored, that were copied from the frame before because what
///                         they depend on had not changed, and that were left as they came as time was short
///   tiles-followed
///                 uint64  those of all these that were found in the frame before (temporal)
///   ms-per-frame  double  mean time to restore a frame, over the last kRecentFrames of them
class Statistics {
  public:
    static constexpr std::size_t kRecentFrames = 32;

    /// Forgets everything.
    void reset();

    /// Records what restores frames from now on.
    void set_model(const std::string& preset, const std::string& path, jpegdeblock::Precision precision);

    /// Counts a frame that passed without being looked at.
    void add_passed();

    /// Counts a frame that was dropped for being late. It is not among `frames`.
    void add_dropped();

    /// Counts a JPEG of which some is wrong or missing.
    void add_damaged();

    /// Counts a JPEG that cannot be shown. It is not among `frames`.
    void add_lost();

    /// Counts a frame that was looked at for `microseconds`.
    void add_frame(const jpegdeblock::FrameReport& report, gint64 microseconds);

    /// The caller owns the result.
    GstStructure* structure() const;

  private:
    mutable std::mutex mutex_;
    std::uint64_t frames_ = 0;
    std::uint64_t passed_ = 0;
    guint64 late_ = 0;
    guint64 damaged_ = 0;
    guint64 lost_ = 0;
    guint64 tiles_computed_ = 0;
    guint64 tiles_reused_ = 0;
    guint64 tiles_passed_ = 0;
    guint64 tiles_followed_ = 0;
    int quality_ = 0;
    jpegdeblock::TableSource source_ = jpegdeblock::TableSource::kNone;
    std::string preset_;
    std::string model_;
    std::string precision_;
    std::array<gint64, kRecentFrames> recent_{};  ///< Times in microseconds, a ring.
    std::uint64_t timed_ = 0;                     ///< Times recorded in all.
};

/// Adds the read-only property `stats` to a class that is being initialized.
void install_statistics(GObjectClass* object_class, guint id);

}  // namespace jpegdeblock_plugin
