// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdio>
#include <optional>

#include <jpeglib.h>

namespace jpegdeblock {

/// The quantization and Huffman tables of JPEGs that hold nothing else, for the abbreviated pictures that
/// follow them (T.81, B.4 and B.5).
class KeptTables {
  public:
    /// Keeps the tables that the codec has, which has just read such a JPEG. False: it has none.
    bool take_from(const jpeg_decompress_struct& codec);

    /// Gives them to a codec that has read nothing yet. Calls libjpeg, and is bound by JpegErrors::run's
    /// rule.
    void give_to(jpeg_decompress_struct& codec) const;

    void clear() { *this = {}; }

  private:
    std::array<std::optional<JQUANT_TBL>, NUM_QUANT_TBLS> quantization_;
    std::array<std::optional<JHUFF_TBL>, NUM_HUFF_TBLS> dc_, ac_;
};

}  // namespace jpegdeblock
