// SPDX-License-Identifier: LGPL-2.1-or-later
//
//     score_planes WIDTH HEIGHT REFERENCE TEST
//
// prints the mean PSNR and PSNR-B of a clip's luma; both files are frames of GRAY8 without anything between.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "metrics/metrics.h"

namespace {

std::vector<std::uint8_t> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
    const int width = argc == 5 ? std::atoi(argv[1]) : 0, height = argc == 5 ? std::atoi(argv[2]) : 0;
    if (width < 1 || height < 1) {
        std::fprintf(stderr, "Usage: %s WIDTH HEIGHT REFERENCE TEST\n", argv[0]);
        return EXIT_FAILURE;
    }
    const std::vector<std::uint8_t> reference = read(argv[3]), test = read(argv[4]);
    const std::size_t samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (reference.empty() || reference.size() != test.size() || reference.size() % samples != 0) {
        std::fprintf(stderr,
                     "%s: '%s' has %zu bytes and '%s' %zu; expected the same number of %dx%d frames\n",
                     argv[0], argv[3], reference.size(), argv[4], test.size(), width, height);
        return EXIT_FAILURE;
    }
    double psnr = 0, psnr_b = 0;
    for (std::size_t first = 0; first < reference.size(); first += samples) {
        const jpegdeblock::ConstPlane a = {reference.data() + first, width, height, width};
        const jpegdeblock::ConstPlane b = {test.data() + first, width, height, width};
        psnr += jpegdeblock::psnr(a, b);
        psnr_b += jpegdeblock::psnr_b(a, b);
    }
    const double frames = static_cast<double>(reference.size() / samples);
    std::printf("%.3f %.3f\n", psnr / frames, psnr_b / frames);
}
