// SPDX-License-Identifier: LGPL-2.1-or-later
#include "screens/canvas.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jpegdeblock::training {
namespace {

struct UnreferenceObject {
    void operator()(gpointer object) const { g_object_unref(object); }
};

struct FreeDescription {
    void operator()(PangoFontDescription* description) const { pango_font_description_free(description); }
};
using Description = std::unique_ptr<PangoFontDescription, FreeDescription>;

// Fonts of pictures in the place of letters say that they have letters; only their names tell.
bool shows_symbols(const std::string& family) {
    static const std::vector<std::string> signs = {"ymbol",   "ingbat", "D050000L", "ingding",
                                                   "ebdings", "Emoji",  "Icon",     "Awesome"};
    return std::any_of(signs.begin(), signs.end(),
                       [&](const std::string& sign) { return family.find(sign) != std::string::npos; });
}

FontFamilies find_fonts() {
    PangoFontMap* map = pango_cairo_font_map_get_default();
    const std::unique_ptr<PangoContext, UnreferenceObject> context(pango_font_map_create_context(map));
    PangoFontFamily** list = nullptr;
    int count = 0;
    pango_font_map_list_families(map, &list, &count);
    FontFamilies found;
    for (int i = 0; i < count; ++i) {
        const std::string name = pango_font_family_get_name(list[i]);
        const Description description(pango_font_description_new());
        pango_font_description_set_family(description.get(), name.c_str());
        pango_font_description_set_absolute_size(description.get(), 12 * PANGO_SCALE);
        const std::unique_ptr<PangoFont, UnreferenceObject> font(
            pango_font_map_load_font(map, context.get(), description.get()));
        if (!font || pango_font_has_char(font.get(), 'a') == FALSE ||
            pango_font_has_char(font.get(), U'\u00E9') == FALSE || shows_symbols(name))
            continue;
        found.all.push_back(name);
        if (pango_font_family_is_monospace(list[i]) != FALSE) found.monospaced.push_back(name);
    }
    g_free(list);
    if (found.all.empty())
        throw Error(ErrorCode::kNotFound,
                    "screens cannot be rendered: no font with Latin letters is installed; install one, for "
                    "example Debian's fonts-dejavu-core");
    std::sort(found.all.begin(), found.all.end());
    std::sort(found.monospaced.begin(), found.monospaced.end());
    if (found.monospaced.empty()) found.monospaced = found.all;

    const Description any(pango_font_description_from_string("Sans 12"));
    const std::unique_ptr<PangoFontset, UnreferenceObject> fonts(
        pango_font_map_load_fontset(map, context.get(), any.get(), pango_language_get_default()));
    const auto has = [&fonts](char32_t letter) {
        const std::unique_ptr<PangoFont, UnreferenceObject> font(
            pango_fontset_get_font(fonts.get(), static_cast<guint>(letter)));
        return font && pango_font_has_char(font.get(), letter) != FALSE;
    };
    for (const Script& script : other_scripts())
        if (has(script.first) && has((script.first + script.last) / 2) && has(script.last))
            found.scripts.push_back(script);
    return found;
}

Script draw_script(RandomDraws& random) {
    const std::vector<Script>& others = installed_fonts().scripts;
    return others.empty() || random.chance(0.8) ? Script{} : random.pick(others);
}

void draw_antialiasing(RandomDraws& random, cairo_font_options_t* options) {
    const double kind = random.real(0, 1);
    if (kind < 0.07)
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_NONE);
    else if (kind < 0.6)
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    else
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_SUBPIXEL);
    cairo_font_options_set_subpixel_order(
        options, random.chance(0.85) ? CAIRO_SUBPIXEL_ORDER_RGB : CAIRO_SUBPIXEL_ORDER_BGR);
    static const std::vector<cairo_hint_style_t> hints = {CAIRO_HINT_STYLE_NONE, CAIRO_HINT_STYLE_SLIGHT,
                                                          CAIRO_HINT_STYLE_SLIGHT, CAIRO_HINT_STYLE_FULL};
    cairo_font_options_set_hint_style(options, random.pick(hints));
    cairo_font_options_set_hint_metrics(options,
                                        random.chance(0.7) ? CAIRO_HINT_METRICS_ON : CAIRO_HINT_METRICS_OFF);
}

void set_color(cairo_t* context, const Color& color, double opacity = 1) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity);
}

}  // namespace

