// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include <jpegdeblock/log.h>

#include "debug.h"
#include "jpegdeblock_decoder.h"
#include "jpegdeblock_filter.h"
#include "table_meta.h"

GST_DEBUG_CATEGORY(jpegdeblock_debug);

static GstDebugLevel debug_level(jpegdeblock::LogLevel level) {
    switch (level) {
        case jpegdeblock::LogLevel::kWarning:
            return GST_LEVEL_WARNING;
        case jpegdeblock::LogLevel::kInfo:
            return GST_LEVEL_INFO;
        case jpegdeblock::LogLevel::kDebug:
            break;
    }
    return GST_LEVEL_DEBUG;
}

// What the library says, to GStreamer's log.
static void log_message(jpegdeblock::LogLevel level, const char* message, void*) noexcept {
    GST_CAT_LEVEL_LOG(jpegdeblock_debug, debug_level(level), nullptr, "%s", message);
}

static gboolean plugin_init(GstPlugin* plugin) {
    GST_DEBUG_CATEGORY_INIT(jpegdeblock_debug, "jpegdeblock", 0, "JPEG artefact removal");
    jpegdeblock::set_log_function(log_message);
    return jpegdeblock_plugin::register_table_meta() && GST_ELEMENT_REGISTER(jpegdeblock, plugin) &&
           GST_ELEMENT_REGISTER(jpegdeblockdec, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, jpegdeblock,
                  "Removes JPEG compression artefacts with small neural networks", plugin_init, VERSION,
                  "LGPL", PACKAGE, PACKAGE_ORIGIN)
