// SPDX-License-Identifier: LGPL-2.1-or-later
#include "outcome.h"

#include <algorithm>

namespace jpegdeblock_test {

std::string Outcome::text() const {
    if (!ended) return "stream ends";
    std::string result;
    const auto add = [&](std::size_t count, const std::string& what) {
        if (count == 0) return;
        if (!result.empty()) result += ", ";
        result += count > 1 ? std::to_string(count) + " " + what : what;
    };
    if (whole_shown < whole)
        result = std::to_string(whole - whole_shown) + " of " + std::to_string(whole) + " whole lost";
    add(alarms, "whole flagged");
    add(exact, "exact");
    add(flagged, "flagged");
    add(unnoticed, "unnoticed");
    add(static_cast<std::size_t>(lost), "dropped");
    if (!result.empty()) return result;
    return any_damage ? "nothing" : "whole";
}

std::vector<Route> routes_of(const DamagedStream& stream) {
    std::vector<Route> routes(kRoutes.begin(), kRoutes.end());
    if (stream.announced_height > 0) std::erase(routes, Route::kBytes);
    return routes;
}

std::string row_of(const DamagedStream& stream, const std::map<Route, Outcome>& outcomes) {
    std::string row = stream.title();
    for (const Route route : kRoutes) {
        const auto found = outcomes.find(route);
        row += " | " + (found == outcomes.end() ? "" : found->second.text());
    }
    return row;
}

Outcome Judge::judge(const DamagedStream& stream, Route route, const Passage& passage) {
    Outcome outcome;
    outcome.whole = stream.whole.size();
    outcome.lost = passage.lost;
    outcome.ended = passage.error.empty();
    outcome.any_damage = !stream.spoilt.empty();
    const auto is = [&](const Shown& shown, const Bytes& jpeg) {
        return shown.samples == expected(jpeg, route, stream.announced_height);
    };
    std::size_t next = 0;
    for (const Shown& shown : passage.frames) {
        std::size_t found = next;
        while (found < stream.whole.size() && !is(shown, stream.whole[found])) ++found;
        if (found < stream.whole.size()) {
            next = found + 1;
            ++outcome.whole_shown;
            outcome.alarms += shown.flagged;
            continue;
        }
        if (std::any_of(stream.spoilt.begin(), stream.spoilt.end(),
                        [&](const Bytes& jpeg) { return is(shown, jpeg); })) {
            ++outcome.exact;
        } else {
            ++(shown.flagged ? outcome.flagged : outcome.unnoticed);
        }
    }
    return outcome;
}

const Bytes& Judge::expected(const Bytes& jpeg, Route route, int announced_height) {
    const bool filter = route == Route::kFilter;
    const auto [place, is_new] = known_.try_emplace({filter, jpeg});
    if (is_new) {
        const Passage passage = pass({jpeg}, filter ? Route::kFilter : Route::kDecoder, announced_height);
        if (!passage.frames.empty()) place->second = passage.frames[0].samples;
    }
    return place->second;
}

}  // namespace jpegdeblock_test
