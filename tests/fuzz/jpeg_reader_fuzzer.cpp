// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a JPEG whole and in pieces, its coefficients in memory and in a file, and follows what its scans have
// told of each block (progressive JPEGs). None of that may matter to the result, and what is said to be known
// must be possible.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/reconstruction.h"
#include "jpeg_seeds.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    return jpeg_seeds();
}

namespace {

constexpr std::uint64_t kMostSamples = 1 << 18;  // More would only take time.
constexpr int kMostScansShown = 16;

struct Component {
    Bytes samples;
    QuantizationTable table;
    ScanState state;
    std::vector<ScanState> states;
    std::vector<std::uint8_t> state_of_block;

    bool operator==(const Component&) const = default;
};

void check(const JpegComponent& component, const ScanState& state) {
    const QuantizationTable steps = effective_steps(component.table, state);
    for (std::size_t i = 0; i < 64; ++i) {
        const int missing = state.missing_bits[i];
        require(missing >= ScanState::kAbsent && missing <= 13, "missing bits are -1..13");
        require(steps.step[i] >= 1, "effective steps are 1..65535");
        for (const std::int16_t level : {-32768, -1, 0, 1, 32767}) {
            const auto at = static_cast<int>(i);
            const CoefficientInterval interval =
                coefficient_interval(level, component.table.step[i], missing, at);
            require(std::isfinite(interval.low) && interval.low <= interval.high, "intervals are finite");
            const std::int32_t expected = expected_coefficient(level, component.table.step[i], missing, at);
            require(static_cast<float>(expected) >= interval.low - 1.0f &&
                        static_cast<float>(expected) <= interval.high + 1.0f,
                    "what is expected is possible");
        }
    }
}

Component decoded(const JpegComponent& component) {
    const std::size_t blocks =
        static_cast<std::size_t>(component.blocks_wide) * static_cast<std::size_t>(component.blocks_high);
    require(component.states.empty() == component.state_of_block.empty(), "states and blocks go together");
    require(component.states.empty() || component.state_of_block.size() == blocks, "each block has a state");
    for (const std::uint8_t state : component.state_of_block)
        require(state < component.states.size(), "the state of a block exists");
    check(component, component.state);
    for (const ScanState& state : component.states) check(component, state);
    Component result{{}, component.table, component.state, component.states, component.state_of_block};
    result.samples.resize(static_cast<std::size_t>(component.width) *
                          static_cast<std::size_t>(component.height));
    decode_component(component, {result.samples.data(), component.width, component.height, component.width});
    return result;
}

std::vector<Component> decoded(const JpegPicture& picture) {
    std::vector<Component> components;
    for (const JpegComponent& component : picture.components) components.push_back(decoded(component));
    return components;
}

std::vector<Component> read_whole(JpegReader& reader, std::span<const std::uint8_t> bytes) {
    try {
        return decoded(reader.read(bytes));
    } catch (const Error&) {
        return {};
    }
}

/// In pieces of a size that the bytes themselves decide.
std::vector<Component> read_pieces(JpegReader& reader, std::span<const std::uint8_t> bytes) {
    const std::size_t size = bytes.empty() ? 1 : 1 + bytes[bytes.size() / 2] * 7u;
    try {
        reader.begin();
        int scans = 0;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            const JpegPicture* picture = reader.append(bytes.subspan(at, std::min(size, bytes.size() - at)));
            if (picture == nullptr || picture->scans == scans) continue;
            scans = picture->scans;
            if (scans < kMostScansShown) decoded(*picture);
        }
        return decoded(reader.finish());
    } catch (const Error&) {
        return {};
    }
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::fuzz;
    const std::span<const std::uint8_t> bytes(data, size);
    JpegReader whole, pieces;
    whole.set_most_samples(kMostSamples);
    pieces.set_most_samples(kMostSamples);
    const std::vector<Component> expected = read_whole(whole, bytes);
    require(expected == read_pieces(pieces, bytes), "pieces do not matter");
    JpegReader in_file;
    in_file.set_most_samples(kMostSamples);
    in_file.keep_in_file(std::filesystem::temp_directory_path().string(), 0);
    require(expected == read_whole(in_file, bytes), "nor does where the coefficients lie");
    // Tables that were kept, and what the picture before has left behind, must not matter to memory safety.
    read_whole(whole, bytes.subspan(size / 2));
    read_whole(whole, bytes);
    return 0;
}
