// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// What the pixels of a decoded JPEG tell of how it was compressed.
struct QuantizationEstimate {
    int quality = 0;          ///< The IJG quality 1..100 whose luminance table it is; 0 if it is none.
    QuantizationTable table;  ///< Steps 1..255.
    GridOffset offset;        ///< Where the grid lies.
};

/// Finds the quantization table of a decoded plane: the histogram of each DCT coefficient is a comb whose
/// spacing is the quantization step (Fan and de Queiroz, "Identification of bitmap compression
/// history", IEEE TIP 12(2), 2003). The IJG quality whose table explains all combs best wins; where other
/// steps explain them far better, these, one by one, with the steps of coefficients that are zero
/// throughout inferred from their neighbours'.
/// Nothing where no table does: the plane was not compressed, was scaled, its grid lies elsewhere, or it is
/// too small or flat to tell (fewer than four whole blocks with detail). Looks at a bounded sample of blocks:
/// the cost does not grow with the plane. Pure, thread safe.
std::optional<QuantizationEstimate> estimate_quantization(ConstPlane luma, GridOffset offset = {});

/// As above, of a plane that may have been cropped: looks for the grid first at (0, 0), then wherever it may
/// lie. That takes a few times as long where it is not at (0, 0).
std::optional<QuantizationEstimate> estimate_quantization_anywhere(ConstPlane luma);

/// Whether a plane may be what a JPEG with this table decodes to: its coefficients lie near multiples of the
/// steps rather than anywhere. Also true of planes too flat to tell. For planes that say too little of their
/// own, as chroma, when the table is known from elsewhere: false where they were scaled since. Costs as much
/// as estimate_quantization. Pure, thread safe.
bool agrees_with_table(ConstPlane decoded, const QuantizationTable& table, GridOffset offset = {});

}  // namespace jpegdeblock
