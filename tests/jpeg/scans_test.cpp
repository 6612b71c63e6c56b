// SPDX-License-Identifier: LGPL-2.1-or-later
// Progressive JPEGs that arrive in pieces, end too early or are damaged: what is known after each scan.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/reconstruction.h"
#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes start_of(const Bytes& jpeg, std::size_t size) {
    return {jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::span<const std::uint8_t> piece(const Bytes& jpeg, std::size_t from, std::size_t size) {
    return std::span(jpeg).subspan(from, std::min(size, jpeg.size() - from));
}

Bytes decoded(const JpegComponent& component) {
    Bytes samples(static_cast<std::size_t>(component.width * component.height));
    decode_blocks(component, 0, 0, {samples.data(), component.width, component.height, component.width},
                  false);
    return samples;
}

std::vector<Bytes> decoded(const JpegPicture& picture) {
    std::vector<Bytes> components;
    for (const JpegComponent& component : picture.components) components.push_back(decoded(component));
    return components;
}

std::vector<ScanState> states_of(const JpegPicture& picture) {
    std::vector<ScanState> states;
    for (const JpegComponent& component : picture.components) states.push_back(component.state);
    return states;
}

/// What jpeg_simple_progression writes for YCbCr: component (-1: all), first and last coefficient in zigzag
/// order, missing bits after the scan.
struct Scan {
    int component, first, last, missing;
};
constexpr Scan kSimpleProgression[] = {{-1, 0, 0, 1}, {0, 1, 5, 2},  {2, 1, 63, 1}, {1, 1, 63, 1},
                                       {0, 6, 63, 2}, {0, 1, 63, 1}, {-1, 0, 0, 0}, {2, 1, 63, 0},
                                       {1, 1, 63, 0}, {0, 1, 63, 0}};

/// The components' states after so many scans.
std::vector<ScanState> states_after(int scans) {
    std::vector<ScanState> states(3);
    for (ScanState& state : states) state.missing_bits.fill(ScanState::kAbsent);
    for (int i = 0; i < scans; ++i) {
        const Scan& scan = kSimpleProgression[i];
        for (int component = 0; component < 3; ++component)
            if (scan.component == -1 || scan.component == component)
                for (int k = scan.first; k <= scan.last; ++k)
                    states[component].missing_bits[kZigzagToRow[k]] = static_cast<std::int8_t>(scan.missing);
    }
    return states;
}

/// The samples of a component of which only that much is known, from all of its coefficients.
Bytes decoded_as_if(const JpegComponent& whole, const ScanState& state) {
    std::vector<std::int16_t> blocks;
    for (const std::int16_t* row : whole.block_rows)
        for (int at = 0; at < 64 * whole.blocks_wide; ++at) {
            const int i = at % 64, bits = state.missing_bits[i];
            int level = 0;
            if (bits != ScanState::kAbsent) {
                const double scale = 1 << bits;
                const double cut = i == 0 ? std::floor(row[at] / scale) : std::trunc(row[at] / scale);
                level = static_cast<int>(cut * scale);
            }
            blocks.push_back(static_cast<std::int16_t>(
                expected_coefficient(static_cast<std::int16_t>(level), whole.table.step[i], bits, i)));
        }
    JpegComponent known = whole;
    known.table = {};
    known.state = {};
    for (int y = 0; y < known.blocks_high; ++y)
        known.block_rows[y] = blocks.data() + 64 * y * known.blocks_wide;
    return decoded(known);
}

// Errors first.

TEST(JpegInPieces, NothingIsNoJpeg) {
    JpegReader reader;
    reader.begin("empty.jpg");
    EXPECT_THROW(reader.finish(), Error);
    reader.begin("broken.jpg");
    try {
        for (int i = 0; i < 100; ++i) EXPECT_EQ(reader.append(Bytes(10, 7)), nullptr);
        reader.finish();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
        EXPECT_THAT(error.what(), testing::HasSubstr("broken.jpg"));
    }
    const Bytes jpeg = compress({});
    EXPECT_FALSE(reader.read(jpeg).damaged);
}

TEST(JpegInPieces, SizeThatTheDataCannotHold) {
    Bytes jpeg = compress({.progressive = true});
    const std::size_t frame_header = find_segment(jpeg, 0xc2);
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(frame_header) + 5, 4, std::uint8_t{0xfd});
    JpegReader reader;
    reader.begin();
    EXPECT_THROW(reader.append(jpeg), Error);
    reader.set_most_samples(0);
    reader.begin();
    EXPECT_EQ(reader.append(jpeg), nullptr);
    EXPECT_THROW(reader.finish(), Error);
}

