// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "test_models.h"

int main(int argc, char** argv) {
    jpegdeblock_test::install_test_models();
    gst_init(&argc, &argv);
    testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    gst_deinit();  // Lets the leaks tracer report.
    return result;
}
