// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commands/model_argument.h"

#include <filesystem>
#include <system_error>

#include "model/file_names.h"

namespace jpegdeblock {

std::shared_ptr<const Model> load_model_argument(const std::string& model, bool for_videos) {
    std::error_code error;
    const bool is_path = model.find('/') != std::string::npos || model.ends_with(kModelSuffix);
    if (is_path || std::filesystem::is_regular_file(model, error)) return load_model(model);
    return for_videos ? load_video_model(model) : load_model(find_model(model));
}

}  // namespace jpegdeblock
