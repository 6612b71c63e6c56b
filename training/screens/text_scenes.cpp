// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cmath>

#include "screens/scenes.h"

namespace jpegdeblock::training {
namespace {

// Headings, paragraphs and lists, one below the other.
void draw_column(ScreenCanvas& canvas, const Box& box, const TextStyle& body, const Color& accent) {
    RandomDraws& random = canvas.random();
    const bool justify = random.chance(0.4);
    const double spacing = random.real(1, 1.4);
    double y = box.y;
    while (y < box.bottom()) {
        const double kind = random.real(0, 1);
        if (kind < 0.2) {
            TextStyle heading = body;
            heading.size = std::floor(body.size * random.real(1.2, 2));
            heading.weight = PANGO_WEIGHT_BOLD;
            if (random.chance(0.3)) heading.color = accent;
            y += canvas
                     .text(canvas.words().title(random.integer(1, 5)), box.x, y, heading,
                           {.width = box.width, .wrap = true})
                     .height;
        } else if (kind < 0.35) {
            const int items = random.integer(2, 5);
            const double indent = body.size * 1.5;
            for (int i = 0; i < items && y < box.bottom(); ++i) {
                canvas.fill_circle(box.x + indent / 2, y + body.size * 0.75, body.size / 6, body.color);
                y += canvas
                         .text(canvas.words().sentence(), box.x + indent, y, body,
                               {.width = std::max(8.0, box.width - indent), .wrap = true})
                         .height;
            }
        } else {
            TextStyle style = body;
            style.italic = random.chance(0.08);
            style.underline = random.chance(0.05);
            if (style.underline) style.color = accent;
            y += canvas
                     .text(canvas.words().paragraph(random.integer(2, 6)), box.x, y, style,
                           {.width = box.width, .wrap = true, .justify = justify, .line_spacing = spacing})
                     .height;
        }
        y += std::floor(std::max(2.0, body.size * 0.8));
    }
}

Color token_color(RandomDraws& random, bool dark) {
    return hsv(random.real(0, 1), random.real(0.3, 0.9),
               dark ? random.real(0.65, 1) : random.real(0.2, 0.65));
}

}  // namespace

void draw_document(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, mix(theme.window, grey(0.5), 0.3));
    Box page = box;
    if (random.chance(0.5)) {
        const double margin = std::floor(box.width * random.real(0.02, 0.12));
        page = {box.x + margin, box.y + random.integer(0, 12), box.width - 2 * margin, box.height};
        canvas.outline(page.inset(-1), theme.border);
    }
    canvas.fill(page, theme.field);
    const TextStyle body{.family = random.chance(0.3) ? theme.family : canvas.family(),
                         .size = static_cast<double>(random.integer(8, random.chance(0.2) ? 30 : 17)),
                         .color = theme.text};
    const double margin = std::floor(page.width * random.real(0.03, 0.12));
    const int columns = page.width > 400 && random.chance(0.3) ? 2 : 1;
    const double width = (page.width - margin * (columns + 1)) / columns;
    if (width < 16) return;
    for (int i = 0; i < columns; ++i)
        draw_column(
            canvas,
            {page.x + margin + i * (width + margin), page.y + random.integer(4, 24), width, page.height},
            body, theme.accent);
}

void draw_web_page(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    const double bar = std::floor(theme.row() * random.real(1.5, 2.5));
    const Box top{box.x, box.y, box.width, bar};
    canvas.fill(top, random.chance(0.6) ? theme.accent : theme.panel);
    draw_icon(canvas, {top.x + 8, top.y + bar / 5, bar * 0.6, bar * 0.6});
    for (double x = top.x + bar * 2; x < top.right() - 60; x += 5 * theme.size)
        canvas.text_in({x, top.y, 4.5 * theme.size, bar}, canvas.words().title(1),
                       {.family = theme.family, .size = theme.size, .color = theme.accent_text});
    double y = top.bottom();
    if (random.chance(0.6)) {
        const Box banner{box.x, y, box.width, std::floor(box.height * random.real(0.15, 0.35))};
        const Color color = hsv(random.real(0, 1), random.real(0.2, 0.9), random.real(0.3, 0.9));
        canvas.fill_gradient(banner, color, mix(color, grey(random.real(0, 1)), 0.5), random.chance(0.5));
        canvas.text_in(banner, canvas.words().title(random.integer(2, 4)),
                       {.family = random.chance(0.5) ? theme.family : canvas.family(),
                        .size = std::floor(theme.size * random.real(2, 3.5)),
                        .weight = random.chance(0.6) ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL,
                        .color = grey(1)});
        y = banner.bottom() + 8;
    }
    const int columns = random.integer(1, std::max(1, static_cast<int>(box.width / 150)));
    const double gap = random.integer(6, 20), width = std::floor((box.width - gap * (columns + 1)) / columns);
    if (width < 16) return;
    const bool cards = random.chance(0.5);
    for (double row = y + gap; row < box.bottom();) {
        const double height = std::floor(width * random.real(0.6, 1.1));
        for (int i = 0; i < columns; ++i) {
            const Box card{box.x + gap + i * (width + gap), row, width, height};
            if (cards) {
                canvas.fill_rounded(card, theme.radius, theme.panel);
                canvas.outline(card, theme.border, 1, theme.radius);
            }
            Box text = card.inset(cards ? 8 : 0);
            canvas.push_clip(card);
            if (random.chance(0.5)) {
                const Box picture{text.x, text.y, text.width, std::floor(text.height / 3)};
                canvas.fill_gradient(picture, hsv(random.real(0, 1), 0.5, 0.8),
                                     hsv(random.real(0, 1), 0.7, 0.4));
                text.y = picture.bottom() + 4;
            }
            draw_column(canvas, text, theme.style(), theme.accent);
            canvas.pop_clip();
        }
        row += height + gap;
    }
}

