// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <numbers>

#include "screens/scenes.h"

namespace jpegdeblock::training {
namespace {

constexpr double kPi = std::numbers::pi;

Color any_color(RandomDraws& random) {
    return hsv(random.real(0, 1), random.real(0, 1), random.real(0.1, 1));
}

void set_color(ScreenCanvas& canvas, const Color& color) {
    cairo_set_source_rgb(canvas.cairo(), color.red, color.green, color.blue);
}

// Values of a smooth random walk in 0..1.
std::vector<double> random_walk(RandomDraws& random, int count) {
    std::vector<double> values;
    double value = random.real(0.2, 0.8), slope = 0;
    const double roughness = random.real(0.01, 0.15);
    for (int i = 0; i < count; ++i) {
        slope = 0.7 * slope + random.real(-roughness, roughness);
        value += slope;
        if (value < 0.02 || value > 0.98) slope = -slope;
        value = std::clamp(value, 0.02, 0.98);
        values.push_back(value);
    }
    return values;
}

void draw_pie(ScreenCanvas& canvas, const Theme& theme, const Box& plot, const std::vector<Color>& colors) {
    const double x = plot.x + plot.width / 2, y = plot.y + plot.height / 2;
    const double radius = std::min(plot.width, plot.height) * 0.42;
    double from = 0;
    for (std::size_t i = 0; i < colors.size(); ++i) {
        const double to =
            i + 1 == colors.size() ? 2 * kPi : from + (2 * kPi - from) * canvas.random().real(0.2, 0.6);
        cairo_move_to(canvas.cairo(), x, y);
        cairo_arc(canvas.cairo(), x, y, radius, from, to);
        cairo_close_path(canvas.cairo());
        set_color(canvas, colors[i]);
        cairo_fill(canvas.cairo());
        canvas.line(x, y, x + radius * std::cos(from), y + radius * std::sin(from), theme.field, 2);
        from = to;
    }
    if (canvas.random().chance(0.3)) canvas.fill_circle(x, y, radius / 2, theme.field);
}

void draw_heat_map(ScreenCanvas& canvas, const Box& plot, const Color& low, const Color& high) {
    const int columns = canvas.random().integer(4, 20), rows = canvas.random().integer(4, 14);
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            const double left = std::floor(plot.x + plot.width * column / columns);
            const double top = std::floor(plot.y + plot.height * row / rows);
            canvas.fill({left, top, std::floor(plot.x + plot.width * (column + 1) / columns) - left,
                         std::floor(plot.y + plot.height * (row + 1) / rows) - top},
                        mix(low, high, canvas.random().real(0, 1)));
        }
}

void draw_curve(ScreenCanvas& canvas, const Box& plot, const Color& color, bool filled) {
    RandomDraws& random = canvas.random();
    const int count = random.integer(5, 120);
    const std::vector<double> values = random_walk(random, count);
    cairo_t* cairo = canvas.cairo();
    cairo_new_path(cairo);
    for (int i = 0; i < count; ++i)
        cairo_line_to(cairo, plot.x + plot.width * i / (count - 1),
                      plot.bottom() - plot.height * values[static_cast<std::size_t>(i)]);
    set_color(canvas, color);
    if (filled) {
        cairo_line_to(cairo, plot.right(), plot.bottom());
        cairo_line_to(cairo, plot.x, plot.bottom());
        cairo_close_path(cairo);
        cairo_fill(cairo);
        return;
    }
    if (random.chance(0.25)) {
        const double dash = random.integer(2, 8);
        cairo_set_dash(cairo, &dash, 1, 0);
    }
    cairo_set_line_width(cairo, random.pick(std::vector<double>{1, 1.5, 2, 3}));
    cairo_stroke(cairo);
    cairo_set_dash(cairo, nullptr, 0, 0);
    if (count < 25 && random.chance(0.5))
        for (int i = 0; i < count; ++i)
            canvas.fill_circle(plot.x + plot.width * i / (count - 1),
                               plot.bottom() - plot.height * values[static_cast<std::size_t>(i)], 3, color);
}

void draw_bars(ScreenCanvas& canvas, const Box& plot, const std::vector<Color>& colors) {
    RandomDraws& random = canvas.random();
    const int groups = random.integer(3, 24);
    const double group = plot.width / groups,
                 width = group * random.real(0.5, 1) / static_cast<double>(colors.size());
    const bool crisp = random.chance(0.6);
    for (int i = 0; i < groups; ++i)
        for (std::size_t j = 0; j < colors.size(); ++j) {
            Box bar{plot.x + i * group + static_cast<double>(j) * width, 0, width,
                    plot.height * random.real(0.03, 1)};
            if (crisp)
                bar = {std::floor(bar.x), 0, std::max(1.0, std::floor(bar.width)), std::floor(bar.height)};
            bar.y = plot.bottom() - bar.height;
            canvas.fill(bar, colors[j]);
        }
}

// A sprite of few colours, symmetric, as small games have: pixels as squares.
void draw_sprite(ScreenCanvas& canvas, const Box& box, int pixels, const std::vector<Color>& colors) {
    const double side = box.width / pixels;
    for (int y = 0; y < pixels; ++y)
        for (int x = 0; x < (pixels + 1) / 2; ++x) {
            const double from_centre = std::hypot(x - pixels / 2.0, y - pixels / 2.0) / pixels;
            if (!canvas.random().chance(1.1 - 1.7 * from_centre)) continue;
            const Color& color = canvas.random().pick(colors);
            canvas.fill({box.x + x * side, box.y + y * side, side, side}, color);
            canvas.fill({box.x + (pixels - 1 - x) * side, box.y + y * side, side, side}, color);
        }
}

}  // namespace

