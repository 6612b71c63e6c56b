// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/degrading_patch_source.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>

#include "patches/jpeg_degradation.h"
#include "patches/patch_orientation.h"
#include "patches/random_draws.h"

namespace jpegdeblock::training {
QuantizationTable draw_table(const QualityDistribution& distribution, std::mt19937_64& generator) {
    const bool low = uniform(generator, 0, 1) < distribution.low_share;
    const int quality = low ? uniform_int(generator, distribution.lowest, distribution.middle)
                            : uniform_int(generator, std::min(distribution.middle + 1, distribution.highest),
                                          distribution.highest);
    const auto ijg_table = [quality](bool chroma) {
        return chroma ? ijg_chroma_table(quality) : ijg_luma_table(quality);
    };
    if (uniform(generator, 0, 1) >= distribution.varied_table_share) return ijg_table(distribution.chroma);
    const bool other = uniform(generator, 0, 1) < 0.25;
    QuantizationTable table = ijg_table(distribution.chroma != other);
    const double tilt = uniform(generator, -0.1, 0.06);
    const double roughness = uniform(generator, 0.0, 0.15);
    std::normal_distribution<double> noise(0.0, 1.0);
    for (int v = 0; v < 8; ++v)
        for (int u = 0; u < 8; ++u) {
            std::uint16_t& step = table.step[static_cast<std::size_t>(8 * v + u)];
            const double factor = std::exp(tilt * (u + v - 3) + roughness * noise(generator));
            step = static_cast<std::uint16_t>(std::clamp(std::lround(step * factor), 1L, 255L));
        }
    return table;
}

ScanState draw_scan_state(std::mt19937_64& generator) {
    ScanState state;
    // Sets the coefficients from position `first` of the zigzag scan on.
    const auto set_from = [&state](int first, int bits) {
        for (int k = first; k < 64; ++k)
            state.missing_bits[kZigzagToRow[static_cast<std::size_t>(k)]] = static_cast<std::int8_t>(bits);
    };
    state.missing_bits[0] = static_cast<std::int8_t>(uniform_int(generator, 0, 1));
    const double stage = uniform(generator, 0, 1);
    if (stage < 0.25) {
        set_from(1, ScanState::kAbsent);
        return state;
    }
    // libjpeg's own scans end a first part of the spectrum after 5 coefficients, others' after 2, 8 or 9.
    const int split = uniform(generator, 0, 1) < 0.4 ? 6 : uniform_int(generator, 2, 20);
    if (stage < 0.55) {
        set_from(1, uniform_int(generator, 0, 3));
        set_from(split, ScanState::kAbsent);
        return state;
    }
    const int bits = uniform_int(generator, 1, 3);
    set_from(1, bits);
    if (uniform(generator, 0, 1) < 0.3) {
        set_from(1, bits - 1);
        set_from(split, bits);
    }
    return state;
}

DegradingPatchSource::DegradingPatchSource(std::vector<PictureSet> sets, int count, int side,
                                           QualityDistribution distribution, std::uint64_t seed)
    : sets_(std::move(sets)), count_(count), side_(side), distribution_(distribution), seed_(seed) {
    if (side < 8 || side % 8 != 0)
        throw Error(ErrorCode::kInvalidArgument,
                    "a patch side of " + std::to_string(side) + " pixels is not a multiple of 8");
    for (const PictureSet& set : sets_)
        for (const LumaImage& picture : set.pictures)
            if (picture.width < side || picture.height < side)
                throw Error(ErrorCode::kInvalidArgument, "a picture is smaller than the patches (" +
                                                             std::to_string(side) + " pixels a side)");
}

PatchBatch DegradingPatchSource::make_batch(std::uint64_t index) const {
    PatchBatch batch;
    batch.count = count_;
    batch.side = side_;
    const std::size_t pixels = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
    batch.pristine.reserve(pixels * static_cast<std::size_t>(count_));
    batch.compressed.reserve(batch.pristine.capacity());
    std::vector<std::uint8_t> pristine(pixels), compressed(pixels);
    for (int i = 0; i < count_; ++i) {
        const std::uint64_t number =
            index * static_cast<std::uint64_t>(count_) + static_cast<std::uint64_t>(i);
        std::mt19937_64 generator = generator_of(seed_, number);
        const LumaImage& picture = pick_picture(sets_, generator);
        const int left = uniform_int(generator, 0, picture.width - side_);
        const int top = uniform_int(generator, 0, picture.height - side_);
        copy_patch(picture.samples.data(), picture.width, left, top, side_, uniform_int(generator, 0, 7),
                   pristine.data());
        const QuantizationTable table = draw_table(distribution_, generator);
        if (uniform(generator, 0, 1) < distribution_.partial_scan_share) {
            const ScanState state = draw_scan_state(generator);
            degrade_luma(pristine.data(), side_, side_, table, state, compressed.data());
            batch.tables.push_back(effective_steps(table, state));
        } else {
            degrade_luma(pristine.data(), side_, side_, table, compressed.data());
            batch.tables.push_back(table);
        }
        batch.pristine.insert(batch.pristine.end(), pristine.begin(), pristine.end());
        batch.compressed.insert(batch.compressed.end(), compressed.begin(), compressed.end());
    }
    return batch;
}

}  // namespace jpegdeblock::training