void draw_code_editor(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    const TextStyle base{.family = random.chance(0.4) ? "Monospace" : canvas.family(true),
                         .size = static_cast<double>(random.integer(9, 17)),
                         .color = theme.text};
    const double letter = std::max(2.0, canvas.measure("nnnnnnnnnn", base).width / 10);
    const double row = std::floor(base.size * random.real(1.2, 1.5));
    std::vector<Color> colors = {theme.text, theme.text};
    for (int i = 0; i < 4; ++i) colors.push_back(token_color(random, theme.dark));
    const Color comment = mix(theme.field, token_color(random, theme.dark), 0.7);
    const double gutter = random.chance(0.75) ? std::floor(5 * letter) : 4;
    if (gutter > 4)
        canvas.fill({box.x, box.y, gutter - letter, box.height}, mix(theme.field, theme.text, 0.05));
    const int current = random.integer(0, 30);
    int number = random.integer(1, 900), indent = random.integer(0, 3);
    static const std::vector<std::string> operators = {" = ", ".",  "(",    ") ", ", ",  "->",
                                                       " + ", "::", " == ", "[",  "]",   ";",
                                                       " {",  "<",  ">",    "\"", " # ", "*"};
    double y = box.y + 2;
    for (int line = 0; y < box.bottom(); ++line, ++number, y += row) {
        if (line == current) canvas.fill({box.x + gutter - letter, y, box.width, row}, theme.text, 0.07);
        if (gutter > 4) {
            TextStyle style = base;
            style.color = theme.dim_text;
            canvas.text(std::to_string(number), box.x + 2, y, style);
        }
        if (random.chance(0.12)) continue;
        indent = std::clamp(indent + random.integer(-1, 1), 0, 5);
        double x = box.x + gutter + indent * 4 * letter;
        if (random.chance(0.1)) {
            TextStyle style = base;
            style.color = comment;
            style.italic = random.chance(0.5);
            canvas.text("// " + canvas.words().sentence(), x, y, style);
            continue;
        }
        for (int tokens = random.integer(1, 9); tokens > 0 && x < box.right(); --tokens) {
            TextStyle style = base;
            style.color = random.pick(colors);
            if (random.chance(0.1)) style.weight = PANGO_WEIGHT_BOLD;
            x += canvas
                     .text(random.chance(0.12) ? canvas.words().number() : canvas.words().word(), x, y, style)
                     .width;
            x += canvas.text(random.pick(operators), x, y, base).width;
        }
    }
    if (random.chance(0.5)) draw_scroll_bar(canvas, theme, {box.right() - 12, box.y, 12, box.height});
}

