// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "temporal/padded_plane.h"

namespace jpegdeblock {

/// Columns and rows around a plane in which there are smoothed samples.
constexpr int kSmoothedPadding = PaddedPlane::kPadding - 1;
/// Rows that one task smooths, so many of height() + 2 * kSmoothedPadding.
constexpr int kSmoothedTaskRows = 32;

int smoothing_tasks(const PaddedPlane& from);

/// The task's rows of `to`, which has the size of `from`: means of 3x3 samples weighted 1 2 1 in each
/// direction. What coding adds to a block, and what sensors do, weighs less in them, so that they match
/// better what they show. Thread safe for distinct tasks.
void smooth(const PaddedPlane& from, int task, PaddedPlane& to);

}  // namespace jpegdeblock
