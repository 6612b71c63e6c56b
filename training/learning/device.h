// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <string>

namespace jpegdeblock::training {

/// The device of that name: "cpu", "cuda" or "cuda:1"; "auto": CUDA where this LibTorch and this machine have
/// it, else the processor. Errors: kInvalidArgument for other names, kUnsupported where there is no such
/// device; the message says why.
torch::Device find_device(const std::string& name);

/// Waits until the device has done what it was given.
void wait_for(const torch::Device& device);

/// Lets the device multiply in TF32 and try its kernels for convolutions, which is worth it as batches keep
/// their size.
void set_up_device(const torch::Device& device);

}  // namespace jpegdeblock::training