void draw_terminal(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    const bool dark = random.chance(0.85);
    const Color back = dark ? mix(grey(0), theme.accent, random.chance(0.6) ? 0 : 0.15) : grey(1);
    canvas.fill(box, back);
    TextStyle style{
        .family = random.chance(0.4) ? "Monospace" : canvas.family(true),
        .size = static_cast<double>(random.integer(9, 18)),
        .color =
            dark ? mix(grey(random.real(0.7, 1)), hsv(0.33, 1, 1), random.chance(0.15) ? 1 : 0) : grey(0.1)};
    const Color plain = style.color;
    const double letter = std::max(2.0, canvas.measure("nnnnnnnnnn", style).width / 10);
    const double row = std::floor(style.size * random.real(1.15, 1.35));
    const int format = random.integer(0, 3);
    const std::string prompt = canvas.words().word() + "@" + canvas.words().word() + ":~$ ";
    for (double y = box.y + 2; y < box.bottom(); y += row) {
        double x = box.x + 3;
        style.color = plain;
        style.weight = PANGO_WEIGHT_NORMAL;
        if (random.chance(0.15)) {
            style.color = hsv(random.chance(0.7) ? 0.33 : random.real(0, 1), 0.8, dark ? 0.9 : 0.5);
            style.weight = PANGO_WEIGHT_BOLD;
            x += canvas.text(prompt, x, y, style).width;
            style.color = plain;
            style.weight = PANGO_WEIGHT_NORMAL;
            canvas.text(
                canvas.words().word() + " -" + canvas.words().word() + " " + canvas.words().file_name(), x, y,
                style);
        } else if (format == 0) {
            for (; x < box.right(); x += 18 * letter) {
                style.color = random.chance(0.3) ? hsv(random.real(0, 1), 0.7, dark ? 1 : 0.5) : plain;
                canvas.text_in({x, y, 17 * letter, row}, canvas.words().file_name(), style, PANGO_ALIGN_LEFT);
            }
        } else if (format == 1) {
            style.color = mix(plain, back, 0.4);
            x += canvas.text(canvas.words().date() + " " + canvas.words().time() + " ", x, y, style).width;
            style.color = random.chance(0.25)
                              ? hsv(random.pick(std::vector<double>{0, 0.12, 0.33, 0.6}), 0.8, 0.9)
                              : plain;
            canvas.text(canvas.words().sentence(), x, y, style);
        } else if (format == 2) {
            for (int column = 0; x < box.right(); ++column, x += 11 * letter)
                canvas.text_in({x, y, 10 * letter, row},
                               column % 4 == 3 ? canvas.words().word() : canvas.words().number(), style,
                               PANGO_ALIGN_RIGHT);
            if (random.chance(0.05)) canvas.fill({box.x, y, box.width, row}, plain, 0.35);
        } else {
            canvas.text(canvas.words().sentence() + " " + canvas.words().sentence(), x, y, style);
        }
    }
    canvas.fill({box.x + letter * random.integer(0, 40), box.y + row * random.integer(0, 20), letter, row},
                plain);
}

void draw_spreadsheet(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    const double row = theme.row(), header = row;
    const bool grid = random.chance(0.8), stripes = random.chance(0.3), letters = random.chance(0.6);
    std::vector<double> edges = {box.x};
    if (letters) edges.push_back(box.x + 3 * theme.size);
    while (edges.back() < box.right())
        edges.push_back(edges.back() + std::floor(theme.size * random.real(4, 11)));
    std::vector<bool> words;
    for (std::size_t i = 0; i < edges.size(); ++i) words.push_back(random.chance(0.35));
    canvas.fill({box.x, box.y, box.width, header}, theme.panel);
    int line = 1;
    for (double y = box.y; y < box.bottom(); y += row, ++line) {
        if (stripes && line % 2 == 0) canvas.fill({box.x, y, box.width, row}, theme.text, 0.05);
        for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
            const Box cell{edges[i], y, edges[i + 1] - edges[i], row};
            if (line == 1 || (letters && i == 0)) {
                canvas.fill(cell, theme.panel);
                const std::string label = !letters ? canvas.words().title(1)
                                          : i == 0 ? (line == 1 ? "" : std::to_string(line - 1))
                                                   : std::string(1, static_cast<char>('A' + (i - 1) % 26));
                canvas.text_in(cell.inset(2), label, letters ? theme.dim_style() : theme.bold_style());
            } else if (random.chance(0.85)) {
                if (random.chance(0.03)) canvas.fill(cell, theme.accent, 0.3);
                canvas.text_in(cell.inset(3), words[i] ? canvas.words().word() : canvas.words().number(),
                               random.chance(0.05) ? theme.bold_style() : theme.style(),
                               words[i] ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT);
            }
        }
        if (grid) canvas.line(box.x, y + row - 0.5, box.right(), y + row - 0.5, theme.border);
    }
    if (grid)
        for (const double x : edges) canvas.line(x + 0.5, box.y, x + 0.5, box.bottom(), theme.border);
    const std::size_t column =
        static_cast<std::size_t>(random.integer(1, static_cast<int>(edges.size()) - 1));
    canvas.outline(
        {edges[column - 1], box.y + row * random.integer(1, 12), edges[column] - edges[column - 1], row},
        theme.accent, 2);
}

