// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "test_models.h"

namespace jpegdeblock_test {

/// A file of ten JPEG frames of quality 20 that goes with the object.
class Recording {
  public:
    /// muxer: an element that takes JPEG video: avimux, matroskamux.
    explicit Recording(const std::string& muxer);

    const std::string& path() const { return path_; }

  private:
    TemporaryFolder folder_;
    std::string path_;
};

/// Whether GStreamer here has an element.
bool has_element(const std::string& name);

}  // namespace jpegdeblock_test
