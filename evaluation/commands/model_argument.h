// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/model.h>

#include <memory>
#include <string>

namespace jpegdeblock {

/// Loads the model of that path or, where no such file is there, the installed one of that name;
/// `for_videos`: that which the preset of that name takes for videos. Errors: as load_model and find_model.
std::shared_ptr<const Model> load_model_argument(const std::string& model, bool for_videos = false);

}  // namespace jpegdeblock
