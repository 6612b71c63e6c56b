// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

#include "pictures/pictures.h"
#include "screens/words.h"

namespace jpegdeblock::training {

struct Color {
    double red = 0, green = 0, blue = 0;
};

Color grey(double level);
/// hue, saturation and value in 0..1.
Color hsv(double hue, double saturation, double value);
/// share of `second` in 0..1.
Color mix(const Color& first, const Color& second, double share);

struct Box {
    double x = 0, y = 0, width = 0, height = 0;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
    Box inset(double by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

struct TextStyle {
    std::string family = "Sans";
    double size = 12;  ///< Pixels.
    PangoWeight weight = PANGO_WEIGHT_NORMAL;
    bool italic = false;
    bool underline = false;
    Color color;
};

/// How a line or paragraph lies at its place.
struct TextPlace {
    double width = 0;  ///< Of the lines; 0: one line as long as it gets.
    PangoAlignment alignment = PANGO_ALIGN_LEFT;
    bool wrap = false;  ///< Else a line that is too long ends in an ellipsis.
    bool justify = false;
    double line_spacing = 1;
};

struct TextExtent {
    double width = 0, height = 0;
};

/// The font families that are installed and have Latin letters, in alphabetical order.
struct FontFamilies {
    std::vector<std::string> all;
    std::vector<std::string> monospaced;
    std::vector<Script> scripts;  ///< Besides Latin, those with letters in some font.
};

/// Throws Error(kNotFound) where no font is installed. Thread safe.
const FontFamilies& installed_fonts();

/// A picture that is drawn on: shapes and text in the colours and with the antialiasing chosen for it.
class ScreenCanvas {
  public:
    /// Pixels; seed: of all that is random in the drawing, the antialiasing of text included.
    ScreenCanvas(int width, int height, std::uint64_t seed);

    RandomDraws& random() { return random_; }
    WordSource& words() { return words_; }
    cairo_t* cairo() { return context_.get(); }
    Box area() const { return area_; }
    /// A family at random.
    std::string family(bool monospaced = false);

    void fill(const Box& box, const Color& color, double opacity = 1);
    void fill_rounded(const Box& box, double radius, const Color& color, double opacity = 1);
    void fill_circle(double x, double y, double radius, const Color& color);
    /// The box from one colour to another, downwards or, `sideways`, to the right.
    void fill_gradient(const Box& box, const Color& from, const Color& to, bool sideways = false);
    /// The box's edge, within it.
    void outline(const Box& box, const Color& color, double width = 1, double radius = 0);
    void line(double x0, double y0, double x1, double y1, const Color& color, double width = 1);
    TextExtent text(const std::string& text, double x, double y, const TextStyle& style,
                    const TextPlace& place = {});
    TextExtent measure(const std::string& text, const TextStyle& style, const TextPlace& place = {});
    /// One line in the middle of the box, cut to its width.
    void text_in(const Box& box, const std::string& text, const TextStyle& style,
                 PangoAlignment alignment = PANGO_ALIGN_CENTER);
    /// Drawing stays within the box until pop_clip().
    void push_clip(const Box& box);
    void pop_clip();

    /// What was drawn, reduced to width x height. Throws Error(kEngine) where cairo failed.
    RgbPicture picture(int width, int height);

  private:
    void rounded_path(const Box& box, double radius);
    void set_layout(const std::string& text, const TextStyle& style, const TextPlace& place);

    struct Release {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t* context) const { cairo_destroy(context); }
        void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    };

    RandomDraws random_;
    WordSource words_;
    Box area_;
    std::unique_ptr<cairo_surface_t, Release> surface_;
    std::unique_ptr<cairo_t, Release> context_;
    std::unique_ptr<PangoLayout, Release> layout_;
};

}  // namespace jpegdeblock::training
