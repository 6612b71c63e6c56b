// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>

#include "picture/jpeg_output.h"
#include "restore/region_restorer.h"

namespace jpegdeblock {

/// Decodes and restores single JPEGs of any size, band by band from top to bottom: the samples are those of
/// PictureRestorer::decode, bit for bit, in memory that does not grow with the picture's height. Keeps its
/// memory from picture to picture. Not thread safe.
class BandRestorer {
  public:
    /// Takes the rows of a picture from first_row on. They are in layout_of() the picture, R, G and B of
    /// kRgb in turn, and valid until it returns. Every band but the last has a multiple of 16 rows, so that
    /// those of chroma are whole. What it throws ends the restoration.
    using Take = std::function<void(const Picture& band, int first_row)>;

    /// Samples of luma in a band: most photographs are one.
    static constexpr std::int64_t kBandSamples = std::int64_t{1} << 25;

    /// chroma: null leaves Cb and Cr as they are. band_samples: about so many samples of luma has a band, and
    /// 96 rows at least. Errors: as Engine's constructor.
    BandRestorer(std::shared_ptr<const Model> luma, std::shared_ptr<const Model> chroma, Precision precision,
                 std::shared_ptr<Workers> workers, std::int64_t band_samples = kBandSamples);
    ~BandRestorer();

    /// Of the options only strength, bounded and compare are used. Errors: kInvalidArgument for options out
    /// of range; kUnsupported for components of which nobody knows what they mean.
    void restore(const JpegPicture& picture, const PictureOptions& options, const Take& take);

  private:
    struct Band;

    void restore_component(const JpegPicture& picture, std::size_t index, bool is_chroma,
                           const PictureOptions& options, int first_block_row, Plane rows);
    RegionRestorer& restorer_for(std::size_t component, bool is_chroma);

    std::shared_ptr<const Model> luma_, chroma_;
    Precision precision_;
    std::shared_ptr<Workers> workers_;
    std::int64_t band_samples_;
    std::array<std::unique_ptr<RegionRestorer>, 4> luma_restorers_, chroma_restorers_;  ///< For components.
    std::unique_ptr<Band> band_;
};

}  // namespace jpegdeblock
