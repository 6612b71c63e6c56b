// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>
#include <utility>

namespace jpegdeblock_plugin {

/// Why something could not be done, in the words and codes of a GStreamer message.
struct Failure {
    GQuark domain = 0;
    gint code = 0;
    std::string text;   ///< For the user.
    std::string debug;  ///< Which property to set, and the choices.
};

/// Whether the engine was being set up or was running: that decides LIBRARY/INIT or LIBRARY/FAILED.
enum class Stage { kStarting, kRunning };

/// There is no memory, not even for more words.
Failure out_of_memory() noexcept;

/// The exception that is being handled, as a Failure; out_of_memory() where there is none for its words. Call
/// it in a catch block only.
Failure describe_current_exception(Stage stage, const std::string& advice) noexcept;

/// Runs `body`, which may throw; no exception leaves. advice() gives the debug text, and is asked for on
/// failure only.
template <typename Body, typename Advice>
std::optional<Failure> guarded(Stage stage, Body&& body, Advice&& advice) noexcept {
    try {
        std::forward<Body>(body)();
        return std::nullopt;
    } catch (...) {
        try {
            return describe_current_exception(stage, std::forward<Advice>(advice)());
        } catch (...) {
            return out_of_memory();
        }
    }
}

/// Posts the failure on the element's bus.
void post_error(GstElement* element, const Failure& failure);
void post_warning(GstElement* element, const Failure& failure);

}  // namespace jpegdeblock_plugin
