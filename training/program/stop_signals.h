// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>

namespace jpegdeblock::training {

/// From now on SIGINT (Ctrl-C) and SIGTERM set the returned flag; a second one ends the program at once.
const std::atomic<bool>& stop_on_signals();

}  // namespace jpegdeblock::training
