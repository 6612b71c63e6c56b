// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>
#include "restore/deblocker.h"

#include "libjpeg_reference.h"

namespace jpegdeblock_test {

using Bytes = std::vector<std::uint8_t>;

/// The recipe's own picture as a JPEG.
using jpegdeblock::test::compress;

struct Unref {
    void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using Buffer = std::unique_ptr<GstBuffer, Unref>;

/// A jpegdeblockdec between two pads of the test, with a bus.
class Decoder {
  public:
    explicit Decoder(const std::string& properties = "", const std::string& caps = "image/jpeg, parsed=true",
                     const std::string& frame_rate = "25/1");
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    GstHarness* get() const { return harness_; }
    GstBus* bus() const { return bus_; }

    /// Each buffer lies 40 ms after the one before.
    GstFlowReturn push(const Bytes& jpeg);
    Buffer pull() { return Buffer(gst_harness_try_pull(harness_)); }
    Buffer decode(const Bytes& jpeg);
    /// The time of the buffer that is pushed next.
    GstClockTime next_time() const { return time_; }

    /// A count among the element's statistics.
    guint64 statistic(const char* name) const;

    /// The present caps downstream.
    GstVideoInfo info() const;

    /// A component's samples of a buffer of the present caps.
    Bytes component(const Buffer& buffer, int index) const;

  private:
    GstHarness* harness_;
    GstBus* bus_;
    GstClockTime time_ = 0;
};

/// One after the other.
Bytes joined(std::initializer_list<Bytes> parts);

/// What the test's models make of a JPEG's component: `balanced` of luma, `chroma` of the others.
Bytes restored_component(const Bytes& jpeg, int index, const jpegdeblock::DeblockerOptions& options = {});

/// What the test's model `balanced` makes of a component, whatever it is.
Bytes restored_as_luma(const Bytes& jpeg, int index);

/// As restored_component, of luma.
Bytes restored_luma(const Bytes& jpeg, const jpegdeblock::DeblockerOptions& options = {});

}  // namespace jpegdeblock_test
