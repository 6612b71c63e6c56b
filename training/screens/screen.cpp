// SPDX-License-Identifier: LGPL-2.1-or-later
#include "screens/screen.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "screens/scenes.h"

namespace jpegdeblock::training {
namespace {

using Scene = void (*)(ScreenCanvas&, const Theme&, const Box&);

void draw_scene(ScreenCanvas& canvas, const Theme& theme, const Box& box, const std::vector<Scene>& scenes) {
    canvas.push_clip(box);
    canvas.random().pick(scenes)(canvas, theme, box);
    canvas.pop_clip();
}

const std::vector<Scene>& window_scenes() {
    static const std::vector<Scene> scenes = {
        draw_document,    draw_document, draw_web_page, draw_code_editor, draw_terminal,
        draw_spreadsheet, draw_form,     draw_form,     draw_chart,       draw_file_list,
        draw_file_list,   draw_chat,     draw_shapes,   draw_map};
    return scenes;
}

const std::vector<Scene>& full_screen_scenes() {
    static const std::vector<Scene> scenes = {
        draw_document, draw_web_page,  draw_web_page, draw_code_editor, draw_code_editor,
        draw_terminal, draw_terminal,  draw_slide,    draw_slide,       draw_spreadsheet,
        draw_chart,    draw_file_list, draw_shapes,   draw_map,         draw_game,
        draw_game,     draw_game,      draw_chat,     draw_test_pattern};
    return scenes;
}

void draw_wallpaper(ScreenCanvas& canvas) {
    RandomDraws& random = canvas.random();
    const Color first = hsv(random.real(0, 1), random.real(0, 0.9), random.real(0.1, 0.9));
    const Color second = hsv(random.real(0, 1), random.real(0, 0.9), random.real(0.1, 0.9));
    const Box area = canvas.area();
    if (random.chance(0.3)) {
        canvas.fill(area, first);
        return;
    }
    canvas.fill_gradient(area, first, second, random.chance(0.5));
    for (int i = random.integer(0, 6); i > 0; --i)
        canvas.fill_rounded({random.real(-200, area.width), random.real(-200, area.height),
                             random.real(50, 500), random.real(50, 500)},
                            random.real(0, 250), mix(first, grey(random.real(0, 1)), 0.5),
                            random.real(0.05, 0.5));
}

void draw_panel(ScreenCanvas& canvas, const Theme& theme) {
    RandomDraws& random = canvas.random();
    const double height = std::floor(theme.row() * random.real(1.1, 1.8));
    const Box area = canvas.area();
    const Box panel{0, random.chance(0.3) ? 0 : area.height - height, area.width, height};
    canvas.fill(panel, theme.panel);
    double x = 4;
    for (int i = random.integer(2, 8); i > 0 && x < area.width - 23 * theme.size; --i) {
        draw_icon(canvas, {x, panel.y + 4, height - 8, height - 8});
        x += height;
        if (!random.chance(0.4)) continue;
        draw_button(canvas, theme, {x, panel.y + 2, 9 * theme.size, height - 4}, canvas.words().title(2));
        x += 9.5 * theme.size;
    }
    canvas.text_in({area.width - 12 * theme.size, panel.y, 11.5 * theme.size, height},
                   canvas.words().date() + " " + canvas.words().time(), theme.style(), PANGO_ALIGN_RIGHT);
}

void draw_desktop(ScreenCanvas& canvas) {
    RandomDraws& random = canvas.random();
    draw_wallpaper(canvas);
    const Box area = canvas.area();
    const Theme system = draw_theme(canvas);
    if (random.chance(0.4)) {
        const double icon = std::floor(system.size * 3);
        TextStyle label = system.style();
        label.color = grey(1);
        for (double y = 10; y < area.height * random.real(0.3, 1); y += icon * 2) {
            draw_icon(canvas, {20, std::floor(y), icon, icon});
            canvas.text_in({2, std::floor(y) + icon, icon + 36, 1.5 * system.size}, canvas.words().word(),
                           label);
        }
    }
    for (int i = random.integer(1, 4); i > 0; --i) {
        const Theme theme = random.chance(0.6) ? system : draw_theme(canvas);
        const double width = std::floor(area.width * random.real(0.35, 0.95));
        const double height = std::floor(area.height * random.real(0.35, 0.95));
        const Box window{std::floor(random.real(-0.1, 0.9) * (area.width - width)) + 2,
                         std::floor(random.real(0, 1) * (area.height - height)), width, height};
        draw_scene(canvas, theme, draw_window_frame(canvas, theme, window), window_scenes());
    }
    if (random.chance(0.7)) draw_panel(canvas, system);
}

void draw_screen(ScreenCanvas& canvas) {
    RandomDraws& random = canvas.random();
    const double kind = random.real(0, 1);
    if (kind < 0.45) {
        draw_desktop(canvas);
    } else {
        const Theme theme = draw_theme(canvas);
        const bool framed = kind < 0.6;
        const Box content = framed ? draw_window_frame(canvas, theme, canvas.area()) : canvas.area();
        draw_scene(canvas, theme, content, framed ? window_scenes() : full_screen_scenes());
    }
    if (random.chance(0.5))
        draw_mouse_pointer(canvas, random.integer(0, static_cast<int>(canvas.area().width)),
                           random.integer(0, static_cast<int>(canvas.area().height)));
}

// Capture devices often reduce a larger screen to the size of their video.
double draw_reduction(std::uint64_t seed) {
    RandomDraws random(seed ^ 0x9E3779B97F4A7C15ULL);
    return random.chance(0.2) ? random.real(1.2, 2) : 1.0;
}

}  // namespace

RgbPicture render_screen(std::uint64_t seed, int width, int height) {
    if (std::min(width, height) < kSmallestScreenSide || std::max(width, height) > kLargestScreenSide)
        throw Error(ErrorCode::kInvalidArgument,
                    "a screen of " + std::to_string(width) + "x" + std::to_string(height) +
                        " pixels cannot be rendered: each side must be " +
                        std::to_string(kSmallestScreenSide) + " to " + std::to_string(kLargestScreenSide));
    const double reduction = draw_reduction(seed);
    ScreenCanvas canvas(static_cast<int>(std::lround(width * reduction)),
                        static_cast<int>(std::lround(height * reduction)), seed);
    draw_screen(canvas);
    return canvas.picture(width, height);
}

std::vector<LumaImage> render_screens(std::uint64_t first_seed, int count, int width, int height,
                                      Component component, const std::function<void(double)>& progress) {
    std::vector<LumaImage> planes;
    for (int i = 0; i < count; ++i) {
        const auto seed = first_seed + static_cast<std::uint64_t>(i);
        std::vector<LumaImage> screen = planes_of(render_screen(seed, width, height), component);
        std::move(screen.begin(), screen.end(), std::back_inserter(planes));
        progress(static_cast<double>(i + 1) / count);
    }
    return planes;
}

}  // namespace jpegdeblock::training
