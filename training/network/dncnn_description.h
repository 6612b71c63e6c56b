// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/model.h"

namespace jpegdeblock::training {

/// The shape of a DnCNN as published (Zhang et al., 'Beyond a Gaussian Denoiser', IEEE TIP 2017), there of 64
/// channels and 20 layers: luma in 0..1, no skips, no knowledge of table or grid.
inline NetworkDescription dncnn_description(int channels, int depth) {
    return {.architecture = Architecture::kDncnn,
            .scale = 1,
            .channels = channels,
            .depth = depth,
            .conditioned = false,
            .phase_bias = false,
            .skip_interval = 0,
            .condition_width = NetworkDescription().condition_width,
            .input_offset = 0.0f,
            .input_scale = 1.0f / 255.0f,
            .output_scale = 255.0f,
            .range = LumaRange::kFull};
}

}  // namespace jpegdeblock::training
