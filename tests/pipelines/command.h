// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <ostream>
#include <string>

namespace jpegdeblock_test {

/// How a program ended.
struct Ending {
    bool success = false;  ///< It ran and returned 0.
    std::string output;    ///< Standard output and error.
};
std::ostream& operator<<(std::ostream& stream, const Ending& ending);

/// Runs a command line, split as a shell would, in this process's environment. Prints it when it fails.
Ending run(const std::string& command);

/// gst-launch-1.0 with a pipeline as a user types it.
Ending launch(const std::string& pipeline);

}  // namespace jpegdeblock_test
