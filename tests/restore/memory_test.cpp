// SPDX-License-Identifier: LGPL-2.1-or-later
// The memory that a large picture takes: a program of its own, as only the peak of all can be measured.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"

#include "../engine/reference_network.h"

namespace jpegdeblock {
namespace {

constexpr int kSide = 6000;
constexpr double kPixels = static_cast<double>(kSide) * kSide;

double peak_bytes() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

double resident_bytes() {
    double total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::unique_ptr<Deblocker> make_deblocker() {
    NetworkDescription network;
    network.channels = 16;
    network.depth = 4;
    network.condition_width = 8;
    return std::make_unique<Deblocker>(std::make_shared<const Model>(test::random_model(network, 5)),
                                       Precision::kF32, make_workers(1));
}

/// A picture and room for it.
std::vector<std::uint8_t> large_picture() {
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(kPixels), 128);
    for (std::size_t i = 0; i < samples.size(); i += 7) samples[i] = 140;
    return samples;
}

// In this order, as the peak never falls: the first test needs less.

TEST(MemoryOfAStill, PlaneInPlace) {
    std::vector<std::uint8_t> samples = large_picture();
    const Plane plane = {samples.data(), kSide, kSide, kSide};
    const double before = resident_bytes();
    EXPECT_TRUE(make_deblocker()->process(plane, plane, ijg_luma_table(30)).changed);
    EXPECT_LT(peak_bytes() - before, 3 * kPixels);
}

TEST(MemoryOfAStill, BaselineJpeg) {
    std::vector<std::uint8_t> samples = large_picture();
    const Plane plane = {samples.data(), kSide, kSide, kSide};
    const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(plane, 30);
    const double before = resident_bytes();
    JpegReader reader;
    EXPECT_TRUE(make_deblocker()->process(reader.read(jpeg).components[0], plane).changed);
    EXPECT_LT(peak_bytes() - before, 5 * kPixels);
}

}  // namespace
}  // namespace jpegdeblock