void draw_chart(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    TextStyle small = theme.style();
    small.size = std::max(7.0, theme.size - 2);
    const double left = std::floor(4 * small.size), bottom = std::floor(2.5 * small.size);
    const double top = std::floor(2.5 * theme.size);
    const Box plot{box.x + left, box.y + top, box.width - left - std::floor(small.size),
                   box.height - top - bottom};
    if (plot.width < 24 || plot.height < 24) return;
    canvas.text_in({box.x, box.y, box.width, top}, canvas.words().title(random.integer(2, 4)),
                   theme.bold_style());
    std::vector<Color> colors;
    for (int i = random.integer(1, 4); i > 0; --i)
        colors.push_back(
            hsv(random.real(0, 1), random.real(0.4, 1), theme.dark ? 0.9 : random.real(0.4, 0.9)));
    const int kind = random.integer(0, 6);
    if (kind == 0) {
        colors.push_back(any_color(random));
        draw_pie(canvas, theme, plot, colors);
    } else {
        const int ticks_x = random.integer(3, 10), ticks_y = random.integer(3, 8);
        const bool grid = random.chance(0.6);
        const double dash[] = {random.pick(std::vector<double>{1, 2, 4})};
        if (random.chance(0.5)) cairo_set_dash(canvas.cairo(), dash, 1, 0);
        for (int i = 0; grid && i <= ticks_x; ++i) {
            const double x = std::floor(plot.x + plot.width * i / ticks_x) + 0.5;
            canvas.line(x, plot.y, x, plot.bottom(), theme.border);
        }
        for (int i = 0; grid && i <= ticks_y; ++i) {
            const double y = std::floor(plot.y + plot.height * i / ticks_y) + 0.5;
            canvas.line(plot.x, y, plot.right(), y, theme.border);
        }
        cairo_set_dash(canvas.cairo(), nullptr, 0, 0);
        canvas.push_clip(plot);
        if (kind == 1) {
            draw_bars(canvas, plot, colors);
        } else if (kind == 2) {
            draw_heat_map(canvas, plot, colors.front(), random.chance(0.5) ? grey(1) : grey(0));
        } else if (kind == 3) {
            const double radius = random.real(1, 4);
            for (int i = random.integer(20, 250); i > 0; --i)
                canvas.fill_circle(plot.x + plot.width * (random.real(0, 1) + random.real(0, 1)) / 2,
                                   plot.y + plot.height * (random.real(0, 1) + random.real(0, 1)) / 2, radius,
                                   random.pick(colors));
        } else {
            for (const Color& color : colors) draw_curve(canvas, plot, color, kind == 4);
        }
        canvas.pop_clip();
        canvas.line(plot.x - 0.5, plot.y, plot.x - 0.5, plot.bottom(), theme.text);
        canvas.line(plot.x, plot.bottom() + 0.5, plot.right(), plot.bottom() + 0.5, theme.text);
        for (int i = 0; i <= ticks_x; ++i)
            canvas.text_in(
                {plot.x + plot.width * i / ticks_x - left / 2, plot.bottom() + 3, left, small.size * 1.5},
                std::to_string(i * 10), small);
        for (int i = 0; i <= ticks_y; ++i)
            canvas.text_in(
                {box.x, plot.bottom() - plot.height * i / ticks_y - small.size, left - 5, small.size * 2},
                std::to_string(i * 5), small, PANGO_ALIGN_RIGHT);
    }
    if (random.chance(0.6)) {
        const Box legend{plot.right() - 9 * small.size, plot.y + 6, 8.5 * small.size,
                         static_cast<double>(colors.size()) * small.size * 1.6 + 4};
        canvas.fill(legend, theme.field);
        canvas.outline(legend, theme.border);
        for (std::size_t i = 0; i < colors.size(); ++i) {
            const double y = legend.y + 3 + static_cast<double>(i) * small.size * 1.6;
            canvas.fill({legend.x + 4, y + 2, small.size, small.size * 0.8}, colors[i]);
            canvas.text_in({legend.x + small.size * 2, y, legend.width - small.size * 2, small.size * 1.5},
                           canvas.words().word(), small, PANGO_ALIGN_LEFT);
        }
    }
}

