// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"

namespace jpegdeblock {

/// Paths of all pictures below `folder` (with sub-folders, sorted): files whose ending names a format that
/// gdk-pixbuf reads here. Throws Error(kNotFound) when there is no such folder or no picture in it,
/// Error(kUnreadable) when one of its sub-folders cannot be read.
std::vector<std::string> list_pictures(const std::string& folder);
/// Those of all folders, folder by folder.
std::vector<std::string> list_pictures(const std::vector<std::string>& folders);

/// 8-bit RGB samples, rows adjacent.
struct RgbPicture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;  ///< R, G, B of each pixel in turn.
};

/// A picture file's pixels (transparency ignored). Throws Error(kInvalidFile) with gdk-pixbuf's reason.
RgbPicture load_rgb(const std::string& path);

/// Width and height of a picture without decoding it, if its header can be read.
struct PictureSize {
    int width = 0;
    int height = 0;
};
std::optional<PictureSize> picture_size(const std::string& path);

/// What of a picture: its luma, or its planes Cb and Cr as a JPEG stores them, for each pixel (4:4:4) or for
/// each square of four (4:2:0).
enum class Component { kLuma, kChroma, kHalvedChroma };

/// The planes of a picture by ITU-T T.871 (full-range BT.601), rounded to 8 bits: one of luma, or Cb and Cr.
/// Halved as libjpeg does it: means of 2x2, at odd sides with the edge repeated.
std::vector<LumaImage> planes_of(const RgbPicture& picture, Component component);

/// The planes of a picture file. Throws Error(kInvalidFile) with gdk-pixbuf's reason, or when a side is below
/// 8 pixels.
std::vector<LumaImage> load_planes(const std::string& path, Component component);

/// The plane of luma.
LumaImage load_luma(const std::string& path);

/// Writes a PNG, beside its place first, so that no half-written picture is left there. Throws
/// Error(kUnwritable) with the reason.
void save_rgb(const std::string& path, const RgbPicture& picture);
/// Luma as a grey picture.
void save_luma(const std::string& path, const LumaImage& luma);

/// The bytes of a grey PNG.
std::vector<std::uint8_t> encode_png(const LumaImage& luma);

/// Loads a component of all pictures, all planes in a row; those that cannot be read are reported through
/// `warn` and left out, as are those with a side below `smallest_side`. Throws Error(kInvalidFile) when none
/// is left.
std::vector<LumaImage> load_pictures(const std::vector<std::string>& paths, Component component,
                                     int smallest_side, const std::function<void(const std::string&)>& warn);

}  // namespace jpegdeblock
