// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

/// The plugin's debug category, `jpegdeblock`; registered by plugin_init.
GST_DEBUG_CATEGORY_EXTERN(jpegdeblock_debug);
#define GST_CAT_DEFAULT jpegdeblock_debug