void draw_shapes(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, random.chance(0.5) ? theme.field : any_color(random));
    cairo_t* cairo = canvas.cairo();
    const bool flat = random.chance(0.5);
    for (int i = random.integer(5, 40); i > 0; --i) {
        const double x = random.real(box.x, box.right()), y = random.real(box.y, box.bottom());
        const double size = random.real(4, std::max(8.0, box.height / 3));
        const Color color = any_color(random);
        switch (random.integer(0, 6)) {
            case 0:
                canvas.fill_circle(x, y, size / 2, color);
                break;
            case 1:
                canvas.outline({x, y, size, size * random.real(0.3, 2)}, color, random.integer(1, 5),
                               flat ? 0 : size / 5);
                break;
            case 2:
                if (flat)
                    canvas.fill({std::floor(x), std::floor(y), std::floor(size), std::floor(size)}, color);
                else
                    canvas.fill_gradient({x, y, size, size}, color, any_color(random), random.chance(0.5));
                break;
            case 3:  // A polygon.
                cairo_new_path(cairo);
                for (int corner = random.integer(3, 7); corner > 0; --corner)
                    cairo_line_to(cairo, x + random.real(-size, size), y + random.real(-size, size));
                cairo_close_path(cairo);
                set_color(canvas, color);
                cairo_fill(cairo);
                break;
            case 4:  // A curve.
                cairo_move_to(cairo, x, y);
                cairo_curve_to(cairo, x + random.real(-200, 200), y + random.real(-200, 200),
                               x + random.real(-200, 200), y + random.real(-200, 200),
                               x + random.real(-200, 200), y + random.real(-200, 200));
                set_color(canvas, color);
                cairo_set_line_width(cairo, random.real(0.7, 6));
                cairo_stroke(cairo);
                break;
            case 5: {  // A fan of lines.
                const int lines = random.integer(3, 30);
                for (int j = 0; j < lines; ++j)
                    canvas.line(x, y, x + size * 2 * std::cos(kPi * j / lines),
                                y + size * 2 * std::sin(kPi * j / lines), color, random.chance(0.8) ? 1 : 2);
                break;
            }
            default:
                canvas.text(canvas.words().title(1), x, y,
                            {.family = canvas.family(),
                             .size = std::max(6.0, size / 2),
                             .weight = PANGO_WEIGHT_BOLD,
                             .italic = random.chance(0.3),
                             .color = color});
        }
    }
}

