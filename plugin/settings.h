// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include <jpegdeblock/engine.h>
#include <string>

namespace jpegdeblock_plugin {

/// The models that an element offers by name.
enum class Preset { kAuto, kFast, kBalanced, kBest, kDncnn };

/// What becomes of a frame that there is no time for.
enum class Late { kDrop, kPass, kFull };

/// Which planes are restored.
enum class Planes { kLuma, kAll };

/// What a user can set on each of the plugin's elements. The defaults are the properties' defaults.
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
};

/// GObject property identifiers of the settings and the statistics. An element numbers its own from
/// kFirstOwnProperty.
enum SettingProperty : guint {
    kPresetProperty = 1,
    kModelProperty,
    kQualityProperty,
    kStrengthProperty,
    kThreadsProperty,
    kPrecisionProperty,
    kBoundedProperty,
    kCompareProperty,
    kLateProperty,
    kPlanesProperty,
    kStatisticsProperty,  ///< Of install_statistics.
    kFirstOwnProperty
};

/// Adds the properties to a class that is being initialized, and documents their enumerations.
void install_settings(GObjectClass* object_class);

/// Stores / reads the property `id`. false: it is none of the settings'. The caller holds the object's lock.
bool set_setting(Settings& settings, guint id, const GValue* value);
bool get_setting(const Settings& settings, guint id, GValue* value);

/// The preset's name as users write it, "auto", "fast", ...; but for auto it is its model's for find_model.
const char* name_of(Preset preset);

/// All of them, comma-separated, for messages.
const char* preset_choices();

}  // namespace jpegdeblock_plugin