void draw_form(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.window);
    const double row = theme.row(), step = std::floor(row * random.real(1.2, 1.6));
    const Box inner = box.inset(12);
    if (inner.width < 40 || inner.height < row) return;
    double y = inner.y;
    if (random.chance(0.7)) {
        draw_icon(canvas, {inner.x, y, 2 * row, 2 * row});
        TextStyle title = theme.bold_style();
        title.size = std::floor(title.size * 1.5);
        canvas.text_in({inner.x + 2.5 * row, y, inner.width - 2.5 * row, 2 * row}, canvas.words().title(3),
                       title, PANGO_ALIGN_LEFT);
        y += 2.5 * row;
        y += canvas
                 .text(canvas.words().paragraph(random.integer(1, 3)), inner.x, y, theme.style(),
                       {.width = inner.width, .wrap = true})
                 .height +
             row / 2;
    }
    const double label = std::floor(inner.width * random.real(0.2, 0.4));
    for (; y + row < inner.bottom() - 1.5 * row; y += step) {
        const Box right{inner.x + label + 8, std::floor(y), inner.width - label - 8, row};
        const int kind = random.integer(0, 5);
        if (kind == 0) {
            draw_check_box(canvas, theme, inner.x, std::floor(y) + 2);
            canvas.text(canvas.words().title(random.integer(2, 5)), inner.x + 1.8 * theme.size, std::floor(y),
                        theme.style());
            continue;
        }
        canvas.text_in({inner.x, std::floor(y), label, row}, canvas.words().title(random.integer(1, 2)) + ":",
                       theme.style(), PANGO_ALIGN_RIGHT);
        if (kind == 1) {
            const double at = random.real(0, 1), middle = right.y + row / 2;
            canvas.fill_rounded({right.x, middle - 2, right.width, 4}, 2, theme.border);
            canvas.fill_rounded({right.x, middle - 2, right.width * at, 4}, 2, theme.accent);
            canvas.fill_circle(right.x + right.width * at, middle, row / 3, theme.text);
        } else if (kind == 2) {
            canvas.fill_rounded(right.inset(4), theme.radius, theme.field);
            canvas.fill_rounded({right.x + 4, right.y + 4, (right.width - 8) * random.real(0, 1), row - 8},
                                theme.radius, theme.accent);
        } else {
            draw_text_field(canvas, theme, {right.x, right.y, right.width * random.real(0.4, 1), row});
        }
    }
    const int buttons = random.integer(1, 3);
    const double width = std::floor(std::min(theme.size * 8, inner.width / (buttons + 1)));
    for (int i = 0; i < buttons; ++i)
        draw_button(canvas, theme,
                    {inner.right() - (i + 1) * (width + 8), inner.bottom() - row - 2, width, row + 2},
                    canvas.words().title(1), i == 0);
}

void draw_file_list(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    Box list = box;
    const double row = theme.row();
    if (random.chance(0.6)) {
        const Box side{box.x, box.y, std::floor(box.width * random.real(0.15, 0.3)), box.height};
        canvas.fill(side, theme.panel);
        for (double y = side.y + 4; y < side.bottom(); y += row) {
            if (random.chance(0.1))
                canvas.fill_rounded({side.x + 2, y, side.width - 4, row}, theme.radius, theme.accent);
            draw_icon(canvas, {side.x + 6, y + 2, row - 4, row - 4});
            canvas.text_in({side.x + row + 8, y, side.width - row - 10, row}, canvas.words().title(1),
                           theme.style(), PANGO_ALIGN_LEFT);
        }
        canvas.line(side.right() - 0.5, side.y, side.right() - 0.5, side.bottom(), theme.border);
        list = {side.right(), box.y, box.width - side.width, box.height};
    }
    if (random.chance(0.5)) {
        const double icon = std::floor(random.real(2, 5) * theme.size), cell = icon * 1.6 + theme.size;
        for (double y = list.y + 8; y < list.bottom(); y += cell + theme.size)
            for (double x = list.x + 8; x + cell < list.right(); x += cell) {
                if (random.chance(0.05))
                    canvas.fill_rounded({x, y - 2, cell, cell + row / 2}, theme.radius, theme.accent, 0.4);
                draw_icon(canvas, {std::floor(x + (cell - icon) / 2), y, icon, icon});
                canvas.text_in({x + 2, y + icon, cell - 4, row}, canvas.words().file_name(), theme.style());
            }
        return;
    }
    canvas.push_clip(list);
    for (double y = list.y; y < list.bottom(); y += row) {
        if (random.chance(0.06)) canvas.fill({list.x, y, list.width, row}, theme.accent, 0.5);
        draw_icon(canvas, {list.x + 4, y + 2, row - 4, row - 4});
        const double width = list.width - row - 8;
        canvas.text_in({list.x + row + 4, y, width * 0.45, row}, canvas.words().file_name(), theme.style(),
                       PANGO_ALIGN_LEFT);
        canvas.text_in({list.x + row + width * 0.48, y, width * 0.2, row}, canvas.words().number(),
                       theme.dim_style(), PANGO_ALIGN_RIGHT);
        canvas.text_in({list.x + row + width * 0.72, y, width * 0.28, row},
                       canvas.words().date() + " " + canvas.words().time(), theme.dim_style(),
                       PANGO_ALIGN_LEFT);
    }
    canvas.pop_clip();
}

