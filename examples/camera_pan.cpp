// SPDX-License-Identifier: LGPL-2.1-or-later
// Moves a window over a picture as a camera would pan, and writes the frames as raw RGB to standard output.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <numbers>

#include <CLI/CLI.hpp>

#include <jpegdeblock/error.h>

#include "picture_files.h"

using jpegdeblock::Error;
using jpegdeblock::ErrorCode;

namespace {

void write_pan(const Picture& picture, int width, int height, int frames) {
    if (width > picture.width || height > picture.height) {
        throw Error(ErrorCode::kInvalidArgument,
                    "the window of " + std::to_string(width) + "x" + std::to_string(height) +
                        " does not fit into the picture of " + std::to_string(picture.width) + "x" +
                        std::to_string(picture.height));
    }
    for (int frame = 0; frame < frames; ++frame) {
        // From the left to the right with a slow start and stop, and up and down on the way.
        const double phase = frames > 1 ? static_cast<double>(frame) / (frames - 1) : 0.0;
        const double across = (1 - std::cos(std::numbers::pi * phase)) / 2;
        const double down = (1 - std::cos(2 * std::numbers::pi * phase)) / 2;
        const int left = static_cast<int>(std::lround(across * (picture.width - width)));
        const int top = static_cast<int>(std::lround(down * (picture.height - height)));
        for (int y = 0; y < height; ++y) {
            const std::size_t row_bytes = std::size_t{3} * width;
            if (std::fwrite(picture.pixel(left, top + y), 1, row_bytes, stdout) != row_bytes) {
                throw Error(ErrorCode::kUnwritable, "cannot write to standard output");
            }
        }
    }
    if (std::fflush(stdout) != 0) {
        throw Error(ErrorCode::kUnwritable, "cannot write to standard output");
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Pans over a picture and writes raw RGB frames to standard output.");
    std::string path;
    int width = 640;
    int height = 480;
    int frames = 60;
    app.add_option("picture", path, "A PNG larger than the window")->required();
    app.add_option("--width", width, "Of the window, in pixels")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--height", height, "Of the window, in pixels")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--frames", frames, "How many to write")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        write_pan(read_png(path), width, height, frames);
    } catch (const std::exception& error) {
        std::cerr << "camera_pan: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