Color grey(double level) {
    return {level, level, level};
}

Color hsv(double hue, double saturation, double value) {
    const auto channel = [&](double offset) {
        const double k = std::fmod(offset + hue * 6, 6);
        return value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    };
    return {channel(5), channel(3), channel(1)};
}

Color mix(const Color& first, const Color& second, double share) {
    const auto channel = [share](double a, double b) { return a + share * (b - a); };
    return {channel(first.red, second.red), channel(first.green, second.green),
            channel(first.blue, second.blue)};
}

const FontFamilies& installed_fonts() {
    static const FontFamilies fonts = find_fonts();
    return fonts;
}

ScreenCanvas::ScreenCanvas(int width, int height, std::uint64_t seed)
    : random_(seed),
      words_(random_, draw_script(random_)),
      area_{0, 0, static_cast<double>(width), static_cast<double>(height)},
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      context_(cairo_create(surface_.get())) {
    const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
        cairo_font_options_create(), cairo_font_options_destroy);
    draw_antialiasing(random_, options.get());
    layout_.reset(pango_cairo_create_layout(context_.get()));
    pango_cairo_context_set_font_options(pango_layout_get_context(layout_.get()), options.get());
    // Old programs draw lines without antialiasing.
    if (random_.chance(0.15)) cairo_set_antialias(context_.get(), CAIRO_ANTIALIAS_NONE);
}

std::string ScreenCanvas::family(bool monospaced) {
    const FontFamilies& fonts = installed_fonts();
    return random_.pick(monospaced ? fonts.monospaced : fonts.all);
}

void ScreenCanvas::fill(const Box& box, const Color& color, double opacity) {
    set_color(cairo(), color, opacity);
    cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
    cairo_fill(cairo());
}

void ScreenCanvas::rounded_path(const Box& box, double radius) {
    constexpr double kPi = std::numbers::pi;
    const double r = std::max(0.0, std::min({radius, box.width / 2, box.height / 2}));
    cairo_new_path(cairo());
    if (r < 0.5) {
        cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
        return;
    }
    cairo_arc(cairo(), box.right() - r, box.y + r, r, -kPi / 2, 0);
    cairo_arc(cairo(), box.right() - r, box.bottom() - r, r, 0, kPi / 2);
    cairo_arc(cairo(), box.x + r, box.bottom() - r, r, kPi / 2, kPi);
    cairo_arc(cairo(), box.x + r, box.y + r, r, kPi, 3 * kPi / 2);
    cairo_close_path(cairo());
}

void ScreenCanvas::fill_rounded(const Box& box, double radius, const Color& color, double opacity) {
    rounded_path(box, radius);
    set_color(cairo(), color, opacity);
    cairo_fill(cairo());
}

void ScreenCanvas::fill_circle(double x, double y, double radius, const Color& color) {
    cairo_new_path(cairo());
    cairo_arc(cairo(), x, y, std::max(0.0, radius), 0, 2 * std::numbers::pi);
    set_color(cairo(), color);
    cairo_fill(cairo());
}

void ScreenCanvas::fill_gradient(const Box& box, const Color& from, const Color& to, bool sideways) {
    cairo_pattern_t* pattern = cairo_pattern_create_linear(box.x, box.y, sideways ? box.right() : box.x,
                                                           sideways ? box.y : box.bottom());
    cairo_pattern_add_color_stop_rgb(pattern, 0, from.red, from.green, from.blue);
    cairo_pattern_add_color_stop_rgb(pattern, 1, to.red, to.green, to.blue);
    cairo_set_source(cairo(), pattern);
    cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
    cairo_fill(cairo());
    cairo_pattern_destroy(pattern);
}

void ScreenCanvas::outline(const Box& box, const Color& color, double width, double radius) {
    rounded_path(box.inset(width / 2), radius);
    set_color(cairo(), color);
    cairo_set_line_width(cairo(), width);
    cairo_stroke(cairo());
}

void ScreenCanvas::line(double x0, double y0, double x1, double y1, const Color& color, double width) {
    set_color(cairo(), color);
    cairo_set_line_width(cairo(), width);
    cairo_move_to(cairo(), x0, y0);
    cairo_line_to(cairo(), x1, y1);
    cairo_stroke(cairo());
}

