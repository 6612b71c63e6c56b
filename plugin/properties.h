// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include "settings.h"

namespace jpegdeblock_plugin {

/// Identifies the read-only property `stats`.
extern const guint kStatisticsProperty;

/// Adds the settings' properties to a class that is being initialized, and documents their enumerations.
/// decoder: also those that the decoder alone has.
void install_settings(GObjectClass* object_class, bool decoder);

/// Stores / reads the property `id`. false: it is none of the settings'. The caller holds the object's lock.
bool set_setting(Settings& settings, guint id, const GValue* value);
bool get_setting(const Settings& settings, guint id, GValue* value);

}  // namespace jpegdeblock_plugin
