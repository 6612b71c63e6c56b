// SPDX-License-Identifier: LGPL-2.1-or-later
// What is seen of a progressive JPEG while it arrives: scan by scan, with libjpeg's block smoothing and
// restored.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include <CLI/CLI.hpp>

#include <jpegdeblock/error.h>
#include "metrics/metrics.h"
#include "restore/deblocker.h"

#include "picture_files.h"
#include "progressive_jpeg.h"

using jpegdeblock::Deblocker;
using jpegdeblock::Error;
using jpegdeblock::ErrorCode;
using jpegdeblock::JpegComponent;
using jpegdeblock::JpegReader;
using jpegdeblock::LumaImage;

namespace {

/// The luma that is seen after a scan.
struct ScanView {
    std::size_t bytes = 0;  ///< Received until then.
    LumaImage plain, smoothed, restored;
};

/// The JPEG until the end of a scan as a file of its own. bytes: with the marker after the scan.
std::vector<std::uint8_t> ended_after(const std::vector<std::uint8_t>& jpeg, std::size_t bytes) {
    std::vector<std::uint8_t> start(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(bytes - 2));
    start.insert(start.end(), {0xff, 0xd9});
    return start;
}

std::vector<ScanView> view_scans(const std::vector<std::uint8_t>& jpeg, Deblocker& deblocker) {
    std::vector<ScanView> views;
    JpegReader reader;
    reader.begin();
    for (std::size_t at = 0; at < jpeg.size(); ++at) {
        const jpegdeblock::JpegPicture* picture = reader.append({&jpeg[at], 1});
        if (picture == nullptr || static_cast<std::size_t>(picture->scans) == views.size()) continue;
        ScanView view;
        view.bytes = at + 1;
        const std::vector<std::uint8_t> start = ended_after(jpeg, view.bytes);
        view.plain = decode_plainly(start, false);
        view.smoothed = decode_plainly(start, true);
        view.restored = view.plain;
        deblocker.process(picture->components[0], view.restored.view());
        views.push_back(std::move(view));
    }
    return views;
}

/// The means over all pictures after a scan.
struct Row {
    double share = 0;                              ///< Of the bytes.
    double plain = 0, smoothed = 0, restored = 0;  ///< PSNR in dB.
    double worst =
        std::numeric_limits<double>::infinity();  ///< Least gain over smoothing of all pictures, dB.
};

std::vector<Row> measure(const std::vector<std::string>& paths, int quality, const std::string& script,
                         Deblocker& deblocker) {
    const std::vector<jpeg_scan_info> scans = scan_script(script);
    std::vector<Row> rows(scans.size());
    for (const std::string& path : paths) {
        const Picture picture = read_png(path);
        const LumaImage original = luma_of(picture);
        const std::vector<std::uint8_t> jpeg = encode_progressive(picture, quality, scans);
        const std::vector<ScanView> views = view_scans(jpeg, deblocker);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto quality_of = [&](const LumaImage& luma) {
                return jpegdeblock::psnr(original.view(), luma.view());
            };
            const double smoothed = quality_of(views[i].smoothed), restored = quality_of(views[i].restored);
            const double count = static_cast<double>(paths.size());
            rows[i].share += static_cast<double>(views[i].bytes) / static_cast<double>(jpeg.size()) / count;
            rows[i].plain += quality_of(views[i].plain) / count;
            rows[i].smoothed += smoothed / count;
            rows[i].restored += restored / count;
            rows[i].worst = std::min(rows[i].worst, restored - smoothed);
        }
    }
    return rows;
}

void print_table(const std::vector<Row>& rows) {
    std::printf("%4s %8s %10s %11s %10s %8s %8s\n", "scan", "bytes, %", "plain, dB", "smooth, dB", "ours, dB",
                "gain", "worst");
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::printf("%4zu %8.1f %10.2f %11.2f %10.2f %+8.2f %+8.2f\n", i + 1, 100 * rows[i].share,
                    rows[i].plain, rows[i].smoothed, rows[i].restored, rows[i].restored - rows[i].smoothed,
                    rows[i].worst);
}

