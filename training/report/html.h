// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace jpegdeblock::training {

/// Text with everything replaced that HTML would take for markup.
std::string escape_html(const std::string& text);

/// A number with so many decimals; signed: with a plus sign where it is not negative. "∞" for infinity, "–"
/// for what is no number.
std::string decimal(double value, int decimals, bool with_sign = false);

/// A whole page without external resources, for light and dark display and any width. body: HTML.
/// reload_seconds: the browser loads it anew so often; 0: never.
std::string html_page(const std::string& title, const std::string& body, int reload_seconds = 0);

/// A table that scrolls where it is too wide. The cells are HTML; the first of each row heads it.
std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows);

}  // namespace jpegdeblock::training
