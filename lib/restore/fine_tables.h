// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// The share of the residual that is worth adding where this table quantized, 0..1: 1 for all tables whose
/// traces can be seen (IJG quality 93 and below), 0 where nothing can be gained that anybody sees (IJG
/// quality 95 and above), between them a fade, so that a stream whose table varies does not flicker.
///
/// With steps that fine the picture may well lie nearer to the decoded samples than any estimate: one that
/// was a JPEG before, on the same grid, hardly changes when it is written again.
float share_worth_adding(const QuantizationTable& table);

}  // namespace jpegdeblock
