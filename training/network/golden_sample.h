// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/model.h"

#include "network/network.h"

namespace jpegdeblock::training {

/// Evaluates the network in f32 on a drawn test picture (gradients, edges, texture; no photograph, so that it
/// may be published) compressed at quality 20: what the run-time engine must reproduce.
Golden make_golden(const Network& network);

}  // namespace jpegdeblock::training
