// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <jpegdeblock/model.h>
#include <optional>

#include "failure.h"
#include "pace.h"
#include "restoration.h"
#include "settings.h"

namespace jpegdeblock_plugin {

/// What both elements are made of: the settings that their properties hold, the restoration of their stream
/// with its statistics, and their pace. Properties and statistics may be used from any thread, all else is
/// the streaming thread's, or of a state change.
class ElementCore {
  public:
    /// element: outlives the object; its lock guards the properties.
    explicit ElementCore(GstElement* element);

    /// Adds the properties to a class that is being initialized. decoder: also those of the decoder alone.
    static void install_properties(GObjectClass* object_class, bool decoder);

    /// What GObjectClass::set_property and get_property do. What they cannot do, they log.
    void set_property(guint id, const GValue* value, GParamSpec* spec);
    void get_property(guint id, GValue* value, GParamSpec* spec) const;

    /// The settings as the properties hold them now.
    Settings properties() const;

    /// The settings of the frame under way, or of the start.
    const Settings& settings() const { return settings_; }

    /// Takes over what the properties hold. On failure the settings before stay.
    std::optional<Failure> take_settings() noexcept;

    /// take_settings() and a start of the restoration with them. false: an error has been posted.
    bool start();

    void stop();

    /// Before a frame of that stream time: has controllers set the properties, takes them over, and changes
    /// to the model that they name. What is no good stays as it was, with a warning. taken: called in
    /// between, for what else follows from the settings.
    template <typename Taken>
    void follow_properties(GstClockTime stream_time, Taken taken) {
        if (GST_CLOCK_TIME_IS_VALID(stream_time)) {
            gst_object_sync_values(GST_OBJECT(element_), stream_time);
        }
        std::optional<Failure> failure = take_settings();
        taken();
        if (!failure) {
            failure = restoration.follow_model(settings_);
        }
        if (failure) {
            post_warning(element_, *failure);
        }
    }

    /// New caps: forgets the frames before, and says what is to be kept up with, which chooses a model with
    /// preset=auto. false: there is none; an error has been posted.
    bool begin_stream(const jpegdeblock::StreamSpeed& speed);

    /// Flush, seek, another stream: forgets the frames before.
    void forget_stream();

    Restoration restoration;
    Pace pace;

  private:
    GstElement* element_;
    Settings properties_;  ///< Guarded by the object lock.
    Settings settings_;
};

}  // namespace jpegdeblock_plugin
