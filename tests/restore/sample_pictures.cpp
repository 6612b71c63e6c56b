// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sample_pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>

#include "../../examples/picture_files.h"

namespace jpegdeblock::test {
namespace {

constexpr int kSide = kSampleSide;

/// Drawn with soft edges, as fonts and vector graphics are.
class Canvas {
  public:
    explicit Canvas(int level) : levels_(kSide * kSide, level) {}

    void rectangle(int left, int top, int width, int height, double level, double to_level) {
        for (int y = std::max(0, top); y < std::min(kSide, top + height); ++y)
            for (int x = std::max(0, left); x < std::min(kSide, left + width); ++x)
                at(x, y) = level + (to_level - level) * (x - left) / width;
    }

    void line(double x0, double y0, double x1, double y1, double thickness, double level) {
        const double length = std::max(1e-6, std::hypot(x1 - x0, y1 - y0));
        for (int y = 0; y < kSide; ++y)
            for (int x = 0; x < kSide; ++x) {
                const double along =
                    std::clamp(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / (length * length), 0.0, 1.0);
                const double distance = std::hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
                const double cover = std::clamp(thickness / 2 + 0.5 - distance, 0.0, 1.0);
                at(x, y) += cover * (level - at(x, y));
            }
    }

    LumaImage picture() const {
        LumaImage result{kSide, kSide, {}};
        for (const double level : levels_)
            result.samples.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 255.0))));
        return result;
    }

  private:
    double& at(int x, int y) { return levels_[static_cast<std::size_t>(y * kSide + x)]; }

    std::vector<double> levels_;
};

/// Letters are a few strokes between nine points.
void write_text(Canvas& canvas, int left, int top, int width, int height, int size, double level,
                unsigned seed) {
    std::mt19937 random(seed);
    for (int y = top; y + size <= top + height; y += size * 3 / 2)
        for (int x = left; x + size <= left + width; x += size * 3 / 4) {
            if (random() % 6 == 0) continue;  // A space.
            double last_x = x, last_y = y;
            for (int stroke = 0; stroke < 4; ++stroke) {
                const double next_x = x + static_cast<double>(random() % 3) * size / 4;
                const double next_y = y + static_cast<double>(random() % 3) * size / 2;
                if (stroke > 0) canvas.line(last_x, last_y, next_x, next_y, size / 9.0, level);
                last_x = next_x;
                last_y = next_y;
            }
        }
}

}  // namespace

std::vector<LumaImage> whole_photographs() {
    const char* folder = std::getenv("JPEGDEBLOCK_TEST_PICTURES");
    if (!folder) throw std::runtime_error("JPEGDEBLOCK_TEST_PICTURES does not name examples/pictures");
    std::vector<LumaImage> result;
    for (const char* name : {"cat", "dandelion", "tulips"}) {
        const ::Picture picture = read_png(std::string(folder) + "/" + name + ".png");
        LumaImage& luma = result.emplace_back(LumaImage{picture.width, picture.height, {}});
        for (int y = 0; y < picture.height; ++y)
            for (int x = 0; x < picture.width; ++x) {
                const std::uint8_t* rgb = picture.pixel(x, y);
                luma.samples.push_back(
                    static_cast<std::uint8_t>(std::lround(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])));
            }
    }
    return result;
}

LumaImage part_of(const LumaImage& picture, int left, int top) {
    LumaImage part{kSide, kSide, {}};
    for (int y = 0; y < kSide; ++y) {
        const std::uint8_t* row = picture.view().row(top + y) + left;
        part.samples.insert(part.samples.end(), row, row + kSide);
    }
    return part;
}

std::vector<LumaImage> photographs() {
    std::vector<LumaImage> result;
    for (const LumaImage& whole : whole_photographs())
        result.push_back(part_of(whole, (whole.width - kSide) / 2, (whole.height - kSide) / 2));
    return result;
}

std::vector<LumaImage> screens() {
    Canvas document(250);
    document.rectangle(0, 0, kSide, 20, 70, 110);
    write_text(document, 8, 5, 120, 14, 10, 240, 1);
    write_text(document, 12, 30, 180, 170, 12, 25, 2);

    Canvas windows(128);
    windows.rectangle(0, 0, kSide, kSide, 60, 120);
    windows.rectangle(15, 12, 130, 100, 225, 225);
    windows.rectangle(15, 12, 130, 14, 40, 90);
    windows.rectangle(70, 80, 125, 110, 245, 245);
    windows.rectangle(70, 80, 125, 14, 150, 30);
    write_text(windows, 22, 32, 110, 44, 9, 60, 3);
    write_text(windows, 78, 100, 108, 84, 11, 0, 4);

    Canvas chart(255);
    for (int i = 0; i < 10; ++i) chart.line(10, 10 + 20 * i, 200, 10 + 20 * i, 1, 210);
    double height = 100;
    std::mt19937 random(5);
    for (int i = 0; i < 18; ++i) {
        const double next = std::clamp(height + static_cast<double>(random() % 61) - 30, 20.0, 190.0);
        chart.line(12 + 10 * i, height, 22 + 10 * i, next, 2.2, 40);
        chart.rectangle(14 + 10 * i, 200 - static_cast<int>(next) / 3, 7, static_cast<int>(next) / 3, 120,
                        150);
        height = next;
    }
    return {document.picture(), windows.picture(), chart.picture()};
}

}  // namespace jpegdeblock::test