/// PSNR against bytes received, as steps: a picture stays until the next one is there.
class Chart {
  public:
    explicit Chart(const std::vector<Row>& rows) {
        low_ = high_ = rows.front().plain;
        for (const Row& row : rows) {
            low_ = std::min({low_, row.plain, row.smoothed, row.restored});
            high_ = std::max({high_, row.plain, row.smoothed, row.restored});
        }
        low_ = std::floor(low_ - 0.5);
        high_ = std::ceil(high_ + 0.5);
    }

    void write(const std::string& path, const std::vector<Row>& rows, const std::string& title) const {
        std::ofstream svg(path);
        svg << "<svg xmlns='http://www.w3.org/2000/svg' width='760' height='460' font-family='sans-serif' "
               "font-size='13'>\n<rect width='760' height='460' fill='white'/>\n"
            << "<text x='70' y='24' font-size='15'>" << title << "</text>\n";
        for (double level = low_; level <= high_; level += high_ - low_ > 12 ? 2 : 1)
            svg << "<path d='M70 " << y(level) << "H730' stroke='#ddd'/><text x='62' y='" << y(level) + 4
                << "' text-anchor='end'>" << level << "</text>\n";
        for (int percent = 0; percent <= 100; percent += 20)
            svg << "<text x='" << x(percent / 100.0) << "' y='428' text-anchor='middle'>" << percent
                << "</text>\n";
        svg << "<text x='400' y='450' text-anchor='middle'>bytes received, %</text>\n"
            << "<text transform='translate(20 230) rotate(-90)' text-anchor='middle'>PSNR of luma, "
               "dB</text>\n";
        draw(svg, rows, &Row::plain, "#999", "plain decoding", 0);
        draw(svg, rows, &Row::smoothed, "#d60", "libjpeg-turbo, block smoothing", 1);
        draw(svg, rows, &Row::restored, "#06c", "jpegdeblockdec progressive=true", 2);
        svg << "</svg>\n";
        if (!svg.flush()) throw Error(ErrorCode::kUnwritable, "cannot write '" + path + "'");
    }

  private:
    double x(double share) const { return 70 + 660 * share; }
    double y(double level) const { return 410 - 370 * (level - low_) / (high_ - low_); }

    void draw(std::ostream& svg, const std::vector<Row>& rows, double Row::*value, const char* colour,
              const char* name, int line) const {
        svg << "<path fill='none' stroke='" << colour << "' stroke-width='2' d='M" << x(rows[0].share) << ' '
            << y(rows[0].*value);
        for (std::size_t i = 1; i < rows.size(); ++i)
            svg << "H" << x(rows[i].share) << "V" << y(rows[i].*value);
        svg << "H730'/><path d='M450 " << 330 + 22 * line << "h30' stroke='" << colour
            << "' stroke-width='2'/><text x='490' y='" << 334 + 22 * line << "'>" << name << "</text>\n";
    }

    double low_, high_;
};

/// The middles of pictures, at full size, in rows of `columns`.
class Sheet {
  public:
    Sheet(int width, int columns) : width_(width), columns_(columns) {}

    void add(const Picture& picture) {
        Picture middle =
            make_picture(std::min(picture.width, width_), std::min(picture.height, width_ * 3 / 4));
        const int left = (picture.width - middle.width) / 2, top = (picture.height - middle.height) / 2;
        for (int y = 0; y < middle.height; ++y)
            std::copy_n(picture.pixel(left, top + y), 3 * middle.width, middle.pixel(0, y));
        pictures_.push_back(std::move(middle));
    }

    void write(const std::string& path) const {
        constexpr int kGap = 6;
        int width = 0, height = 0;
        for (const Picture& picture : pictures_) {
            width = std::max(width, picture.width);
            height = std::max(height, picture.height);
        }
        const int count = static_cast<int>(pictures_.size());
        const int columns = std::min(columns_, count), rows = (count + columns - 1) / columns;
        Picture sheet = make_picture(columns * (width + kGap) - kGap, rows * (height + kGap) - kGap);
        std::fill(sheet.samples.begin(), sheet.samples.end(), std::uint8_t{255});
        for (int i = 0; i < count; ++i) {
            const Picture& picture = pictures_[static_cast<std::size_t>(i)];
            const int left = i % columns * (width + kGap), top = i / columns * (height + kGap);
            for (int y = 0; y < picture.height; ++y)
                std::copy_n(picture.pixel(0, y), 3 * picture.width, sheet.pixel(left, top + y));
        }
        write_png(path, sheet);
    }

