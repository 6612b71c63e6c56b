// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include <jpegdeblock/picture.h>

namespace jpegdeblock {

/// Makes rows of whole pixels of the bands that a BandRestorer gives: halved chroma is interpolated as
/// libjpeg's "fancy upsampling" does it (a triangle of 3/4 and 1/4 of the nearest samples), over the bands'
/// borders too.
class FullRows {
  public:
    using Take = std::function<void(const std::uint8_t* row)>;

    /// rgb: convert Y, Cb and Cr to R, G and B (ITU-T T.871); else they stay as they are. Grey and R, G and B
    /// always do.
    FullRows(bool rgb, Take take) : rgb_(rgb), take_(std::move(take)) {}

    void add(const Picture& band);
    /// After the last band.
    void finish();

  private:
    using Row = std::vector<std::uint8_t>;

    void add_color(const Picture& band);
    /// Chroma rows: the one that holds luma's row and the nearer one of its neighbours.
    void write(const std::uint8_t* luma, int width, bool halved_columns,
               const std::array<const std::uint8_t*, 2>& nearest,
               const std::array<const std::uint8_t*, 2>& neighbour);

    bool rgb_;
    Take take_;
    bool halved_rows_ = false;
    Row row_;
    std::array<std::vector<int>, 2> sums_;  ///< Of columns of chroma: 4 times their values.
    std::array<Row, 2> full_;               ///< A row of Cb, Cr for each pixel.
    Row pending_;                           ///< Luma's last row, whose chroma asks for the next band.
    std::array<Row, 2> last_;               ///< Chroma's last row of the band before.
};

}  // namespace jpegdeblock
