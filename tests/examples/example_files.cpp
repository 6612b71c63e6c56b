// SPDX-License-Identifier: LGPL-2.1-or-later
#include "example_files.h"

#include <gtest/gtest.h>
#include <filesystem>

#include "command.h"

namespace jpegdeblock_test {

std::string example_file(const std::string& name) {
    return std::string(EXAMPLES_DIR) + "/" + name;
}

std::string example_program(const std::string& name) {
    return std::string(EXAMPLE_PROGRAMS_DIR) + "/" + name;
}

void write_sample_jpeg(const std::string& path) {
    const Ending ending = launch("filesrc location=" + example_file("pictures/cat.png") +
                                 " ! pngdec ! videoconvert ! video/x-raw,format=I420 ! jpegenc quality=10 "
                                 "! filesink location=" +
                                 path);
    ASSERT_TRUE(ending.success) << ending;
    ASSERT_GT(std::filesystem::file_size(path), 0u);
}

}  // namespace jpegdeblock_test
