// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "fuzzer.h"

namespace jpegdeblock::fuzz {

/// Small JPEGs of all kinds that the reader knows, and streams of them.
std::vector<Seed> jpeg_seeds();

}  // namespace jpegdeblock::fuzz
