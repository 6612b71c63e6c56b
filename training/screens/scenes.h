// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "screens/theme.h"

namespace jpegdeblock::training {

/// What windows and whole screens show; each fills its box.
void draw_document(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_web_page(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_code_editor(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_terminal(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_spreadsheet(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_form(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_file_list(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_chat(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_slide(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_chart(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_shapes(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_map(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_game(ScreenCanvas& canvas, const Theme& theme, const Box& box);
void draw_test_pattern(ScreenCanvas& canvas, const Theme& theme, const Box& box);

}  // namespace jpegdeblock::training
