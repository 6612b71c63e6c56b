// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include "model/model.h"

#include "../support/temporary_folder.h"

namespace jpegdeblock_test {

/// A small network with seeded random weights whose residual is a few levels at quality 20: visible, yet far
/// from saturation.
jpegdeblock::Model random_model(const std::string& name, std::uint32_t seed, int channels = 8, int depth = 3,
                                bool temporal = false);

using jpegdeblock::test::TemporaryFolder;

/// Puts random models by the names `balanced`, `other`, `chroma` and `temporal` (which is) into a folder of
/// this process, and that folder alone into JPEGDEBLOCK_MODEL_PATH. Call it at the beginning of main.
void install_test_models();

/// The path of one of them.
std::string test_model(const std::string& name);

}  // namespace jpegdeblock_test