  private:
    int width_, columns_;
    std::vector<Picture> pictures_;
};

Picture grey_picture(const LumaImage& luma) {
    Picture picture = make_picture(luma.width, luma.height);
    for (std::size_t i = 0; i < picture.samples.size(); ++i) picture.samples[i] = luma.samples[i / 3];
    return picture;
}

/// First row: block smoothing; second row: restored; a column for each scan.
void write_comparison(const std::string& path, const std::string& picture, int quality,
                      const std::string& script, Deblocker& deblocker) {
    const std::vector<ScanView> views =
        view_scans(encode_progressive(read_png(picture), quality, scan_script(script)), deblocker);
    Sheet sheet(320, static_cast<int>(views.size()));
    for (const ScanView& view : views) sheet.add(grey_picture(view.smoothed));
    for (const ScanView& view : views) sheet.add(grey_picture(view.restored));
    sheet.write(path);
}

/// The PNGs that the paths name, those of folders in the order of their names.
std::vector<std::string> png_files(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        const std::size_t first = files.size();
        for (const auto& entry : std::filesystem::directory_iterator(path))
            if (entry.path().extension() == ".png") files.push_back(entry.path().string());
        std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
    }
    if (files.empty()) throw Error(ErrorCode::kNotFound, "found no PNG in '" + paths.front() + "'");
    return files;
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw Error(ErrorCode::kUnwritable, "cannot write '" + path + "'");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Shows and measures what is seen of a progressive JPEG while it arrives.");
    app.require_subcommand(1);

    std::vector<std::string> pictures;
    std::string input, output, model = "balanced", chart, sheet;
    std::string script = "standard";
    int quality = 75, columns = 5, width = 320;
    const auto add_encoding = [&](CLI::App* command) {
        command->add_option("--quality", quality, "Of the JPEGs")
            ->check(CLI::Range(1, 100))
            ->capture_default_str();
        command->add_option("--script", script, "Of their scans: standard or mozjpeg")->capture_default_str();
    };

    auto* encode = app.add_subcommand("encode", "Write a PNG as a progressive JPEG");
    encode->add_option("input", input, "The PNG")->required();
    encode->add_option("output", output, "The JPEG to write")->required();
    add_encoding(encode);

    auto* measure_command = app.add_subcommand(
        "measure",
        "Print, for each scan, the mean share of the bytes and PSNR of luma: decoded plainly, with "
        "libjpeg's block smoothing, and restored; gain: over smoothing; worst: of any picture");
    measure_command->add_option("pictures", pictures, "Pristine PNGs or folders of them")->required();
    measure_command->add_option("--model", model, "A preset or a model file")->capture_default_str();
    measure_command->add_option("--chart", chart, "An SVG to draw the table in");
    measure_command->add_option("--sheet", sheet,
                                "A PNG to draw the first picture in: smoothed above, restored below");
    add_encoding(measure_command);

    auto* compose = app.add_subcommand("sheet", "Write the middles of PNGs into one, row by row");
    compose->add_option("output", output, "The PNG to write")->required();
    compose->add_option("pictures", pictures, "The PNGs or folders of them")->required();
    compose->add_option("--columns", columns, "Pictures in a row")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    compose->add_option("--width", width, "Most pixels of each picture")
        ->check(CLI::Range(4, 10000))
        ->capture_default_str();

    CLI11_PARSE(app, argc, argv);
    try {
        if (encode->parsed()) {
            write_file(output, encode_progressive(read_png(input), quality, scan_script(script)));
        } else if (compose->parsed()) {
            Sheet scans(width, columns);
            for (const std::string& path : png_files(pictures)) scans.add(read_png(path));
            scans.write(output);
        } else {
            const bool file = model.find('/') != std::string::npos;
            Deblocker deblocker(jpegdeblock::load_shared_model(file ? model : jpegdeblock::find_model(model)),
                                jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(0));
            const std::vector<std::string> files = png_files(pictures);
            const std::vector<Row> rows = measure(files, quality, script, deblocker);
            print_table(rows);
            if (!chart.empty())
                Chart(rows).write(
                    chart, rows,
                    "Progressive JPEG, " + script + " scans, quality " + std::to_string(quality));
            if (!sheet.empty()) write_comparison(sheet, files.front(), quality, script, deblocker);
        }
    } catch (const Error& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
