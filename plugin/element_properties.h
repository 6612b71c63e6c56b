// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include <optional>

#include "failure.h"
#include "settings.h"
#include "statistics.h"

namespace jpegdeblock_plugin {

/// Adds the settings and the statistics to a class that is being initialized, as properties.
void install_element_properties(GObjectClass* object_class);

/// What GObjectClass::set_property does with them. `element` is a GstElement; its lock guards `settings`.
/// What it cannot do, it posts or logs.
void set_element_property(GObject* element, Settings& settings, guint id, const GValue* value,
                          GParamSpec* spec);

/// What GObjectClass::get_property does with them.
void get_element_property(GObject* element, const Settings& settings, const Statistics& statistics, guint id,
                          GValue* value, GParamSpec* spec);

/// Copies the settings that the properties changed to those of the frame to come, or of the start; on failure
/// these stay.
std::optional<Failure> copy_settings(gpointer element, const Settings& settings,
                                     Settings& frame_settings) noexcept;

}  // namespace jpegdeblock_plugin
