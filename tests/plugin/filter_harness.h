// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <string>

#include "pictures.h"

namespace jpegdeblock_test {

/// A jpegdeblock between two pads of the test, with a bus.
class FilterHarness {
  public:
    /// The element is playing afterwards; `properties` as in gst-launch: "quality=20 strength=0.5".
    explicit FilterHarness(const std::string& properties = "quality=20");
    ~FilterHarness();
    FilterHarness(const FilterHarness&) = delete;
    FilterHarness& operator=(const FilterHarness&) = delete;

    GstElement* element() const { return harness_->element; }
    GstHarness* get() const { return harness_; }
    GstBus* bus() const { return bus_; }

    /// Announces the picture's size and format (and more fields of the caps: "interlace-mode=interleaved").
    void set_caps(const Picture& picture, const std::string& more = "");

    /// Pushes the buffer and returns what comes out, which the caller owns; nullptr: nothing did.
    GstBuffer* filter(GstBuffer* buffer);

    /// The bytes of what comes out for a fresh buffer of the picture, whose caps are set.
    std::vector<std::uint8_t> filter(const Picture& picture);

    /// A field of the statistics.
    guint64 statistic(const char* name) const;
    std::string statistic_text(const char* name) const;

  private:
    GstHarness* harness_;
    GstBus* bus_;
};

/// What an error or warning message says. `domain` is 0 where there is none.
struct Complaint {
    GQuark domain = 0;
    int code = 0;
    std::string text;
    std::string debug;
};

/// Takes the next error / warning from the bus.
Complaint pop_complaint(GstBus* bus, GstMessageType type);

}  // namespace jpegdeblock_test
