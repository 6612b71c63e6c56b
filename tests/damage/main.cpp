// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the tests; with --table writes what becomes of each damaged stream, as outcomes.txt has it.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "outcome.h"
#include "test_models.h"

namespace {

using namespace jpegdeblock_test;

int write_table() {
    std::fputs("damage", stdout);
    for (const Route route : kRoutes) std::printf(" | %s", name_of(route));
    std::puts("");
    Judge judge;
    for (const DamagedStream& stream : damaged_streams()) {
        std::map<Route, Outcome> outcomes;
        for (const Route route : routes_of(stream))
            outcomes[route] =
                judge.judge(stream, route, pass(stream.packets, route, stream.announced_height));
        std::puts(row_of(stream, outcomes).c_str());
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    install_test_models();
    gst_init(&argc, &argv);
    int result = 0;
    if (argc == 2 && std::strcmp(argv[1], "--table") == 0) {
        result = write_table();
    } else {
        testing::InitGoogleTest(&argc, argv);
        result = RUN_ALL_TESTS();
    }
    gst_deinit();  // Lets the leaks tracer report.
    return result;
}
