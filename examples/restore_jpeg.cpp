// SPDX-License-Identifier: LGPL-2.1-or-later
// Restores a JPEG and writes it as PNG, with the library alone: no GStreamer.
//
//     restore_jpeg in.jpg out.png [--preset balanced] [--planes all]
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>

#include "picture_files.h"

namespace {

using jpegdeblock::JpegFrame;
using jpegdeblock::PictureLayout;

/// A raw picture and its memory.
struct RawPicture {
    jpegdeblock::Picture view;
    std::array<std::vector<std::uint8_t>, 3> planes;

    void add_plane(std::size_t index, int width, int height) {
        planes[index].resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
        view.components[index] = {planes[index].data(), width, height, width, 1};
    }
};

RawPicture raw_picture_for(const JpegFrame& frame) {
    const PictureLayout layout = layout_of(*frame.fields[0]);
    const int width = frame.width(), height = frame.height;
    const bool halves_columns = layout == PictureLayout::k420 || layout == PictureLayout::k422;
    const bool halves_rows = layout == PictureLayout::k420;
    RawPicture picture;
    picture.view.is_rgb = layout == PictureLayout::kRgb;
    picture.add_plane(0, width, height);
    for (std::size_t i = 1; layout != PictureLayout::kGrey && i < 3; ++i)
        picture.add_plane(i, halves_columns ? (width + 1) / 2 : width,
                          halves_rows ? (height + 1) / 2 : height);
    return picture;
}

std::uint8_t clamped(double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

/// The sample of a component at that place of the picture.
int sample(const RawPicture& picture, std::size_t component, int x, int y) {
    const jpegdeblock::Samples &full = picture.view.components[0],
                               &samples = picture.view.components[component];
    if (samples.data == nullptr) return 128;  // Grey.
    const int column = samples.width < full.width ? x / 2 : x, row = samples.height < full.height ? y / 2 : y;
    return samples.data[row * samples.stride + column];
}

/// ITU-T T.871, section 7.
Picture to_rgb(const RawPicture& picture) {
    Picture rgb = make_picture(picture.view.components[0].width, picture.view.components[0].height);
    for (int y = 0; y < rgb.height; ++y) {
        for (int x = 0; x < rgb.width; ++x) {
            const int first = sample(picture, 0, x, y), second = sample(picture, 1, x, y),
                      third = sample(picture, 2, x, y);
            std::uint8_t* pixel = rgb.pixel(x, y);
            if (picture.view.is_rgb) {
                pixel[0] = static_cast<std::uint8_t>(first);
                pixel[1] = static_cast<std::uint8_t>(second);
                pixel[2] = static_cast<std::uint8_t>(third);
                continue;
            }
            const double cb = second - 128, cr = third - 128;
            pixel[0] = clamped(first + 1.402 * cr);
            pixel[1] = clamped(first - 0.344136 * cb - 0.714136 * cr);
            pixel[2] = clamped(first + 1.772 * cb);
        }
    }
    return rgb;
}

void restore(const std::string& input, const std::string& output, const std::string& preset, bool chroma) {
    const std::vector<std::uint8_t> bytes = jpegdeblock::read_file(input);
    jpegdeblock::JpegFrameReader reader;
    const JpegFrame& frame = reader.read(bytes);

    jpegdeblock::PictureRestorer restorer(jpegdeblock::Precision::kAuto, jpegdeblock::shared_workers(0));
    restorer.set_luma_model(jpegdeblock::load_shared_model(jpegdeblock::find_model(preset)));
    if (chroma) restorer.set_chroma_model(jpegdeblock::load_shared_model(jpegdeblock::find_model("chroma")));

    if (frame.empty())
        throw jpegdeblock::Error(jpegdeblock::ErrorCode::kInvalidFile, input + " holds no picture.");
    const RawPicture picture = raw_picture_for(frame);
    restorer.decode(frame, picture.view);
    if (frame.damage()) std::fprintf(stderr, "%s is damaged: %s\n", input.c_str(), frame.damage()->c_str());
    write_png(output, to_rgb(picture));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program("Restores a JPEG and writes it as PNG.");
    std::string input, output, preset = "balanced", planes = "luma";
    program.add_option("input", input, "a JPEG")->required();
    program.add_option("output", output, "the PNG to write")->required();
    program.add_option("--preset", preset, "fast, balanced, best or dncnn")->capture_default_str();
    program.add_option("--planes", planes, "luma, or all for chroma too")
        ->check(CLI::IsMember({"luma", "all"}))
        ->capture_default_str();
    CLI11_PARSE(program, argc, argv);
    try {
        restore(input, output, preset, planes == "all");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "restore_jpeg: %s\n", error.what());
        return 1;
    }
    return 0;
}
