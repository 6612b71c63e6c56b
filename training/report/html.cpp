// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/html.h"

#include <cmath>
#include <cstdio>

namespace jpegdeblock::training {
namespace {

// Colours of series: Okabe and Ito's palette, which colour-blind readers tell apart, darkened or lightened
// for contrast with the page.
constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --page: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --muted: #5b6470;
  --line: #d5d9e0; --series-0: #c2410c; --series-1: #0063a6; --series-2: #00795a; --series-3: #a8327a;
  --series-4: #8a6100; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --panel: #1d2127; --text: #e7eaee; --muted: #a0a8b4; --line: #39404a;
    --series-0: #ff9a5c; --series-1: #62b8f5; --series-2: #3fd0a4; --series-3: #ef8fc4; --series-4: #f0c244; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p, li { max-width: 46rem; }
.muted { color: var(--muted); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); gap: .75rem;
  margin: 1rem 0; }
.facts > div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; }
.facts strong { display: block; font-size: 1.5rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; }
.chart { background: var(--panel); border-radius: .5rem; padding: .75rem; }
.chart figcaption { font-weight: 600; }
.chart svg { display: block; width: 100%; height: auto; }
.chart text { fill: var(--muted); font: 13px system-ui, sans-serif; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .25rem 0; padding: 0; list-style: none;
  font-size: .875rem; }
.legend svg { display: inline-block; width: 1.75rem; height: .6rem; margin-right: .35rem; }
.s0 { stroke: var(--series-0); } .s1 { stroke: var(--series-1); } .s2 { stroke: var(--series-2); }
.s3 { stroke: var(--series-3); } .s4 { stroke: var(--series-4); }
.p0 { fill: var(--series-0); } .p1 { fill: var(--series-1); } .p2 { fill: var(--series-2); }
.p3 { fill: var(--series-3); } .p4 { fill: var(--series-4); }
.dashed { stroke-dasharray: 6 4; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .3rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; }
thead th { vertical-align: bottom; color: var(--muted); font-weight: 600; }
.better { color: var(--series-2); } .worse { color: var(--series-0); }
.crops { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem; max-width: 62rem; }
.crops img { width: 100%; height: auto; display: block; image-rendering: pixelated; border-radius: .25rem; }
.crops figcaption, .example { font-size: .875rem; }
.example { margin: 1.25rem 0 .35rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
)";

}  // namespace

std::string escape_html(const std::string& text) {
    std::string result;
    for (const char c : text) switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                result += c;
        }
    return result;
}

std::string decimal(double value, int decimals, bool with_sign) {
    if (std::isnan(value)) return "–";
    if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
    char text[64];
    std::snprintf(text, sizeof text, with_sign ? "%+.*f" : "%.*f", decimals, value);
    return text;
}

std::string html_page(const std::string& title, const std::string& body, int reload_seconds) {
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    if (reload_seconds > 0)
        page += "<meta http-equiv=\"refresh\" content=\"" + std::to_string(reload_seconds) + "\">\n";
    // An empty icon, or browsers ask the server for one.
    page += "<link rel=\"icon\" href=\"data:,\">\n";
    return page + "<title>" + escape_html(title) + "</title>\n<style>" + kStyle +
           "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
}

std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows) {
    std::string table = "<div class=\"wide\"><table>\n<thead><tr>";
    for (const std::string& cell : head) table += "<th scope=\"col\">" + cell + "</th>";
    table += "</tr></thead>\n<tbody>\n";
    for (const std::vector<std::string>& row : rows) {
        table += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            table += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>" : "<td>" + row[i] + "</td>";
        table += "</tr>\n";
    }
    return table + "</tbody></table></div>\n";
}

}  // namespace jpegdeblock::training