TEST(JpegInPieces, ALargePictureMayComeSlowly) {
    const JpegRecipe recipe{
        .width = 4200, .height = 4096, .input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .quality = 5};
    const Bytes jpeg = compress(recipe);
    JpegReader reader;
    reader.begin();
    EXPECT_EQ(reader.append(piece(jpeg, 0, 700)), nullptr);
    reader.append(piece(jpeg, 700, jpeg.size()));
    EXPECT_FALSE(reader.finish().damaged);
}

TEST(JpegInPieces, EqualsTheWhole) {
    JpegReader in_pieces, at_once;
    for (const bool progressive : {false, true})
        for (const bool arithmetic : {false, true})
            for (const std::size_t size : {1, 7, 1000, 100000}) {
                SCOPED_TRACE(testing::Message() << progressive << arithmetic << ' ' << size);
                Bytes jpeg = compress({.width = 83,
                                       .height = 45,
                                       .progressive = progressive,
                                       .arithmetic = arithmetic,
                                       .horizontal_sampling = {2, 1},
                                       .restart_interval = 3});
                Bytes comment = {0xff, 0xfe, 0x01, 0x00};  // A segment that libjpeg skips.
                comment.resize(2 + 0x100, 0xff);
                jpeg.insert(jpeg.begin() + 2, comment.begin(), comment.end());
                in_pieces.begin();
                int scans = 0;
                for (std::size_t at = 0; at < jpeg.size(); at += size)
                    if (const JpegPicture* picture = in_pieces.append(piece(jpeg, at, size)))
                        scans = picture->scans;
                const JpegPicture &picture = in_pieces.finish(), &expected = at_once.read(jpeg);
                EXPECT_FALSE(picture.damaged) << picture.damage;
                EXPECT_EQ(picture.size, jpeg.size());
                EXPECT_EQ(picture.scans, progressive ? 10 : 1);
                EXPECT_EQ(scans, arithmetic ? 0 : picture.scans);
                EXPECT_EQ(states_of(picture), std::vector<ScanState>(3));
                EXPECT_EQ(decoded(picture), decoded(expected));
            }
}

TEST(JpegInPieces, EachScanIsThereOnceTheMarkerAfterItIs) {
    const Bytes jpeg = compress({.width = 83,
                                 .height = 45,
                                 .quality = 80,
                                 .progressive = true,
                                 .horizontal_sampling = {2, 1},
                                 .vertical_sampling = {2, 1}});
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    ASSERT_EQ(ends.size(), std::size(kSimpleProgression));
    JpegReader whole, reader;
    const std::vector<JpegComponent> components = whole.read(jpeg).components;
    reader.begin();
    std::size_t scans = 0;
    for (std::size_t at = 0; at < jpeg.size(); ++at) {
        const JpegPicture* picture = reader.append(piece(jpeg, at, 1));
        const bool complete = scans < ends.size() && at + 1 == ends[scans];
        if (complete) ++scans;
        ASSERT_EQ(picture == nullptr ? 0 : picture->scans, scans) << "byte " << at;
        if (!complete) continue;
        SCOPED_TRACE(testing::Message() << "scan " << scans);
        EXPECT_FALSE(picture->damaged) << picture->damage;
        EXPECT_EQ(states_of(*picture), states_after(static_cast<int>(scans)));
        for (std::size_t i = 0; i < components.size(); ++i) {
            EXPECT_EQ(picture->components[i].table, components[i].table);
            EXPECT_EQ(decoded(picture->components[i]),
                      decoded_as_if(components[i], picture->components[i].state));
        }
    }
    EXPECT_EQ(scans, ends.size());
}

