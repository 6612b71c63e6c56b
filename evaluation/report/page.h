// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "jpeg/luma_codec.h"

namespace jpegdeblock {

/// The picture as pages hold it: a PNG file in base64.
std::string base64_png(const LumaImage& luma);

/// A whole page without external resources, for light and dark display and any width: the data as JSON in
/// page.html, whose script draws them. data: an object whose "kind" names what page.html draws ("training",
/// "evaluation" or "sequences"), "name", and what that takes; "reload_seconds": the browser loads it anew so
/// often. Infinities become text, what is no number null. Names need not be UTF-8.
std::string make_page(const nlohmann::json& data);

}  // namespace jpegdeblock
