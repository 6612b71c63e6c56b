// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>

#include "fuzzer.h"
#include "model/safetensors.h"

namespace jpegdeblock::fuzz {

/// A safetensors file as the format wants it whose content is another: what mutated bytes hardly ever are.
Seed changed(const std::string& name, const Bytes& file, const std::function<void(Safetensors&)>& change);

}  // namespace jpegdeblock::fuzz
