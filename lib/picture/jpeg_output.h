// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/picture.h>
#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// A component of a JPEG and where its samples belong.
struct CodedPlane {
    const JpegComponent* component;
    Plane samples;           ///< The component's top left part.
    bool is_chroma = false;  ///< Cb or Cr; all else is restored as luma is.
};

/// Those of a picture, or of a field: luma, or luma, Cb and Cr, or R, G and B, or those of CMYK or YCCK.
using CodedPlanes = std::vector<CodedPlane>;

/// Throws kUnsupported for components of which nobody knows what they mean, and for null.
void check_components(const JpegPicture* picture);

/// Brings the samples of a JPEG's components to where a raw picture has them. Components whose samples are
/// the raw picture's own are decoded right there; the others are decoded into memory of the object's, and
/// repeated or converted from there. Keeps that memory from picture to picture.
class JpegOutput {
  public:
    /// Where to decode the components of a field to. Valid until the next call for the field.
    const CodedPlanes& planes_for(const JpegFrame& frame, int field, const Picture& output);

    /// Once they are decoded: brings the samples from there to the output.
    void finish(const JpegFrame& frame, int field, const Picture& output);

  private:
    static constexpr std::size_t kMostComponents = 4;

    void write_rgb(const JpegPicture& picture, int field, const Picture& output, bool interlaced);

    std::array<CodedPlanes, 2> planes_;  ///< Of each field.
    /// For each field and component: samples that are fewer than the output's, or other colours.
    std::array<std::array<std::vector<std::uint8_t>, kMostComponents>, 2> samples_;
    /// Of full width, on the way to R, G and B.
    std::array<std::vector<std::uint8_t>, kMostComponents> rows_;
};

}  // namespace jpegdeblock
