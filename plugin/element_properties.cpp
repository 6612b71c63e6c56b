// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element_properties.h"

#include <gst/gst.h>

#include <string>

#include "object_lock.h"

namespace jpegdeblock_plugin {

void install_element_properties(GObjectClass* object_class) {
    install_settings(object_class);
    install_statistics(object_class, kStatisticsProperty);
}

void set_element_property(GObject* element, Settings& settings, guint id, const GValue* value,
                          GParamSpec* spec) {
    bool known = false;
    const std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            const ObjectLock lock(element);
            known = set_setting(settings, id, value);
        },
        [&] { return std::string("Property '") + spec->name + "' keeps its value."; });
    if (failure) {
        post_warning(GST_ELEMENT(element), *failure);
    } else if (!known) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(element, id, spec);
    }
}

void get_element_property(GObject* element, const Settings& settings, const Statistics& statistics, guint id,
                          GValue* value, GParamSpec* spec) {
    if (id == kStatisticsProperty) {
        g_value_take_boxed(value, statistics.structure());
        return;
    }
    const ObjectLock lock(element);
    if (!get_setting(settings, id, value)) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(element, id, spec);
    }
}

std::optional<Failure> copy_settings(gpointer element, const Settings& settings,
                                     Settings& frame_settings) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const ObjectLock lock(element);
            frame_settings = settings;
        },
        [] { return std::string("The properties keep their former values for this frame."); });
}

}  // namespace jpegdeblock_plugin
