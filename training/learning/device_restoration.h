// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "network/network.h"
#include "report/evaluation.h"

namespace jpegdeblock::training {

/// Restores by the trainer's own network on its device, where that is faster than the run-time library on the
/// processor; bounded as the library does. The table must be given. Where a side is no multiple of 8 the
/// plane is continued beyond its border, which the library's network does not see. network: must outlive what
/// is returned.
Restore device_restoration(const Network& network);

}  // namespace jpegdeblock::training
