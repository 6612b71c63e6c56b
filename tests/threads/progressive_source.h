// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace jpegdeblock_test {

/// Gives an appsrc the same progressive JPEG again and again, in pieces as a network would, 15 times for each
/// second of the stream. It can be sought in.
class ProgressiveSource {
  public:
    /// appsrc: with no other callbacks; its stream must have been stopped before the object goes.
    explicit ProgressiveSource(GstElement* appsrc);
    ProgressiveSource(const ProgressiveSource&) = delete;
    ProgressiveSource& operator=(const ProgressiveSource&) = delete;

  private:
    static void push(GstElement* appsrc, guint size, ProgressiveSource* source);
    static gboolean seek(GstElement* appsrc, guint64 time, ProgressiveSource* source);

    std::vector<std::uint8_t> jpeg_;
    std::uint64_t pieces_;                     ///< Of a JPEG.
    std::atomic<std::uint64_t> position_ = 0;  ///< In pieces from the stream's begin.
};

}  // namespace jpegdeblock_test
