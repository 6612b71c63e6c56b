// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures what the filter gains against a pristine original, and shows it in one picture.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>

#include <jpegdeblock/error.h>
#include "metrics/metrics.h"

#include "picture_files.h"

using jpegdeblock::Error;
using jpegdeblock::ErrorCode;
using jpegdeblock::LumaImage;

namespace {

struct Scores {
    double psnr = 0;
    double psnr_b = 0;
    double ssim = 0;

    void add(const LumaImage& reference, const LumaImage& test) {
        psnr += jpegdeblock::psnr(reference.view(), test.view());
        psnr_b += jpegdeblock::psnr_b(reference.view(), test.view());
        ssim += jpegdeblock::ssim(reference.view(), test.view());
    }
};

/// The PNGs of a folder in the order of their names, or the one file that `path` names.
std::vector<std::string> png_files(const std::string& path) {
    if (!std::filesystem::is_directory(path)) {
        return {path};
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        if (entry.path().extension() == ".png") {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void print_scores(const std::string& reference_path, const std::string& before_path,
                  const std::string& after_path) {
    const auto reference_files = png_files(reference_path);
    const auto before_files = png_files(before_path);
    const auto after_files = png_files(after_path);
    const std::size_t frames = reference_files.size();
    if (frames == 0 || before_files.size() != frames || after_files.size() != frames) {
        throw Error(ErrorCode::kInvalidArgument,
                    "found " + std::to_string(frames) + " pictures in '" + reference_path + "', " +
                        std::to_string(before_files.size()) + " in '" + before_path + "' and " +
                        std::to_string(after_files.size()) + " in '" + after_path +
                        "', expected equal numbers");
    }
    Scores before;
    Scores after;
    for (std::size_t i = 0; i < frames; ++i) {
        const LumaImage reference = read_grey_png(reference_files[i]);
        before.add(reference, read_grey_png(before_files[i]));
        after.add(reference, read_grey_png(after_files[i]));
    }
    const double count = static_cast<double>(frames);
    std::printf("%.2f %.2f %.2f %.2f %.4f %.4f\n", before.psnr / count, after.psnr / count,
                before.psnr_b / count, after.psnr_b / count, before.ssim / count, after.ssim / count);
}

struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool overlaps(const Rectangle& other) const {
        return x < other.x + other.width && other.x < x + width && y < other.y + other.height &&
               other.y < y + height;
    }
};

/// Sums of the squared differences of two pictures over any rectangle, through a summed-area table.
class DifferenceMap {
  public:
    DifferenceMap(const Picture& a, const Picture& b)
        : stride_(a.width + 1), sums_(static_cast<std::size_t>(stride_) * (a.height + 1)) {
        for (int y = 0; y < a.height; ++y) {
            double row_sum = 0;
            for (int x = 0; x < a.width; ++x) {
                for (int channel = 0; channel < 3; ++channel) {
                    const double difference = a.pixel(x, y)[channel] - b.pixel(x, y)[channel];
                    row_sum += difference * difference;
                }
                sums_[index(x + 1, y + 1)] = sums_[index(x + 1, y)] + row_sum;
            }
        }
    }

    double sum(const Rectangle& area) const {
        return sums_[index(area.x + area.width, area.y + area.height)] -
               sums_[index(area.x, area.y + area.height)] - sums_[index(area.x + area.width, area.y)] +
               sums_[index(area.x, area.y)];
    }

  private:
    std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * stride_ + x; }

    int stride_;
    std::vector<double> sums_;
};

/// The areas of that size that changed most, none overlapping another.
std::vector<Rectangle> most_changed_areas(const Picture& before, const Picture& after, int width, int height,
                                          int count) {
    const DifferenceMap map(before, after);
    std::vector<Rectangle> chosen;
    for (int i = 0; i < count; ++i) {
        Rectangle best;
        double best_sum = -1;
        for (int y = 0; y + height <= before.height; ++y) {
            for (int x = 0; x + width <= before.width; ++x) {
                const Rectangle area{x, y, width, height};
                const bool free = std::none_of(chosen.begin(), chosen.end(),
                                               [&](const Rectangle& other) { return other.overlaps(area); });
                if (const double sum = map.sum(area); free && sum > best_sum) {
                    best = area;
                    best_sum = sum;
                }
            }
        }
        if (best_sum >= 0) {
            chosen.push_back(best);
        }
    }
    return chosen;
}

void paste_enlarged(const Picture& source, const Rectangle& area, int factor, Picture& target, int left,
                    int top) {
    for (int y = 0; y < area.height * factor; ++y) {
        for (int x = 0; x < area.width * factor; ++x) {
            std::copy_n(source.pixel(area.x + x / factor, area.y + y / factor), 3,
                        target.pixel(left + x, top + y));
        }
    }
}

/// Left column: before; right column: after. First row: whole pictures; the rows below: enlarged crops.
void write_comparison(const std::string& before_path, const std::string& after_path,
                      const std::string& output_path, int crops) {
    constexpr int kEnlargement = 4;
    constexpr int kGap = 8;
    const Picture before = read_png(before_path);
    const Picture after = read_png(after_path);
    if (before.width != after.width || before.height != after.height) {
        throw Error(ErrorCode::kInvalidArgument, "'" + before_path + "' is " + std::to_string(before.width) +
                                                     "x" + std::to_string(before.height) + " but '" +
                                                     after_path + "' is " + std::to_string(after.width) +
                                                     "x" + std::to_string(after.height) +
                                                     "; give two pictures of equal size");
    }
    // An enlarged crop is as wide as the column and about half as high.
    const int crop_width = std::max(1, before.width / kEnlargement);
    const int crop_height = std::clamp(crop_width / 2, 1, before.height);
    const auto areas = most_changed_areas(before, after, crop_width, crop_height, crops);

    const int rows = static_cast<int>(areas.size());
    const int column_width = std::max(before.width, crop_width * kEnlargement);
    Picture comparison =
        make_picture(2 * column_width + kGap, before.height + rows * (crop_height * kEnlargement + kGap));
    std::fill(comparison.samples.begin(), comparison.samples.end(), std::uint8_t{255});
    const Rectangle whole{0, 0, before.width, before.height};
    paste_enlarged(before, whole, 1, comparison, 0, 0);
    paste_enlarged(after, whole, 1, comparison, column_width + kGap, 0);
    int top = before.height + kGap;
    for (const Rectangle& area : areas) {
        paste_enlarged(before, area, kEnlargement, comparison, 0, top);
        paste_enlarged(after, area, kEnlargement, comparison, column_width + kGap, top);
        top += crop_height * kEnlargement + kGap;
    }
    write_png(output_path, comparison);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Compares pictures or clips before and after the filter.");
    app.require_subcommand(1);

    std::string reference_path;
    std::string before_path;
    std::string after_path;
    auto* measure = app.add_subcommand("measure",
                                       "Print PSNR before and after, PSNR-B before and after, SSIM before "
                                       "and after, of grey PNGs or the mean over folders of them");
    measure->add_option("reference", reference_path, "The pristine picture or folder")->required();
    measure->add_option("before", before_path, "The decoded JPEG or folder")->required();
    measure->add_option("after", after_path, "The restored JPEG or folder")->required();

    std::string output_path;
    int crops = 2;
    auto* compose = app.add_subcommand(
        "compose", "Write both pictures side by side, and below what changed most, enlarged four times");
    compose->add_option("before", before_path, "The decoded JPEG (PNG)")->required();
    compose->add_option("after", after_path, "The restored JPEG (PNG)")->required();
    compose->add_option("output", output_path, "The PNG to write")->required();
    compose->add_option("--crops", crops, "Number of enlarged crops")
        ->check(CLI::Range(0, 16))
        ->capture_default_str();

    CLI11_PARSE(app, argc, argv);
    try {
        if (measure->parsed()) {
            print_scores(reference_path, before_path, after_path);
        } else {
            write_comparison(before_path, after_path, output_path, crops);
        }
    } catch (const std::exception& error) {
        std::cerr << "compare_pictures: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
