// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>
#include <chrono>
#include <optional>
#include <string>

namespace jpegdeblock_plugin {

/// The models that an element offers by name: auto, then those of jpegdeblock::preset_names().
enum class Preset { kAuto, kFast, kBalanced, kBest, kDncnn };

/// What becomes of a frame that there is no time for.
enum class Late { kDrop, kPass, kFull };

/// Which planes are restored.
enum class Planes { kLuma, kAll };

/// Whether the frames before help to restore a frame.
enum class Temporal { kAuto, kOn, kOff };

/// What a user can set on the plugin's elements. The defaults are the properties' defaults.
struct Settings {
    Preset preset = Preset::kAuto;
    std::string model;  ///< Path; empty: the preset chooses.
    int quality = 0;
    double strength = 1.0;
    int threads = 0;
    jpegdeblock::Precision precision = jpegdeblock::Precision::kAuto;
    bool bounded = true;
    double compare = 0.0;
    Late late = Late::kPass;
    Planes planes = Planes::kLuma;
    Temporal temporal = Temporal::kAuto;

    // The decoder's alone.
    bool progressive = false;
    guint progressive_interval = 0;         ///< Milliseconds.
    guint64 max_pixels = guint64{1} << 28;  ///< 0: no limit.
};

/// A frame's place in time.
struct FrameTime {
    std::optional<std::chrono::nanoseconds> left =
        std::nullopt;  ///< To work on it; nothing: as long as it takes.
    std::optional<std::chrono::nanoseconds> shown =
        std::nullopt;  ///< When it is shown; nothing: nobody says.
};

/// What the library is told of the settings and a frame. is_video: frames have a rate.
jpegdeblock::PictureOptions picture_options(const Settings& settings, const FrameTime& time = {},
                                            bool is_video = false);

/// The preset's name as users write it; but for auto it is its model's for find_model.
const char* name_of(Preset preset);

/// All of them, comma-separated, for messages.
std::string preset_choices();

}  // namespace jpegdeblock_plugin
