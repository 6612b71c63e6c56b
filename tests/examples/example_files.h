// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace jpegdeblock_test {

/// A script or picture of the folder examples/.
std::string example_file(const std::string& name);

/// A program that the build made of examples/.
std::string example_program(const std::string& name);

/// Writes one of the sample photographs (451x300) as a JPEG of quality 10 and checks that it is there.
void write_sample_jpeg(const std::string& path);

}  // namespace jpegdeblock_test