void draw_chat(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    canvas.fill(box, theme.field);
    const double avatar = std::floor(theme.size * 2.5), width = std::max(30.0, std::floor(box.width * 0.6));
    for (double y = box.y + 8; y < box.bottom();) {
        const bool own = random.chance(0.4);
        const std::string said = canvas.words().paragraph(random.integer(1, 2));
        TextStyle style = theme.style();
        if (own) style.color = theme.accent_text;
        const TextExtent extent = canvas.measure(said, style, {.width = width, .wrap = true});
        const double x = own ? box.right() - extent.width - 28 : box.x + avatar + 20;
        if (!own) {
            canvas.fill_circle(box.x + 8 + avatar / 2, y + avatar / 2, avatar / 2,
                               hsv(random.real(0, 1), 0.6, 0.7));
            canvas.text_in({box.x + 8, y, avatar, avatar}, canvas.words().letter(),
                           {.family = theme.family, .size = avatar / 2, .color = grey(1)});
        }
        canvas.fill_rounded({x - 8, y, extent.width + 16, extent.height + 10}, theme.radius * 1.5,
                            own ? theme.accent : mix(theme.field, theme.text, 0.1));
        canvas.text(said, x, y + 5, style, {.width = width, .wrap = true});
        y += std::max(extent.height + 10, avatar) + 4;
        TextStyle small = theme.dim_style();
        small.size = std::max(7.0, small.size - 3);
        canvas.text(canvas.words().time(), x, y, small);
        y += theme.size * 1.6;
    }
}

void draw_slide(ScreenCanvas& canvas, const Theme& theme, const Box& box) {
    RandomDraws& random = canvas.random();
    if (random.chance(0.4))
        canvas.fill_gradient(box, theme.field, mix(theme.field, theme.accent, random.real(0.2, 0.7)),
                             random.chance(0.5));
    else
        canvas.fill(box, theme.field);
    const bool on_accent = random.chance(0.3);
    if (on_accent) canvas.fill(box, theme.accent);
    const Color color = on_accent ? theme.accent_text : theme.text;
    const std::string family = canvas.family();
    const double unit = box.height / 20;
    const Box inner = box.inset(unit * 1.5);
    if (inner.width < 40) return;
    const TextStyle title{.family = family,
                          .size = std::floor(unit * random.real(1.5, 4)),
                          .weight = random.chance(0.6) ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL,
                          .color = color};
    double y = inner.y;
    y += canvas
             .text(canvas.words().title(random.integer(2, 4)), inner.x, y, title,
                   {.width = inner.width,
                    .alignment = random.chance(0.5) ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT,
                    .wrap = true})
             .height;
    if (random.chance(0.5))
        canvas.fill({inner.x, std::floor(y), inner.width, std::ceil(unit / 5)}, theme.accent);
    y += unit;
    const bool chart = random.chance(0.35);
    const TextStyle body{.family = family, .size = std::floor(unit * random.real(0.8, 1.6)), .color = color};
    const double width = chart ? inner.width * 0.5 : inner.width;
    for (int items = random.integer(1, 6); items > 0 && y < inner.bottom() - unit; --items) {
        canvas.fill_circle(inner.x + body.size / 2, y + body.size * 0.75, body.size / 5, theme.accent);
        y += canvas
                 .text(canvas.words().sentence(), inner.x + body.size * 1.5, y, body,
                       {.width = std::max(16.0, width - body.size * 1.5), .wrap = true})
                 .height +
             unit / 2;
    }
    if (chart)
        draw_chart(canvas, theme,
                   {std::floor(inner.x + inner.width * 0.53), std::floor(inner.y + unit * 4),
                    std::floor(inner.width * 0.47), std::floor(inner.height - unit * 5)});
}

}  // namespace jpegdeblock::training
