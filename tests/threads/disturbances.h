// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <random>
#include <string>
#include <vector>

namespace jpegdeblock_test {

/// What an application may do to a stream while it flows, drawn at random. Each function may be called in any
/// thread; a generator belongs to one.
class Disturbances {
  public:
    /// What the properties "model" (paths) and "preset" (names) are given, good and bad.
    struct Choices {
        std::vector<std::string> models;
        std::vector<std::string> presets;
    };

    /// pipeline: outlives the object. element: one of its jpegdeblock or jpegdeblockdec.
    Disturbances(GstElement* pipeline, GstElement* element, Choices choices, unsigned seed);

    /// Sets one property, any value that it may have, and reads one.
    void change_property();

    /// Sets those by which frames may be lost or pass by the element back to their defaults.
    void let_flow();

    /// A flushing seek to somewhere in the first ten seconds. False: not possible in this state.
    bool seek();

    /// A flush from the sources on, without a seek. False: not possible in this state.
    bool flush();

    /// Asks for the statistics, position and latency.
    void ask();

    /// Another state of the whole pipeline. NULL and READY stop the stream.
    void change_state();

  private:
    int draw(int most);  ///< 0 .. most.
    const char* draw(const std::vector<std::string>& texts);

    GstElement* pipeline_;
    GstElement* element_;
    bool decoder_;
    Choices choices_;
    std::mt19937 generator_;
};

}  // namespace jpegdeblock_test