void draw_map(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    const Color land = theme.dark ? hsv(0.6, 0.2, 0.2) : hsv(random.real(0.08, 0.3), 0.08, 0.93);
    canvas.fill(box, land);
    cairo_t* cairo = canvas.cairo();
    for (int i = random.integer(2, 8); i > 0; --i) {  // Parks and water.
        const double x = random.real(box.x, box.right()), y = random.real(box.y, box.bottom());
        cairo_new_path(cairo);
        for (int corner = 0; corner < 8; ++corner)
            cairo_line_to(cairo, x + random.real(30, 120) * std::cos(corner * kPi / 4),
                          y + random.real(30, 120) * std::sin(corner * kPi / 4));
        set_color(canvas, hsv(random.chance(0.5) ? 0.57 : 0.3, 0.35, theme.dark ? 0.35 : 0.85));
        cairo_fill(cairo);
    }
    const double angle = random.real(0, kPi / 2);
    for (int i = random.integer(0, 150); i > 0; --i) {  // Houses.
        const double side = random.real(4, 14);
        cairo_save(cairo);
        cairo_translate(cairo, random.real(box.x, box.right()), random.real(box.y, box.bottom()));
        cairo_rotate(cairo, angle);
        canvas.fill({0, 0, side, side * random.real(0.5, 2)}, mix(land, grey(0.5), 0.3));
        cairo_restore(cairo);
    }
    for (int i = random.integer(6, 30); i > 0; --i) {  // Roads, with edges.
        const bool across = random.chance(0.5);
        const double at_x = random.real(box.x, box.right()), at_y = random.real(box.y, box.bottom());
        const double direction = angle + (across ? kPi / 2 : 0) + random.real(-0.1, 0.1);
        const double along_x = 2000 * std::cos(direction), along_y = 2000 * std::sin(direction);
        const double width = random.pick(std::vector<double>{1, 2, 4, 7});
        canvas.line(at_x - along_x, at_y - along_y, at_x + along_x, at_y + along_y, mix(land, grey(0.4), 0.5),
                    width + 2);
        canvas.line(at_x - along_x, at_y - along_y, at_x + along_x, at_y + along_y,
                    width > 4 ? hsv(0.13, 0.6, 0.98) : mix(land, grey(1), 0.8), width);
    }
    for (int i = random.integer(4, 20); i > 0; --i) {
        const double x = random.real(box.x, box.right()), y = random.real(box.y, box.bottom());
        TextStyle style = theme.style();
        style.size = random.integer(8, 16);
        style.italic = random.chance(0.3);
        cairo_save(cairo);
        cairo_translate(cairo, x, y);
        if (random.chance(0.5)) cairo_rotate(cairo, angle);
        canvas.text(canvas.words().title(random.integer(1, 2)), 0, 0, style);
        cairo_restore(cairo);
    }
}

void draw_game(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    const Color sky = any_color(random);
    if (random.chance(0.5))
        canvas.fill_gradient(box, sky, mix(sky, grey(1), 0.6));
    else
        canvas.fill(box, sky);
    const double tile = random.pick(std::vector<double>{16, 24, 32, 48});
    std::vector<std::vector<Color>> palettes;
    for (int i = 0; i < 4; ++i) palettes.push_back({any_color(random), any_color(random), any_color(random)});
    const int columns = static_cast<int>(box.width / tile) + 1,
              rows = static_cast<int>(box.height / tile) + 1;
    const bool from_above = random.chance(0.4);
    int ground = rows - random.integer(2, 5);
    const double wave_x = random.real(0.2, 0.8), wave_y = random.real(0.2, 0.8),
                 roughness = random.real(0, 1);
    for (int column = 0; column < columns; ++column) {
        if (random.chance(0.25)) ground = std::clamp(ground + random.integer(-1, 1), rows / 3, rows - 1);
        for (int row = 0; row < rows; ++row) {
            const Box place{box.x + column * tile, box.y + row * tile, tile, tile};
            const bool solid = from_above ? std::sin(wave_x * column) + std::sin(wave_y * row) +
                                                    roughness * random.real(-1, 1) >
                                                -0.3
                                          : row >= ground;
            if (!solid) {
                if (random.chance(0.03))
                    draw_sprite(canvas, place, random.chance(0.5) ? 8 : 12, random.pick(palettes));
                continue;
            }
            const std::vector<Color>& palette =
                palettes[from_above ? static_cast<std::size_t>(std::sin(wave_y * column + wave_x * row) > 0)
                         : row == ground ? 0
                                         : 1];
            canvas.fill(place, palette[0]);
            const double pixel = tile / 8;
            for (int i = 0; i < 6; ++i)
                canvas.fill({place.x + pixel * random.integer(0, 7), place.y + pixel * random.integer(0, 7),
                             pixel, pixel},
                            palette[static_cast<std::size_t>(random.integer(1, 2))]);
            if (random.chance(0.5)) canvas.outline(place, mix(palette[0], grey(0), 0.4), pixel > 3 ? 2 : 1);
        }
    }
    for (int i = random.integer(2, 10); i > 0; --i) {
        const double side = tile * random.integer(1, 3);
        draw_sprite(canvas,
                    {std::floor(random.real(box.x, box.right() - side)),
                     std::floor(random.real(box.y, box.bottom() - side)), side, side},
                    random.pick(std::vector<int>{8, 12, 16}), random.pick(palettes));
    }
    TextStyle style{.family = canvas.family(random.chance(0.5)),
                    .size = static_cast<double>(random.integer(12, 28)),
                    .weight = PANGO_WEIGHT_BOLD,
                    .color = grey(0)};
    const std::string score = canvas.words().title(1) + " " + std::to_string(random.integer(0, 99999));
    canvas.text(score, box.x + 10, box.y + 8, style);
    style.color = grey(1);
    canvas.text(score, box.x + 8, box.y + 6, style);
    const Box gauge{box.right() - 120, box.y + 10, 110, 14};
    canvas.fill(gauge, grey(0));
    canvas.fill({gauge.x + 2, gauge.y + 2, 106 * random.real(0.1, 1), 10},
                hsv(random.real(0, 0.35), 0.9, 0.9));
    if (random.chance(0.3)) {
        const Box message = {box.x + box.width * 0.1, box.bottom() - box.height * 0.3, box.width * 0.8,
                             box.height * 0.25};
        canvas.fill(message, grey(0), 0.75);
        canvas.outline(message, grey(1), 2);
        style.size = theme.size + 4;
        canvas.text(canvas.words().paragraph(2), message.x + 10, message.y + 8, style,
                    {.width = std::max(16.0, message.width - 20), .wrap = true});
    }
}

