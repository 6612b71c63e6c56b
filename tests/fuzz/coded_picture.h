// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/jpeg.h>

#include "byte_reader.h"

namespace jpegdeblock::fuzz {

/// A picture as JpegReader would give it, made of an input: any size, sampling, table, coefficients and
/// states of the scans that a file could have.
class CodedPicture {
  public:
    CodedPicture(ByteReader& reader, int width, int height, JpegColorSpace space);
    CodedPicture(const CodedPicture&) = delete;
    CodedPicture& operator=(const CodedPicture&) = delete;

    JpegPicture picture;

    /// Other coefficients in some blocks.
    void change(ByteReader& reader);

  private:
    void add_component(ByteReader& reader, int horizontal, int vertical);

    std::vector<std::vector<std::int16_t>> coefficients_;  ///< Of each component, block after block.
};

/// 0..4: grey, YCbCr, RGB, CMYK, YCCK.
JpegColorSpace color_space(int number);

}  // namespace jpegdeblock::fuzz
