// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <jpegdeblock/jpeg.h>

#include <stdexcept>
#include <string>

/// Writes a grey picture (R = G = B) as a PNG.
inline void write_grey_png(const std::string& path, const jpegdeblock::LumaImage& luma) {
    GdkPixbuf* pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, luma.width, luma.height);
    for (int y = 0; y < luma.height; ++y)
        for (int x = 0; x < luma.width; ++x)
            for (int channel = 0; channel < 3; ++channel)
                gdk_pixbuf_get_pixels(pixbuf)[y * gdk_pixbuf_get_rowstride(pixbuf) + 3 * x + channel] =
                    luma.view().row(y)[x];
    const bool saved = gdk_pixbuf_save(pixbuf, path.c_str(), "png", nullptr, nullptr) != FALSE;
    g_object_unref(pixbuf);
    if (!saved) throw std::runtime_error("cannot write " + path);
}
