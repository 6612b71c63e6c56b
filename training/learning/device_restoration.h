// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "network/network.h"
#include "report/evaluation.h"

namespace jpegdeblock::training {

/// Restores by the trainer's own network on its device, where that is faster than the run-time library on the
/// processor. The result is not kept within the quantization intervals, and the plane's border is continued
/// as far as the grid needs, so figures differ from the library's in the second decimal. The table must be
/// given. network: must outlive what is returned.
Restore device_restoration(const Network& network);

}  // namespace jpegdeblock::training