TEST(JpegInPieces, WhatIsPartlyReadOfAScanIsNotSeen) {
    const Bytes jpeg = compress({.width = 83, .height = 45, .progressive = true});
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    JpegReader reader;
    reader.begin();
    const std::vector<Bytes> before = decoded(*reader.append(start_of(jpeg, ends[4])));
    const JpegPicture* picture = reader.append(piece(jpeg, ends[4], (ends[5] - ends[4]) * 3 / 4));
    EXPECT_EQ(picture->scans, 5);
    EXPECT_EQ(decoded(*picture), before);
}

TEST(JpegInPieces, ComponentsThatHaveNotComeAreGrey) {
    const Bytes jpeg =
        compress({.scans = {{1, {2}, 0, 0, 0, 0}, {1, {0}, 0, 0, 0, 0}, {1, {1}, 0, 0, 0, 0}}});
    JpegReader reader;
    reader.begin();
    const JpegPicture* picture = reader.append(start_of(jpeg, ends_of_scans(jpeg)[0]));
    ASSERT_NE(picture, nullptr);
    EXPECT_FALSE(picture->damaged) << picture->damage;
    for (const int i : {0, 1}) {
        EXPECT_THAT(picture->components[i].state.missing_bits, testing::Each(ScanState::kAbsent));
        EXPECT_THAT(decoded(picture->components[i]), testing::Each(128));
    }
    EXPECT_EQ(picture->components[2].state.missing_bits[0], 0);
}

/// Expects each block to be known as after so many scans or, up to a place that is the same in all, as after
/// one more, and its samples to be what that makes of the whole picture's. The number of blocks of the
/// latter.
int expect_blocks_between(const JpegPicture& picture, const std::vector<JpegComponent>& whole, int scans) {
    const std::vector<ScanState> before = states_after(scans), after = states_after(scans + 1);
    int further = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const JpegComponent& component = picture.components[i];
        const Bytes ours = decoded(component), less = decoded_as_if(whole[i], before[i]),
                    more = decoded_as_if(whole[i], after[i]);
        bool ended = false;
        for (int y = 0; y < component.blocks_high; ++y)
            for (int x = 0; x < component.blocks_wide; ++x) {
                const ScanState& state = component.state_at(x, y);
                const bool told = state == after[i] && before[i] != after[i];
                EXPECT_EQ(state, told ? after[i] : before[i]) << x << ", " << y;
                further += told;
                // An interleaved scan goes back and forth between the rows of a component's blocks.
                EXPECT_FALSE(before[i].missing_bits[0] == after[i].missing_bits[0] && ended && told);
                ended = ended || !told;
                for (int row = 8 * y; row < std::min(8 * y + 8, component.height); ++row) {
                    const int at = row * component.width + 8 * x;
                    const int columns = std::min(8, component.width - 8 * x);
                    const Bytes& expected = told ? more : less;
                    EXPECT_TRUE(
                        std::equal(ours.begin() + at, ours.begin() + at + columns, expected.begin() + at))
                        << "block " << x << ", " << y << " of component " << i;
                }
            }
    }
    return further;
}

TEST(TruncatedScans, KeepWhatCameBeforeTheEnd) {
    for (const int restart_interval : {0, 5}) {
        const Bytes jpeg = compress({.width = 83,
                                     .height = 45,
                                     .progressive = true,
                                     .vertical_sampling = {2, 1},
                                     .restart_interval = restart_interval});
        const std::vector<std::size_t> ends = ends_of_scans(jpeg);
        JpegReader reader, other;
        const std::vector<JpegComponent> whole = other.read(jpeg).components;
        int most = 0;
        for (std::size_t scans = 1; scans < ends.size(); ++scans) {
            for (std::size_t size = ends[scans - 1]; size + 6 < ends[scans]; size += 5) {
                SCOPED_TRACE(testing::Message() << size << " bytes, " << scans << " scans");
                const JpegPicture& picture = reader.read(start_of(jpeg, size));
                EXPECT_TRUE(picture.damaged);
                most = std::max(most, expect_blocks_between(picture, whole, static_cast<int>(scans)));
                if (testing::Test::HasFailure()) return;
            }
        }
        EXPECT_GT(most, 40);
    }
}

