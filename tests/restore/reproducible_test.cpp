// SPDX-License-Identifier: LGPL-2.1-or-later
// The same input gives the same output: in every run, with any number of threads, and over the instructions
// of processors as far as docs/trust.md says. The program starts itself, as oneDNN looks at
// ONEDNN_MAX_CPU_ISA once.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/picture.h>
#include "jpeg/luma_codec.h"

#include "../temporal/scene.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kWidth = 136, kHeight = 104;

Precision precision_named(const std::string& name) {
    for (const Precision precision : {Precision::kF32, Precision::kBf16, Precision::kInt8})
        if (name == name_of(precision)) return precision;
    return Precision::kAuto;
}

/// A sequence, of which the last frame stands still, through the decoder's way and the filter's, by a network
/// for stills and one for videos.
Bytes restored(Precision precision, int threads) {
    Bytes result;
    for (const char* name : {"fast", "fast-temporal"})
        for (const bool decodes : {true, false}) {
            PictureRestorer restorer(precision, make_workers(threads));
            restorer.set_luma_model(load_shared_model(find_model(name)));
            for (const double shift : {0.0, 1.25, 2.5, 2.5}) {
                const LumaImage frame = photograph({.x = shift}, kWidth, kHeight);
                const Bytes jpeg = encode_grey_jpeg(frame.view(), 25);
                LumaImage output = decode_jpeg_luma(jpeg);
                Picture picture;
                picture.components[0] = {output.samples.data(), kWidth, kHeight, kWidth, 1};
                JpegFrameReader reader;
                if (decodes)
                    restorer.decode(reader.read(jpeg), picture, {.temporal = true});
                else
                    restorer.restore(picture, {}, {.temporal = true});
                result.insert(result.end(), output.samples.begin(), output.samples.end());
            }
        }
    return result;
}

/// What another process makes of it.
Bytes restored_with(const std::string& instructions, const std::string& precision, int threads) {
    char self[4096] = "";
    EXPECT_GT(::readlink("/proc/self/exe", self, sizeof self - 1), 0);
    const std::string command = "ONEDNN_MAX_CPU_ISA=" + instructions + " '" + self + "' --restore " +
                                precision + " " + std::to_string(threads);
    std::FILE* output = ::popen(command.c_str(), "r");
    EXPECT_NE(output, nullptr);
    Bytes result(1 << 20);
    result.resize(std::fread(result.data(), 1, result.size(), output));
    EXPECT_EQ(::pclose(output), 0) << command;
    return result;
}

/// The share of samples that are others, and by how much at most.
struct Difference {
    double share = 0;
    int most = 0;
};

Difference difference(const Bytes& a, const Bytes& b) {
    EXPECT_EQ(a.size(), b.size());
    Difference result;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        result.share += a[i] != b[i];
        result.most = std::max(result.most, std::abs(a[i] - b[i]));
    }
    result.share /= static_cast<double>(a.size());
    return result;
}

class Reproducible : public testing::TestWithParam<const char*> {
  protected:
    /// As this processor does it.
    const Bytes usual_ = restored_with("DEFAULT", GetParam(), 1);

    void expect_near(const Bytes& other, double share, int most, const std::string& what) {
        const Difference found = difference(usual_, other);
        std::printf("%s, %s: %.4f %% of the samples differ, by %d at most\n", GetParam(), what.c_str(),
                    100 * found.share, found.most);
        EXPECT_LE(found.share, share) << what;
        EXPECT_LE(found.most, most) << what;
    }
};

TEST_P(Reproducible, InEveryRunAndWithAnyNumberOfThreads) {
    ASSERT_EQ(usual_.size(), std::size_t{4 * 4} * kWidth * kHeight);
    for (const int threads : {1, 2, 3, 8})
        EXPECT_EQ(restored_with("DEFAULT", GetParam(), threads), usual_) << threads;
}

TEST_P(Reproducible, OverTheInstructionsOfX86) {
#if !defined(__x86_64__)
    GTEST_SKIP() << "They are x86's.";
#endif
    const std::string precision = GetParam();
    if (precision == "int8") {
        // Those without VNNI have weights of their own (docs/platforms.md), all the same.
        const Bytes avx2 = restored_with("AVX2", precision, 1);
        EXPECT_EQ(restored_with("AVX512_CORE", precision, 1), avx2);
        EXPECT_EQ(restored_with("AVX512_CORE_VNNI", precision, 1), usual_);
        expect_near(avx2, 0.5, 12, "with VNNI or without");
    } else if (precision == "f32") {
        for (const char* instructions : {"SSE41", "AVX2", "AVX512_CORE", "AVX512_CORE_VNNI"})
            expect_near(restored_with(instructions, precision, 1), 0.001, 1, instructions);
    } else {
        for (const char* instructions : {"AVX512_CORE", "AVX512_CORE_VNNI"})
            expect_near(restored_with(instructions, precision, 1), 0.01, 1, instructions);
    }
}

INSTANTIATE_TEST_SUITE_P(, Reproducible, testing::Values("f32", "int8", "bf16"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace jpegdeblock::test

int main(int argc, char** argv) {
    using namespace jpegdeblock::test;
    if (argc == 4 && std::string(argv[1]) == "--restore") {
        const Bytes bytes = restored(precision_named(argv[2]), std::atoi(argv[3]));
        return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() ? 0 : 1;
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
