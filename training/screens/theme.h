// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "screens/canvas.h"

namespace jpegdeblock::training {

/// Colours, fonts and measures of a program's window.
struct Theme {
    bool dark = false;
    Color window, panel, field, text, dim_text, border, accent, accent_text;
    std::string family;
    double size = 12;     ///< Of the interface's text, pixels.
    double radius = 4;    ///< Of corners; 0: none.
    bool raised = false;  ///< Buttons with bright and dark edges, as old toolkits draw them.

    double row() const { return std::max(8.0, std::floor(size * 1.8)); }
    TextStyle style() const { return {.family = family, .size = size, .color = text}; }
    TextStyle dim_style() const { return {.family = family, .size = size, .color = dim_text}; }
    TextStyle bold_style() const {
        return {.family = family, .size = size, .weight = PANGO_WEIGHT_BOLD, .color = text};
    }
};

Theme draw_theme(ScreenCanvas& canvas);

/// The parts that windows are made of, each drawn into its box.
void draw_icon(ScreenCanvas& canvas, const Box& box);
void draw_button(ScreenCanvas& canvas, const Theme& theme, const Box& box, const std::string& label,
                 bool primary = false);
void draw_text_field(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_scroll_bar(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_check_box(ScreenCanvas& canvas, const Theme& theme, double x, double y);
/// Drawn within the box: a window's frame, title bar, perhaps menu, toolbar and status bar. Returns what is
/// left for the content.
Box draw_window_frame(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_mouse_pointer(ScreenCanvas& canvas, double x, double y);

}  // namespace jpegdeblock::training