void ScreenCanvas::set_layout(const std::string& text, const TextStyle& style, const TextPlace& place) {
    const Description description(pango_font_description_new());
    pango_font_description_set_family(description.get(), style.family.c_str());
    pango_font_description_set_absolute_size(description.get(), style.size * PANGO_SCALE);
    pango_font_description_set_weight(description.get(), style.weight);
    pango_font_description_set_style(description.get(),
                                     style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    PangoLayout* layout = layout_.get();
    pango_layout_set_font_description(layout, description.get());
    pango_layout_set_text(layout, text.c_str(), static_cast<int>(text.size()));
    pango_layout_set_width(layout, place.width > 0 ? static_cast<int>(place.width * PANGO_SCALE) : -1);
    pango_layout_set_alignment(layout, place.alignment);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout,
                               place.wrap || place.width <= 0 ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
    pango_layout_set_justify(layout, place.justify ? TRUE : FALSE);
    pango_layout_set_line_spacing(layout, static_cast<float>(place.line_spacing));
    PangoAttrList* attributes = pango_attr_list_new();
    if (style.underline) pango_attr_list_insert(attributes, pango_attr_underline_new(PANGO_UNDERLINE_SINGLE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
}

TextExtent ScreenCanvas::text(const std::string& text, double x, double y, const TextStyle& style,
                              const TextPlace& place) {
    const TextExtent extent = measure(text, style, place);
    set_color(cairo(), style.color);
    cairo_move_to(cairo(), x, y);
    pango_cairo_show_layout(cairo(), layout_.get());
    return extent;
}

TextExtent ScreenCanvas::measure(const std::string& text, const TextStyle& style, const TextPlace& place) {
    set_layout(text, style, place);
    PangoRectangle extent;
    pango_layout_get_pixel_extents(layout_.get(), nullptr, &extent);
    return {static_cast<double>(extent.width), static_cast<double>(extent.height)};
}

void ScreenCanvas::text_in(const Box& box, const std::string& text, const TextStyle& style,
                           PangoAlignment alignment) {
    if (box.width < 2 || box.height < 2) return;
    const TextPlace place{.width = box.width, .alignment = alignment};
    const TextExtent extent = measure(text, style, place);
    this->text(text, box.x, box.y + std::floor((box.height - extent.height) / 2), style, place);
}

void ScreenCanvas::push_clip(const Box& box) {
    cairo_save(cairo());
    cairo_rectangle(cairo(), box.x, box.y, std::max(0.0, box.width), std::max(0.0, box.height));
    cairo_clip(cairo());
}

void ScreenCanvas::pop_clip() {
    cairo_restore(cairo());
}

RgbPicture ScreenCanvas::picture(int width, int height) {
    std::unique_ptr<cairo_surface_t, Release> reduced;
    cairo_surface_t* source = surface_.get();
    if (width != static_cast<int>(area_.width) || height != static_cast<int>(area_.height)) {
        reduced.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
        const std::unique_ptr<cairo_t, Release> context(cairo_create(reduced.get()));
        cairo_scale(context.get(), width / area_.width, height / area_.height);
        cairo_set_source_surface(context.get(), source, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_GOOD);
        cairo_pattern_set_extend(cairo_get_source(context.get()), CAIRO_EXTEND_PAD);
        cairo_paint(context.get());
        source = reduced.get();
    }
    cairo_surface_flush(source);
    const cairo_status_t status =
        cairo_status(cairo()) != CAIRO_STATUS_SUCCESS ? cairo_status(cairo()) : cairo_surface_status(source);
    if (status != CAIRO_STATUS_SUCCESS)
        throw Error(ErrorCode::kEngine,
                    std::string("cairo could not render a screen: ") + cairo_status_to_string(status));
    RgbPicture picture{width, height, {}};
    picture.samples.reserve(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const unsigned char* data = cairo_image_surface_get_data(source);
    const int stride = cairo_image_surface_get_stride(source);
    for (int y = 0; y < height; ++y) {
        // 32-bit pixels in the machine's order, red above green above blue.
        const auto* row =
            reinterpret_cast<const std::uint32_t*>(data + static_cast<std::ptrdiff_t>(y) * stride);
        for (int x = 0; x < width; ++x)
            for (const int shift : {16, 8, 0})
                picture.samples.push_back(static_cast<std::uint8_t>(row[x] >> shift));
    }
    return picture;
}

}  // namespace jpegdeblock::training
