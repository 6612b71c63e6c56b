// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "damaged_streams.h"
#include "passage.h"

namespace jpegdeblock_test {

/// What became of a damaged stream's frames.
struct Outcome {
    std::size_t whole = 0;        ///< JPEGs that were sent whole,
    std::size_t whole_shown = 0;  ///< and those that came out as from an undamaged stream, in order.
    std::size_t alarms = 0;       ///< Those of them that are flagged.
    std::size_t exact = 0;        ///< Damaged ones that came out as if they were not,
    std::size_t flagged = 0;      ///< that are otherwise and flagged,
    std::size_t unnoticed = 0;    ///< that are otherwise and not flagged.
    guint64 lost = 0;             ///< That are counted as lost.
    bool ended = false;       ///< The stream went to its end. Otherwise the counts depend on how far it came.
    bool any_damage = false;  ///< Not all that was sent was whole.

    /// In a few words.
    std::string text() const;
};

/// The routes that the stream can take: bytes alone do not tell of fields.
std::vector<Route> routes_of(const DamagedStream& stream);

/// What becomes of the stream on each route: a row of the table.
std::string row_of(const DamagedStream& stream, const std::map<Route, Outcome>& outcomes);

/// Knows what undamaged JPEGs look like.
class Judge {
  public:
    Outcome judge(const DamagedStream& stream, Route route, const Passage& passage);

  private:
    /// What a JPEG alone gives; empty where the route does not take it.
    const Bytes& expected(const Bytes& jpeg, Route route, int announced_height);

    std::map<std::pair<bool, Bytes>, Bytes> known_;
};

}  // namespace jpegdeblock_test
