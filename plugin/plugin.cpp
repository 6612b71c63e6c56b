// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "debug.h"
#include "jpegdeblock_decoder.h"
#include "jpegdeblock_filter.h"
#include "table_meta.h"

GST_DEBUG_CATEGORY(jpegdeblock_debug);

static gboolean plugin_init(GstPlugin* plugin) {
    GST_DEBUG_CATEGORY_INIT(jpegdeblock_debug, "jpegdeblock", 0, "JPEG artefact removal");
    return jpegdeblock_plugin::register_table_meta() && GST_ELEMENT_REGISTER(jpegdeblock, plugin) &&
           GST_ELEMENT_REGISTER(jpegdeblockdec, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, jpegdeblock,
                  "Removes JPEG compression artefacts with small neural networks", plugin_init, VERSION,
                  "LGPL", PACKAGE, PACKAGE_ORIGIN)
