// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include <array>
#include <cstddef>
#include <string>

#include "failure.h"
#include "statistics.h"

namespace jpegdeblock_plugin {

/// Tells of frames that are damaged or lost. A camera with a bad connection spoils frame after frame: of each
/// kind the first is a warning on the bus, with its cause; all are counted and in the log. The streaming
/// thread's own.
class FrameFaults {
  public:
    /// The statistics outlive the object.
    explicit FrameFaults(Statistics& statistics) : statistics_(statistics) {}

    /// A new stream: the next fault of each kind is a warning again.
    void reset();

    /// A frame is shown.
    void note_shown() { any_shown_ = true; }

    /// The stream has ended. An error where none of its frames could be shown.
    GstFlowReturn end_stream(GstVideoDecoder* decoder) const;

    /// The frame is shown, though some of it is wrong or missing. Flags it.
    void report_damaged(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, const std::string& cause);

    /// There was a frame, but there is too little of it to try.
    void report_lost(GstVideoDecoder* decoder, const Failure& failure);

    /// The frame cannot be read, or not be shown; takes and drops it. The stream goes on, unless the property
    /// max-errors says otherwise.
    GstFlowReturn drop_lost(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, const Failure& failure);

  private:
    enum Kind : std::size_t { kDamaged, kUnreadable, kUnsupported, kKinds };

    void report(GstVideoDecoder* decoder, Kind kind, const Failure& failure);

    Statistics& statistics_;
    std::array<bool, kKinds> warned_{};
    bool any_shown_ = false;
    std::string first_loss_;  ///< Why the first one was lost; empty: none was.
};

}  // namespace jpegdeblock_plugin
