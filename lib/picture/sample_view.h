// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <jpegdeblock/picture.h>
#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// Where the luma of a raw picture, or of one of its fields, lies, or a component of its chroma. Serves every
/// 8-bit format that has the component in each or each second byte of a row, and those with 8-bit R, G and B
/// in three adjacent bytes of each three or four.
struct SampleView {
    bool is_rgb = false;
    std::array<std::uint8_t*, 3> component{};  ///< First sample ([0]), or of R, G and B.
    int width = 0;
    int height = 0;
    std::ptrdiff_t row_stride = 0;
    int pixel_stride = 0;
};

/// The luma of a picture. The view is valid as long as its memory.
SampleView luma_of(const Picture& picture);

/// Whether there are Cb and Cr, which are not those of an R, G and B picture.
bool has_chroma(const Picture& picture);

/// A component (0..2) by itself of a picture that has it: Cb or Cr, or R, G or B where each lies in its
/// plane.
SampleView component_of(const Picture& picture, std::size_t component);

/// One field of a view of a frame: 0 is the field of the first row, 1 that of the second (which a view of
/// height 1 lacks: height 0).
SampleView field_of(SampleView view, int field);

/// The view as a plane, where its samples are adjacent: planar and semi-planar formats.
std::optional<Plane> as_plane(const SampleView& view);

/// Copies the samples into a plane of the view's size. R, G and B are weighed as JPEG does (ITU-T T.871,
/// section 7): Y = 0.299 R + 0.587 G + 0.114 B, rounded.
void read_samples(const SampleView& view, Plane samples);

/// Puts the columns from `first_column` on of `restored` in place of `decoded`, which read_samples gave. To
/// R, G and B the difference of the two is added, limited to 0..255. All three are of the same size.
void write_samples(const SampleView& view, ConstPlane decoded, ConstPlane restored, int first_column);

}  // namespace jpegdeblock
