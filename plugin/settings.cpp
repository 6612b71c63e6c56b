// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.h"

#include <jpegdeblock/model.h>

namespace jpegdeblock_plugin {

jpegdeblock::PictureOptions picture_options(const Settings& settings, const FrameTime& time, bool is_video) {
    const bool follows = settings.temporal == Temporal::kOn ||
                         (settings.temporal == Temporal::kAuto && is_video && !settings.progressive);
    return {.strength = settings.strength,
            .bounded = settings.bounded,
            .quality = settings.quality,
            .compare = settings.compare,
            .time_left = time.left,
            .temporal = follows,
            .shown = time.shown};
}

const char* name_of(Preset preset) {
    return preset == Preset::kAuto
               ? "auto"
               : jpegdeblock::preset_names().at(static_cast<std::size_t>(preset) - 1).c_str();
}

std::string preset_choices() {
    std::string choices = name_of(Preset::kAuto);
    for (const std::string& name : jpegdeblock::preset_names()) {
        choices += ", " + name;
    }
    return choices;
}

}  // namespace jpegdeblock_plugin
