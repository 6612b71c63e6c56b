// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page.h"

#include <glib.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "pictures/pictures.h"
#include "report/page_template.h"

namespace jpegdeblock {
namespace {

/// JSON has no infinities, and would say null.
void name_infinities(nlohmann::json& value) {
    if (value.is_structured())
        for (nlohmann::json& part : value) name_infinities(part);
    else if (value.is_number_float() && std::isinf(value.get<double>()))
        value = value.get<double>() > 0 ? "Infinity" : "-Infinity";
}

}  // namespace

std::string base64_png(const LumaImage& luma) {
    const std::vector<std::uint8_t> png = encode_png(luma);
    const std::unique_ptr<gchar, decltype(&g_free)> text(g_base64_encode(png.data(), png.size()), g_free);
    return text.get();
}

std::string make_page(const nlohmann::json& data) {
    constexpr std::string_view kPlace = "{{data}}";
    nlohmann::json named = data;
    name_infinities(named);
    std::string text;
    // A script's element ends at the first "</script", wherever that stands.
    for (const char c : named.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
        if (c == '<')
            text += "\\u003c";
        else
            text += c;
    std::string page = kPageTemplate;
    return page.replace(page.find(kPlace), kPlace.size(), text);
}

}  // namespace jpegdeblock
