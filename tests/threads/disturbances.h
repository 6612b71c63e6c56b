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
    /// pipeline: outlives the object. element: one of its jpegdeblock or jpegdeblockdec. models: paths for
    /// the property "model", good and bad.
    Disturbances(GstElement* pipeline, GstElement* element, std::vector<std::string> models, unsigned seed);

    /// Sets one property, any value that it may have, and reads one.
    void change_property();

    /// A flushing seek to somewhere in the first ten seconds. False: not possible in this state.
    bool seek();

    /// Asks for the statistics, position and latency.
    void ask();

    /// Another state of the whole pipeline. NULL and READY stop the stream.
    void change_state();

  private:
    int draw(int most);  ///< 0 .. most.

    GstElement* pipeline_;
    GstElement* element_;
    std::vector<std::string> models_;
    std::mt19937 generator_;
};

}  // namespace jpegdeblock_test