TEST(TruncatedScans, AreNeverBelowLibjpegsSmoothedPicture) {
    const auto mean_error = [](const Bytes& a, const Bytes& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum / static_cast<double>(a.size());
    };
    const JpegRecipe recipe{.width = 240,
                            .height = 168,
                            .input = JCS_GRAYSCALE,
                            .stored = JCS_GRAYSCALE,
                            .quality = 75,
                            .progressive = true};
    const Bytes original = samples_for(recipe), jpeg = libjpeg_compress(recipe, original);
    JpegReader reader;
    for (std::size_t percent = 10; percent < 100; percent += 3) {
        const Bytes start = start_of(jpeg, jpeg.size() * percent / 100);
        const JpegPicture& picture = reader.read(start);
        if (testing::IsSubstring("", "", "Huffman", picture.damage)) continue;  // Too little for libjpeg.
        const JpegComponent& luma = picture.components[0];
        Bytes ours(original.size());
        decode_component(luma, {ours.data(), luma.width, luma.height, luma.width});
        EXPECT_LE(mean_error(ours, original),
                  1.01 * mean_error(libjpeg_decompress_luma(start, JDCT_ISLOW, true), original))
            << percent << " %";
    }
}

TEST(TruncatedScans, InPiecesAreTheSame) {
    const Bytes jpeg = compress({.width = 83, .height = 45, .progressive = true});
    JpegReader reader, in_pieces;
    bool began = false;
    for (std::size_t size = 1; size < jpeg.size(); size += 13) {
        const Bytes bytes = start_of(jpeg, size);
        in_pieces.begin();
        try {
            for (std::size_t at = 0; at < size; at += 100) in_pieces.append(piece(bytes, at, 100));
            const JpegPicture& picture = in_pieces.finish();
            began = true;
            const JpegPicture& expected = reader.read(bytes);
            ASSERT_EQ(decoded(picture), decoded(expected)) << size;
            EXPECT_EQ(states_of(picture), states_of(expected)) << size;
            EXPECT_EQ(picture.damage, expected.damage) << size;
            EXPECT_EQ(picture.size, expected.size) << size;
        } catch (const Error&) {
            EXPECT_FALSE(began) << size;
            EXPECT_THROW(reader.read(bytes), Error) << size;
        }
    }
    EXPECT_TRUE(began);
}

TEST(TruncatedScans, WithinTheFirstAreShownAsFarAsTheyGo) {
    const Bytes jpeg = compress(
        {.width = 64, .height = 160, .input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .progressive = true});
    const std::size_t end = ends_of_scans(jpeg)[0];
    JpegReader reader;
    const JpegPicture& picture = reader.read(start_of(jpeg, end - 30));
    EXPECT_TRUE(picture.damaged);
    EXPECT_EQ(picture.components[0].state.missing_bits[0], 1);
    EXPECT_EQ(picture.components[0].state.missing_bits[1], ScanState::kAbsent);
    EXPECT_NE(picture.components[0].block_rows[0][0], 0);
}

TEST(TruncatedScans, AnEndMarkerThatIsMissingIsNoDamage) {
    Bytes jpeg = compress({.progressive = true});
    jpeg.resize(jpeg.size() - 2);
    JpegReader reader;
    const JpegPicture& picture = reader.read(jpeg);
    EXPECT_FALSE(picture.damaged) << picture.damage;
    EXPECT_EQ(states_of(picture), std::vector<ScanState>(3));
}

