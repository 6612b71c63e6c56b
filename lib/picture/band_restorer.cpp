// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/band_restorer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "jpeg/reconstruction.h"
#include "picture/jpeg_output.h"
#include "restore/decoded_frame.h"
#include "restore/options.h"

namespace jpegdeblock {
namespace {

/// With these whole blocks of each component end, whose samplings are 1 to 4 of 1 to 4.
constexpr int kBandUnit = 96;

/// Does not grow with the picture.
constexpr RegionRestorer::MemoryLimit kMemory = {
    .whole = std::size_t{128} << 20, .band = std::size_t{192} << 20, .band_for_sample = 0.0};

int scaled(int length, int sampling, int most) {
    return (length * sampling + most - 1) / most;
}

}  // namespace

/// A band as a picture of its own, so that what serves pictures serves bands, and its memory.
struct BandRestorer::Band {
    JpegPicture picture;
    JpegFrame frame;
    JpegOutput output;
    Picture raw;
    std::array<std::vector<std::uint8_t>, 3> samples;

    void describe(const JpegPicture& whole, int rows) {
        picture.width = whole.width;
        picture.height = rows;
        picture.color_space = whole.color_space;
        picture.adobe_marker = whole.adobe_marker;
        picture.horizontal_sampling = whole.horizontal_sampling;
        picture.vertical_sampling = whole.vertical_sampling;
        picture.components.resize(whole.components.size());
        for (std::size_t i = 0; i < whole.components.size(); ++i) {
            const JpegComponent& from = whole.components[i];
            JpegComponent& to = picture.components[i];
            to.horizontal_sampling = from.horizontal_sampling;
            to.vertical_sampling = from.vertical_sampling;
            to.width = from.width;
            to.height = scaled(rows, from.vertical_sampling, whole.vertical_sampling);
            to.blocks_wide = from.blocks_wide;
            to.blocks_high = (to.height + 7) / 8;
        }
        frame.fields = {&picture, &picture};
        frame.height = rows;
        lay_out(rows);
    }

    void lay_out(int rows) {
        const PictureLayout layout = layout_of(picture);
        raw = {};
        raw.is_rgb = layout == PictureLayout::kRgb;
        if (raw.is_rgb) {
            samples[0].resize(3 * static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(rows));
            const std::ptrdiff_t stride = 3 * static_cast<std::ptrdiff_t>(picture.width);
            for (std::size_t i = 0; i < 3; ++i)
                raw.components[i] = {samples[0].data() + i, picture.width, rows, stride, 3};
            return;
        }
        const bool halved = layout == PictureLayout::k420 || layout == PictureLayout::k422;
        const int chroma_width = halved ? (picture.width + 1) / 2 : picture.width;
        const int chroma_rows = layout == PictureLayout::k420 ? (rows + 1) / 2 : rows;
        add_plane(0, picture.width, rows);
        for (std::size_t i = 1; layout != PictureLayout::kGrey && i < 3; ++i)
            add_plane(i, chroma_width, chroma_rows);
    }

    void add_plane(std::size_t index, int width, int rows) {
        samples[index].resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(rows));
        raw.components[index] = {samples[index].data(), width, rows, width, 1};
    }
};

BandRestorer::BandRestorer(std::shared_ptr<const Model> luma, std::shared_ptr<const Model> chroma,
                           Precision precision, std::shared_ptr<Workers> workers, std::int64_t band_samples)
    : luma_(std::move(luma)),
      chroma_(std::move(chroma)),
      precision_(precision),
      workers_(std::move(workers)),
      band_samples_(band_samples),
      band_(std::make_unique<Band>()) {
    restorer_for(0, false);
    if (chroma_) restorer_for(1, true);
}

BandRestorer::~BandRestorer() = default;

RegionRestorer& BandRestorer::restorer_for(std::size_t component, bool is_chroma) {
    std::unique_ptr<RegionRestorer>& restorer = (is_chroma ? chroma_restorers_ : luma_restorers_)[component];
    if (!restorer)
        restorer =
            std::make_unique<RegionRestorer>(is_chroma ? chroma_ : luma_, precision_, workers_, kMemory);
    return *restorer;
}

void BandRestorer::restore(const JpegPicture& picture, const PictureOptions& options, const Take& take) {
    check_strength(options.strength);
    check_compare(options.compare);
    check_components(&picture);
    const auto rows =
        static_cast<int>(std::clamp<std::int64_t>(band_samples_ / picture.width, 0, picture.height));
    const int band_rows = rows == picture.height ? rows : std::max(kBandUnit, rows / kBandUnit * kBandUnit);
    for (int row = 0; row < picture.height; row += band_rows) {
        band_->describe(picture, std::min(band_rows, picture.height - row));
        const CodedPlanes& planes = band_->output.planes_for(band_->frame, 0, band_->raw);
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const int first = row * picture.components[i].vertical_sampling / picture.vertical_sampling / 8;
            restore_component(picture, i, planes[i].is_chroma, options, first, planes[i].samples);
        }
        band_->output.finish(band_->frame, 0, band_->raw);
        take(band_->raw, row);
    }
}

void BandRestorer::restore_component(const JpegPicture& picture, std::size_t index, bool is_chroma,
                                     const PictureOptions& options, int first_block_row, Plane rows) {
    const JpegComponent& component = picture.components[index];
    const int block_rows = (rows.height + 7) / 8;
    const auto decode = [&](int width) {
        decode_blocks(component, 0, first_block_row, {rows.data, width, rows.height, rows.stride});
    };
    const RestorationKey key = key_of(component, static_cast<float>(options.strength), options.bounded);
    if (key.strength == 0.0f || options.idle() || (is_chroma && !chroma_)) return decode(rows.width);
    RegionRestorer& restorer = restorer_for(index, is_chroma);
    // The rows as a part of the plane, of which those before them are never touched.
    const Plane plane = {rows.data - 8 * first_block_row * rows.stride, rows.width,
                         8 * first_block_row + rows.height, rows.stride};
    restorer.adapt_to(key.grid);
    restorer.restore({{0, first_block_row, component.blocks_wide, block_rows}, component.blocks_wide}, key,
                     DecodedFrame(component), plane);
    const int untouched = first_restored_column(rows.width, options.compare);
    if (untouched > 0) decode(untouched);
}

}  // namespace jpegdeblock
