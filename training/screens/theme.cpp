// SPDX-License-Identifier: LGPL-2.1-or-later
#include "screens/theme.h"

#include <cmath>

namespace jpegdeblock::training {
namespace {

void fill_path(ScreenCanvas& canvas, const std::vector<std::pair<double, double>>& points,
               const Color& color) {
    cairo_t* cairo = canvas.cairo();
    cairo_new_path(cairo);
    for (const auto& [x, y] : points) cairo_line_to(cairo, x, y);
    cairo_close_path(cairo);
    cairo_set_source_rgb(cairo, color.red, color.green, color.blue);
    cairo_fill(cairo);
}

// Light above, dark below, as if the box stood out of its surroundings.
void draw_bevel(ScreenCanvas& canvas, const Box& box) {
    canvas.line(box.x, box.y + 0.5, box.right(), box.y + 0.5, grey(1));
    canvas.line(box.x + 0.5, box.y, box.x + 0.5, box.bottom(), grey(1));
    canvas.line(box.x, box.bottom() - 0.5, box.right(), box.bottom() - 0.5, grey(0.35));
    canvas.line(box.right() - 0.5, box.y, box.right() - 0.5, box.bottom(), grey(0.35));
}

void draw_title_bar(ScreenCanvas& canvas, const Theme& theme, const Box& bar) {
    RandomDraws& random = canvas.random();
    const bool active = random.chance(0.7);
    Color back = active && random.chance(0.5) ? theme.accent : mix(theme.window, theme.panel, 0.5);
    const bool colored = back.red == theme.accent.red && back.green == theme.accent.green;
    if (random.chance(0.3))
        canvas.fill_gradient(bar, mix(back, grey(1), 0.25), mix(back, grey(0), 0.15), random.chance(0.3));
    else
        canvas.fill(bar, back);
    canvas.line(bar.x, bar.bottom() - 0.5, bar.right(), bar.bottom() - 0.5, theme.border);
    TextStyle style = random.chance(0.6) ? theme.bold_style() : theme.style();
    if (colored) style.color = theme.accent_text;
    const double unit = std::floor(bar.height * 0.4);
    const bool circles = random.chance(0.4);
    double edge = bar.right() - unit;
    for (int i = 0; i < 3; ++i) {
        if (circles) {
            canvas.fill_circle(bar.x + unit + i * unit * 1.6, bar.y + bar.height / 2, unit / 2,
                               hsv(0.16 * i, 0.7, 0.95));
            continue;
        }
        const Box sign{edge - unit, bar.y + std::floor((bar.height - unit) / 2), unit, unit};
        if (theme.raised) {
            canvas.fill(sign.inset(-2), theme.window);
            draw_bevel(canvas, sign.inset(-2));
        }
        const Color color = theme.raised ? theme.text : style.color;
        if (i == 0) {
            canvas.line(sign.x, sign.y, sign.right(), sign.bottom(), color);
            canvas.line(sign.right(), sign.y, sign.x, sign.bottom(), color);
        } else if (i == 1) {
            canvas.outline(sign, color);
        } else {
            canvas.fill({sign.x, sign.bottom() - 1, unit, 1}, color);
        }
        edge -= unit * 2;
    }
    const double left = circles ? 6 * unit : 2.2 * unit;
    if (!circles) draw_icon(canvas, {bar.x + 3, bar.y + 3, bar.height - 6, bar.height - 6});
    canvas.text_in({bar.x + left + unit, bar.y, bar.width - left - (circles ? 2 : 8) * unit, bar.height},
                   canvas.words().file_name() + " - " + canvas.words().title(random.integer(1, 3)), style,
                   random.chance(0.5) ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
}

void draw_menu(ScreenCanvas& canvas, const Theme& theme, const Box& bar) {
    canvas.fill(bar, theme.window);
    double x = bar.x + 6;
    while (x < bar.right() - 3 * theme.size) {
        x +=
            canvas
                .text(canvas.words().title(1), x, bar.y + (bar.height - theme.size * 1.35) / 2, theme.style())
                .width +
            theme.size;
        if (canvas.random().chance(0.1)) break;
    }
}

void draw_tool_bar(ScreenCanvas& canvas, const Theme& theme, const Box& bar) {
    canvas.fill(bar, theme.panel);
    canvas.line(bar.x, bar.bottom() - 0.5, bar.right(), bar.bottom() - 0.5, theme.border);
    const double side = bar.height - 8;
    for (double x = bar.x + 4; x + side < bar.right(); x += side + 6) {
        if (canvas.random().chance(0.15)) {
            canvas.line(x + 0.5, bar.y + 4, x + 0.5, bar.bottom() - 4, theme.border);
            x += 4;
        }
        if (canvas.random().chance(0.08)) {
            draw_text_field(canvas, theme, {x, bar.y + 4, std::min(5 * side, bar.right() - x), side});
            x += 5 * side;
            continue;
        }
        draw_icon(canvas, {x, bar.y + 4, side, side});
        if (canvas.random().chance(0.06)) break;
    }
}

}  // namespace

Theme draw_theme(ScreenCanvas& canvas) {
    RandomDraws& random = canvas.random();
    Theme theme;
    theme.dark = random.chance(0.4);
    const double hue = random.real(0, 1), tint = random.chance(0.5) ? 0 : random.real(0, 0.25);
    theme.raised = !theme.dark && random.chance(0.15);
    const double base = theme.dark     ? random.real(0.08, 0.27)
                        : theme.raised ? random.real(0.7, 0.83)
                                       : random.real(0.9, 0.98);
    const double towards = theme.dark ? 1 : 0;
    theme.window = hsv(hue, tint * (theme.dark ? 1 : 0.3), base);
    theme.panel = mix(theme.window, grey(towards), random.real(0.02, 0.08));
    theme.field = theme.dark ? mix(theme.window, grey(0), random.real(0, 0.4)) : grey(random.real(0.97, 1));
    theme.text = mix(theme.window, grey(towards), random.real(0.72, 1));
    theme.dim_text = mix(theme.window, theme.text, random.real(0.4, 0.7));
    theme.border = mix(theme.window, theme.text, random.real(0.12, 0.4));
    theme.accent = hsv(random.real(0, 1), random.real(0.5, 1), random.real(0.4, 0.95));
    const double luma = 0.299 * theme.accent.red + 0.587 * theme.accent.green + 0.114 * theme.accent.blue;
    theme.accent_text = grey(luma > 0.6 ? 0.05 : 1);
    theme.family = random.chance(0.55) ? "Sans" : canvas.family();
    theme.size = random.chance(0.7) ? random.integer(10, 15) : random.integer(8, 22);
    theme.radius = theme.raised || random.chance(0.3) ? 0 : random.integer(2, 10);
    return theme;
}

void draw_icon(ScreenCanvas& canvas, const Box& box) {
    if (box.width < 4 || box.height < 4) return;
    RandomDraws& random = canvas.random();
    const Color color = hsv(random.real(0, 1), random.real(0, 1), random.real(0.2, 1));
    const Color other = hsv(random.real(0, 1), random.real(0, 1), random.real(0.1, 1));
    const Box inner = box.inset(std::floor(box.width / 5));
    const double centre_x = box.x + box.width / 2, centre_y = box.y + box.height / 2;
    switch (random.integer(0, 7)) {
        case 0:  // An application: a letter on a tile.
            canvas.fill_rounded(box, box.width / 5, color);
            canvas.text_in(
                box, canvas.words().letter(),
                {.family = "Sans", .size = box.height * 0.6, .weight = PANGO_WEIGHT_BOLD, .color = grey(1)});
            break;
        case 1:  // A folder.
            canvas.fill_rounded({box.x, box.y + box.height / 8, box.width / 2, box.height / 2}, 2,
                                mix(color, grey(0), 0.3));
            canvas.fill_rounded({box.x, box.y + box.height / 4, box.width, box.height * 0.65}, 2, color);
            break;
        case 2: {  // A sheet of paper.
            const Box sheet{box.x + box.width / 6, box.y, box.width * 2 / 3, box.height};
            canvas.fill(sheet, grey(0.98));
            canvas.outline(sheet, grey(0.4));
            for (double y = sheet.y + 4; y < sheet.bottom() - 3; y += 3)
                canvas.line(sheet.x + 3, y + 0.5, sheet.right() - 3, y + 0.5, mix(color, grey(0.6), 0.6));
            break;
        }
        case 3:
            canvas.fill_circle(centre_x, centre_y, box.width / 2, color);
            canvas.fill_circle(centre_x, centre_y, box.width / 4, other);
            break;
        case 4: {  // A star.
            std::vector<std::pair<double, double>> points;
            for (int i = 0; i < 10; ++i) {
                const double radius = box.width * (i % 2 == 0 ? 0.5 : 0.22);
                points.emplace_back(centre_x + radius * std::sin(i * 0.6283),
                                    centre_y - radius * std::cos(i * 0.6283));
            }
            fill_path(canvas, points, color);
            break;
        }
        case 5:  // An arrow.
            fill_path(canvas, {{inner.x, inner.y}, {inner.right(), centre_y}, {inner.x, inner.bottom()}},
                      color);
            break;
        case 6:  // A picture.
            canvas.fill_gradient(box, color, other, random.chance(0.5));
            canvas.outline(box, grey(0.3));
            break;
        default:  // A drawing of lines.
            canvas.outline(inner, color, std::max(1.0, std::floor(box.width / 10)), inner.width / 4);
            canvas.line(box.x + 2, box.bottom() - 2, box.right() - 2, box.y + 2, color,
                        std::max(1.0, box.width / 12));
    }
}

void draw_button(ScreenCanvas& canvas, const Theme& theme, const Box& box, const std::string& label,
                 bool primary) {
    const Color back = primary ? theme.accent : mix(theme.window, theme.text, 0.08);
    canvas.fill_rounded(box, theme.radius, back);
    if (theme.raised)
        draw_bevel(canvas, box);
    else
        canvas.outline(box, theme.border, 1, theme.radius);
    TextStyle style = theme.style();
    if (primary) style.color = theme.accent_text;
    canvas.text_in(box.inset(2), label, style);
}

void draw_text_field(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    canvas.fill_rounded(box, theme.radius, theme.field);
    canvas.outline(box, canvas.random().chance(0.2) ? theme.accent : theme.border, 1, theme.radius);
    if (canvas.random().chance(0.8))
        canvas.text_in(box.inset(4), canvas.words().title(canvas.random().integer(1, 3)),
                       canvas.random().chance(0.5) ? theme.style() : theme.dim_style(), PANGO_ALIGN_LEFT);
}

void draw_scroll_bar(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    canvas.fill(box, theme.panel);
    const double length = box.height * canvas.random().real(0.1, 0.7);
    canvas.fill_rounded(
        {box.x + 2, box.y + canvas.random().real(0, box.height - length), box.width - 4, length},
        theme.radius, mix(theme.panel, theme.text, 0.35));
}

void draw_check_box(ScreenCanvas& canvas, const Theme& theme, double x, double y) {
    const Box box{x, y, std::floor(theme.size), std::floor(theme.size)};
    const bool checked = canvas.random().chance(0.5);
    if (canvas.random().chance(0.4)) {
        canvas.fill_circle(x + box.width / 2, y + box.height / 2, box.width / 2, theme.border);
        canvas.fill_circle(x + box.width / 2, y + box.height / 2, box.width / 2 - 1, theme.field);
        if (checked) canvas.fill_circle(x + box.width / 2, y + box.height / 2, box.width / 4, theme.accent);
        return;
    }
    canvas.fill(box, checked ? theme.accent : theme.field);
    canvas.outline(box, theme.border);
    if (!checked) return;
    canvas.line(x + box.width * 0.2, y + box.height * 0.5, x + box.width * 0.45, y + box.height * 0.8,
                theme.accent_text, 1.5);
    canvas.line(x + box.width * 0.45, y + box.height * 0.8, x + box.width * 0.85, y + box.height * 0.2,
                theme.accent_text, 1.5);
}

Box draw_window_frame(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    if (random.chance(0.5))
        for (int i = 1; i <= 6; ++i) canvas.fill_rounded(box.inset(-i), theme.radius + i, grey(0), 0.06);
    canvas.fill(box, theme.window);
    Box content = box.inset(1);
    const auto take = [&content](double height) {
        const Box bar{content.x, content.y, content.width, std::floor(height)};
        content.y += bar.height;
        content.height -= bar.height;
        return bar;
    };
    if (random.chance(0.9)) draw_title_bar(canvas, theme, take(theme.row() * random.real(1, 1.4)));
    if (random.chance(0.5)) draw_menu(canvas, theme, take(theme.row()));
    if (random.chance(0.4)) draw_tool_bar(canvas, theme, take(theme.row() * 1.3));
    if (random.chance(0.35)) {
        const double height = theme.row();
        content.height -= height;
        const Box bar{content.x, content.bottom(), content.width, height};
        canvas.fill(bar, theme.panel);
        canvas.line(bar.x, bar.y + 0.5, bar.right(), bar.y + 0.5, theme.border);
        canvas.text_in(bar.inset(3), canvas.words().sentence(), theme.dim_style(), PANGO_ALIGN_LEFT);
    }
    canvas.outline(box, theme.border);
    return content;
}

void draw_mouse_pointer(ScreenCanvas& canvas, double x, double y) {
    const bool black = canvas.random().chance(0.5);
    const auto arrow = [&](double grow) {
        return std::vector<std::pair<double, double>>{{x - grow, y - 2 * grow},
                                                      {x - grow, y + 16 + grow},
                                                      {x + 4, y + 12 + grow},
                                                      {x + 7, y + 18 + grow},
                                                      {x + 9 + grow, y + 17},
                                                      {x + 7 + grow, y + 11 + grow},
                                                      {x + 12 + 2 * grow, y + 11 + grow}};
    };
    fill_path(canvas, arrow(1), grey(black ? 1 : 0));
    fill_path(canvas, arrow(0), grey(black ? 0 : 1));
}

}  // namespace jpegdeblock::training