TEST(DamagedScans, TellNothingAndNeitherDoTheirRefinements) {
    Bytes jpeg = compress({.width = 203, .height = 145, .quality = 90, .progressive = true});
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    // The second half of luma's coefficients 6 to 63 is lost.
    const auto middle = static_cast<std::ptrdiff_t>((ends[3] + ends[4]) / 2);
    jpeg.erase(jpeg.begin() + middle, jpeg.begin() + static_cast<std::ptrdiff_t>(ends[4]) - 2);
    JpegReader reader;
    const JpegPicture& picture = reader.read(jpeg);
    EXPECT_TRUE(picture.damaged);
    std::vector<ScanState> expected(3);
    for (int k = 1; k < 64; ++k)
        expected[0].missing_bits[kZigzagToRow[k]] = k < 6 ? std::int8_t{2} : ScanState::kAbsent;
    EXPECT_EQ(states_of(picture), expected) << picture.damage;
    EXPECT_TRUE(picture.components[0].state_at(0, 0).complete());
    EXPECT_FALSE(picture.components[0].complete());
}

TEST(DamagedScans, AreKnownAgainFromTheNextRestartOn) {
    Bytes jpeg = compress({.width = 203, .height = 145, .progressive = true, .restart_interval = 20});
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    // A stretch of luma's last refinement is lost.
    const auto from = static_cast<std::ptrdiff_t>((ends[8] + ends[9]) / 2);
    jpeg.erase(jpeg.begin() + from, jpeg.begin() + from + 12);
    JpegReader reader;
    const JpegPicture& picture = reader.read(jpeg);
    EXPECT_TRUE(picture.damaged);
    const JpegComponent& luma = picture.components[0];
    EXPECT_TRUE(luma.state.complete());
    EXPECT_FALSE(luma.complete());
    EXPECT_TRUE(luma.state_at(0, 0).complete());
    EXPECT_TRUE(luma.state_at(luma.blocks_wide - 1, luma.blocks_high - 1).complete());
}

// libjpeg takes the kind, the size and the number of components of a second frame header before it refuses
// it.
TEST(DamagedScans, ASecondFrameHeaderChangesNothingOfTheFirst) {
    for (const bool progressive : {false, true}) {
        Bytes jpeg = compress({.width = 83, .height = 45, .progressive = progressive});
        const std::uint8_t other_kind = progressive ? 0xC0 : 0xC2;
        const Bytes header = {0xFF, other_kind, 0, 17, 8, 255, 255, 255, 255, 118};
        // In the data of the last scan.
        jpeg.insert(jpeg.end() - 40, header.begin(), header.end());
        JpegReader reader;
        const JpegPicture& picture = reader.read(jpeg);
        EXPECT_TRUE(picture.damaged);
        EXPECT_EQ(picture.progressive, progressive);
        EXPECT_EQ(picture.width, 83);
        EXPECT_EQ(picture.height, 45);
        ASSERT_EQ(picture.components.size(), 3u);
        // The last progressive scan is one of luma.
        EXPECT_EQ(picture.components[0].complete(), !progressive);
        EXPECT_TRUE(picture.components[1].state.complete());
    }
}

TEST(DamagedScans, InPiecesAreTheSame) {
    const Bytes jpeg = compress({.width = 83, .height = 45, .progressive = true, .restart_interval = 3});
    JpegReader reader, in_pieces;
    std::mt19937 generator(3);
    int survived = 0;
    for (int i = 0; i < 400; ++i) {
        Bytes bytes = jpeg;
        for (int k = 0; k < 3; ++k)
            bytes[generator() % bytes.size()] = static_cast<std::uint8_t>(generator());
        const std::size_t size = 1 + generator() % 200;
        std::vector<Bytes> samples;
        std::vector<ScanState> states;
        try {
            in_pieces.begin();
            for (std::size_t at = 0; at < bytes.size(); at += size) in_pieces.append(piece(bytes, at, size));
            const JpegPicture& picture = in_pieces.finish();
            samples = decoded(picture);
            states = states_of(picture);
            ++survived;
        } catch (const Error&) {
            EXPECT_THROW(reader.read(bytes), Error) << i;
            continue;
        }
        const JpegPicture& expected = reader.read(bytes);
        EXPECT_EQ(states, states_of(expected)) << i;
        EXPECT_EQ(samples, decoded(expected)) << i;
    }
    EXPECT_GT(survived, 200);
}

}  // namespace
}  // namespace jpegdeblock::test