void draw_test_pattern(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, grey(random.pick(std::vector<double>{0, 0.5, 1})));
    const int columns = random.integer(2, 4), rows = random.integer(2, 4);
    for (int column = 0; column < columns; ++column)
        for (int row = 0; row < rows; ++row) {
            const Box part{std::floor(box.x + box.width * column / columns) + 2,
                           std::floor(box.y + box.height * row / rows) + 2,
                           std::floor(box.width / columns) - 4, std::floor(box.height / rows) - 4};
            const Color color = random.chance(0.6) ? grey(1) : any_color(random);
            const Color back = random.chance(0.6) ? grey(0) : any_color(random);
            canvas.push_clip(part);
            canvas.fill(part, back);
            const double period = random.integer(2, 12);
            switch (random.integer(0, 5)) {
                case 0:  // Bars.
                    for (int i = 0; i < 8; ++i)
                        canvas.fill(
                            {std::floor(part.x + part.width * i / 8), part.y, std::ceil(part.width / 8),
                             part.height},
                            {(i & 1) != 0 ? 1.0 : 0.0, (i & 2) != 0 ? 1.0 : 0.0, (i & 4) != 0 ? 1.0 : 0.0});
                    break;
                case 1:  // A grating, upright or lying.
                    if (random.chance(0.5))
                        for (double x = part.x; x < part.right(); x += period)
                            canvas.fill({x, part.y, std::ceil(period / 2), part.height}, color);
                    else
                        for (double y = part.y; y < part.bottom(); y += period)
                            canvas.fill({part.x, y, part.width, std::ceil(period / 2)}, color);
                    break;
                case 2:  // Rings.
                    for (double radius = part.height; radius > 1; radius -= period)
                        canvas.fill_circle(part.x + part.width / 2, part.y + part.height / 2, radius,
                                           std::fmod(radius, 2 * period) < period ? color : back);
                    break;
                case 3:
                    canvas.fill_gradient(part, back, color, random.chance(0.5));
                    break;
                case 4: {  // Text of ever smaller size.
                    double y = part.y + 2;
                    for (double size = 32; size >= 6 && y < part.bottom(); size = std::floor(size * 0.85)) {
                        const TextStyle style{.family = theme.family, .size = size, .color = color};
                        y += canvas.text(canvas.words().title(4), part.x + 3, y, style).height;
                    }
                    break;
                }
                default:  // A board.
                    for (double y = part.y; y < part.bottom(); y += 2 * period)
                        for (double x = part.x; x < part.right(); x += 2 * period) {
                            canvas.fill({x, y, period, period}, color);
                            canvas.fill({x + period, y + period, period, period}, color);
                        }
            }
            canvas.pop_clip();
        }
}

}  // namespace jpegdeblock::training
