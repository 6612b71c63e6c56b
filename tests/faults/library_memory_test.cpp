// SPDX-License-Identifier: LGPL-2.1-or-later
// The library where memory runs out: an exception, and afterwards everything goes on. Run with
// libfailing_malloc preloaded.
#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/log.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "model/model.h"

#include "../engine/reference_network.h"
#include "../support/temporary_folder.h"
#include "failing_allocations.h"

namespace jpegdeblock::test {
namespace {

constexpr int kWidth = 72, kHeight = 40;

Model small_model(bool temporal = false) {
    return random_int8_model(small_network(temporal), 3);
}

std::vector<std::uint8_t> bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Does it with each allocation failing in turn, alone and together with all after it, until it needs none
/// more. What comes of a failure must be an exception; `check` is called after each.
void with_failing_allocations(
    const std::function<void()>& work, const std::function<void()>& check = [] {}) {
    for (const bool all_after : {false, true}) {
        FailingAllocations failing;
        while (failing.next(all_after)) {
            bool failed = false;
            std::string message;
            try {
                const FailingAllocations::Armed armed = failing.arm();
                work();
            } catch (const std::bad_alloc&) {
                failed = true;
            } catch (const Error& error) {
                failed = true;
                message = error.what();
                EXPECT_NE(message, "");
            }
            check();
            // One that nobody misses, as of a cache, need not be told of.
            if (all_after) {
                EXPECT_TRUE(failed || failing.is_done()) << failing.number();
            }
        }
        EXPECT_GT(failing.number(), 1);
    }
}

TEST(MemoryRunsOut, LoadingAModel) {
    const TemporaryFolder folder;
    const std::string path = folder.file("model.safetensors");
    save_model(path, small_model());
    with_failing_allocations([&] { load_shared_model(path); });
    EXPECT_EQ(load_shared_model(path)->name, "random");
}

TEST(MemoryRunsOut, SavingAModel) {
    const TemporaryFolder folder;
    const std::string path = folder.file("model.safetensors");
    const Model model = small_model(true);
    save_model(path, model);
    const std::vector<std::uint8_t> before = bytes_of(path);
    const Model other = small_model(false);
    const std::string other_path = folder.file("other.safetensors");
    save_model(other_path, other);
    const std::vector<std::uint8_t> after = bytes_of(other_path);
    with_failing_allocations(
        [&] { save_model(path, other); },
        [&] {
            EXPECT_EQ(folder.names(), (std::vector<std::string>{"model.safetensors", "other.safetensors"}));
            const std::vector<std::uint8_t> now = bytes_of(path);
            EXPECT_TRUE(now == before || now == after);
            save_model(path, model);
        });
}

TEST(MemoryRunsOut, StartingAndRestoring) {
    for (const bool temporal : {false, true}) {
        const auto model = std::make_shared<const Model>(small_model(temporal));
        const std::vector<std::uint8_t> luma = random_luma(kWidth, kHeight, 1);
        const auto restore = [&](PictureRestorer& restorer, std::vector<std::uint8_t>& memory) {
            memory = luma;
            Picture picture;
            picture.components[0] = {memory.data(), kWidth, kHeight, kWidth, 1};
            restorer.restore(picture, {}, {.quality = 30, .temporal = temporal});
        };
        const auto start = [&] {
            auto restorer = std::make_unique<PictureRestorer>(Precision::kAuto, make_workers(2));
            restorer->set_luma_model(model);
            return restorer;
        };
        std::vector<std::uint8_t> expected;
        restore(*start(), expected);

        std::vector<std::uint8_t> result;
        with_failing_allocations([&] {
            const auto restorer = start();
            restore(*restorer, result);
        });
        // A restorer whose frame failed restores the next one.
        const auto restorer = start();
        with_failing_allocations(
            [&] {
                restorer->forget_stream();
                restore(*restorer, result);
            },
            [&] {
                restorer->forget_stream();
                restore(*restorer, result);
                EXPECT_EQ(result, expected);
            });
    }
}

TEST(MemoryRunsOut, TheSecondFrame) {
    for (const bool temporal : {false, true}) {
        const auto model = std::make_shared<const Model>(small_model(temporal));
        std::vector<std::uint8_t> result;
        const auto restore = [&](PictureRestorer& restorer, int number) {
            result = random_luma(kWidth, kHeight, static_cast<std::uint32_t>(1 + number));
            Picture picture;
            picture.components[0] = {result.data(), kWidth, kHeight, kWidth, 1};
            restorer.restore(picture, {}, {.quality = 30 + number, .temporal = temporal});
        };
        std::unique_ptr<PictureRestorer> restorer;
        const auto begin = [&] {
            restorer = std::make_unique<PictureRestorer>(Precision::kAuto, make_workers(2));
            restorer->set_luma_model(model);
            restore(*restorer, 0);
        };
        begin();
        with_failing_allocations([&] { restore(*restorer, 1); }, begin);
    }
}

TEST(MemoryRunsOut, ReadingAndDecodingAJpeg) {
    const auto model = std::make_shared<const Model>(small_model());
    const LumaImage drawn{kWidth, kHeight, random_luma(kWidth, kHeight, 5)};
    const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(drawn.view(), 40);
    std::vector<std::uint8_t> samples(kWidth * kHeight);
    Picture picture;
    picture.components[0] = {samples.data(), kWidth, kHeight, kWidth, 1};
    PictureRestorer restorer(Precision::kAuto, make_workers(2));
    restorer.set_luma_model(model);
    const auto decode = [&] {
        JpegFrameReader reader;
        restorer.decode(reader.read(jpeg), picture);
    };
    decode();
    const std::vector<std::uint8_t> expected = samples;
    with_failing_allocations(decode, [&] {
        decode();
        EXPECT_EQ(samples, expected);
    });
}

}  // namespace
}  // namespace jpegdeblock::test
