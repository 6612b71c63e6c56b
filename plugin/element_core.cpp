// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element_core.h"

#include "object_lock.h"
#include "properties.h"

namespace jpegdeblock_plugin {

ElementCore::ElementCore(GstElement* element)
    : restoration(GST_OBJECT(element)), pace(element), element_(element) {}

void ElementCore::install_properties(GObjectClass* object_class, bool decoder) {
    install_settings(object_class, decoder);
    install_statistics(object_class, kStatisticsProperty);
}

void ElementCore::set_property(guint id, const GValue* value, GParamSpec* spec) {
    bool known = false;
    const std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            const ObjectLock lock(element_);
            known = set_setting(properties_, id, value);
        },
        [&] { return std::string("Property '") + spec->name + "' keeps its value."; });
    if (failure) {
        post_warning(element_, *failure);
    } else if (!known) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(element_, id, spec);
    }
}

void ElementCore::get_property(guint id, GValue* value, GParamSpec* spec) const {
    if (id == kStatisticsProperty) {
        g_value_take_boxed(value, restoration.statistics().structure());
        return;
    }
    const ObjectLock lock(element_);
    if (!get_setting(properties_, id, value)) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(element_, id, spec);
    }
}

Settings ElementCore::properties() const {
    const ObjectLock lock(element_);
    return properties_;
}

std::optional<Failure> ElementCore::take_settings() noexcept {
    return guarded(
        Stage::kRunning, [&] { settings_ = properties(); },
        [] { return std::string("The properties keep their former values for this frame."); });
}

bool ElementCore::start() {
    std::optional<Failure> failure = take_settings();
    if (!failure) {
        failure = restoration.start(settings_);
    }
    if (failure) {
        post_error(element_, *failure);
        return false;
    }
    pace.reset();
    return true;
}

void ElementCore::stop() {
    restoration.stop();
    pace.reset();
}

bool ElementCore::begin_stream(const jpegdeblock::StreamSpeed& speed) {
    restoration.forget_stream();
    const std::optional<Failure> failure = restoration.follow_stream(speed, settings_);
    if (failure && !restoration.has_model()) {
        post_error(element_, *failure);
        return false;
    }
    if (failure) {
        post_warning(element_, *failure);
    }
    return true;
}

void ElementCore::forget_stream() {
    restoration.forget_stream();
    pace.forget_stream();
}

}  // namespace jpegdeblock_plugin
