// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <benchmark/benchmark.h>

namespace jpegdeblock {

/// Runs the benchmarks that were registered, as the arguments of main say. Returns main's result.
inline int run_benchmarks(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace jpegdeblock
