// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <random>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "files.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

constexpr int kRounds = 4000;

/// One to four changes at random places, nine of ten in the header: flipped bits, random bytes, characters
/// that mean something in JSON, removed and repeated ranges.
std::string mutate(std::string bytes, std::size_t header_end, std::mt19937& random) {
    static const std::string kMeaningful = "{}[]\":,-0129eE.\\u \x80\xff";
    for (unsigned changes = 1 + random() % 4; changes > 0 && bytes.size() > header_end; --changes) {
        const std::size_t position = random() % (random() % 10 == 0 ? bytes.size() : header_end);
        const std::size_t length = 1 + random() % 12;
        switch (random() % 5) {
            case 0:
                bytes[position] = static_cast<char>(bytes[position] ^ (1 << random() % 8));
                break;
            case 1:
                bytes[position] = static_cast<char>(random() % 256);
                break;
            case 2:
                bytes[position] = kMeaningful[random() % kMeaningful.size()];
                break;
            case 3:
                bytes.erase(position, length);
                break;
            default:
                bytes.insert(position, bytes.substr(position, length));
        }
    }
    return bytes;
}

/// Loads `rounds` damaged versions of the file at `path`: each loads or throws an Error.
template <typename Load>
void expect_no_surprise(const std::string& path, Load load) {
    const std::string whole = test::read_bytes(path);
    const std::size_t header_end =
        8 + static_cast<unsigned char>(whole[0]) + 256 * static_cast<unsigned char>(whole[1]);
    ASSERT_LT(header_end, whole.size());
    std::mt19937 random(20240229);
    int loaded = 0;
    for (int round = 0; round < kRounds; ++round) {
        test::write_bytes(path, mutate(whole, header_end, random));
        try {
            load(path);
            ++loaded;
        } catch (const Error&) {
        } catch (const std::exception& error) {
            FAIL() << "round " << round << ": " << error.what();
        }
    }
    // Some changes (a note, a weight) are harmless; most are not.
    EXPECT_GT(loaded, 0);
    EXPECT_LT(loaded, kRounds / 2);
}

TEST(Mutation, OfAModelLoadsOrThrowsAnError) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("x.safetensors");
    Model model = test::sample_grid();
    model.notes["licence"] = "CC0-1.0";
    save_model(path, model);
    expect_no_surprise(path, [](const std::string& file) {
        const auto loaded = load_model(file);
        evaluate_conditioning(*loaded, ijg_luma_table(50));
    });
}

TEST(Mutation, OfAGoldenFileLoadsOrThrowsAnError) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("x.golden.safetensors");
    save_golden(path, Golden{8, 8, std::vector<std::uint8_t>(64, 7), {}, std::vector<float>(64, 0.5f)});
    expect_no_surprise(path, [](const std::string& file) { load_golden(file); });
}

}  // namespace
}  // namespace jpegdeblock
