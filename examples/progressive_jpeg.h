// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "jpeg/luma_codec.h"

#include "picture_files.h"

/// The scans of a progressive JPEG in colour. Names: "standard", that of libjpeg's jpeg_simple_progression
/// (jpegtran -progressive), and "mozjpeg", after mozjpeg's: DC in full first, luma in two bands that are
/// refined twice. Errors: jpegdeblock::Error(kInvalidArgument) for any other name.
std::vector<jpeg_scan_info> scan_script(const std::string& name);

/// Compresses a picture as a progressive JPEG with these scans, YCbCr 4:2:0.
std::vector<std::uint8_t> encode_progressive(const Picture& picture, int quality,
                                             const std::vector<jpeg_scan_info>& scans);

/// The luma that the JPEG encoder saw.
jpegdeblock::LumaImage luma_of(const Picture& picture);

/// What a plain decoder (libjpeg) makes of the luma of `jpeg`, which may end early.
jpegdeblock::LumaImage decode_plainly(std::span<const std::uint8_t> jpeg, bool block_smoothing);
