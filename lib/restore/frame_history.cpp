// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/frame_history.h"

#include "engine/workers.h"
#include "restore/projection.h"

namespace jpegdeblock {
namespace {

/// Where a scene fades into another, neighbours become lighter together, or darker; noise makes of each what
/// it likes. Pairs of which both became lighter or both darker, less those of which one did and the other
/// became the opposite, were in cross-fades of half a second one in 6 blocks at quality 40, one in 38 at 15;
/// in pans, with objects that move on their own, and noise on photographs, one in 58 at most.
constexpr int kFadingShare = 40;

}  // namespace

bool FrameHistory::follow(const Frame& frame, Workers& workers) {
    const ConstPlane decoded = frame.decoded.plane();
    grid_ = frame.grid;
    followed_ = history_.follow(decoded, grid_, frame.shown, frame.changed, workers);
    if (!followed_) return false;
    const std::size_t samples =
        static_cast<std::size_t>(grid_.width) * static_cast<std::size_t>(grid_.height);
    shown_.resize(samples);
    projected_.resize(samples);
    const int columns = grid_.columns();
    shares_.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(grid_.rows()));
    lighter_.resize(shares_.size());
    const ProjectedHistory to = {plane_of(projected_), plane_of(shown_), lighter_.data()};
    Stage stage;
    stage.tasks = grid_.rows();
    stage.work = [&](int row, int) {
        const std::uint8_t* ages = history_.ages().row(row);
        float* shares = shares_.data() + std::ptrdiff_t{row} * columns;
        for (int x = 0; x < columns; ++x) shares[x] = History::share(ages[x]);
        history_.move(decoded, row, to.projected);
        if (const JpegComponent* component = frame.decoded.component())
            project_history(decoded, *component, to.projected, shares_.data(), row, row + 1, to);
        else
            project_history(decoded, grid_.offset, frame.table, to.projected, shares_.data(), row, row + 1,
                            to);
    };
    workers.run({&stage, 1});
    if (fades()) {
        history_.reject();
        followed_ = false;
    }
    return followed_;
}

bool FrameHistory::fades() const {
    int alike = 0;
    const std::int8_t* row = lighter_.data();
    for (int y = 0; y < grid_.rows(); ++y, row += grid_.columns())
        for (int x = 1; x < grid_.columns(); ++x) alike += row[x - 1] * row[x];
    return std::int64_t{kFadingShare} * alike > grid_.columns() * grid_.rows();
}

ConstPlane FrameHistory::shown() const {
    return followed_ ? plane_of(shown_) : ConstPlane();
}

void FrameHistory::forget(bool free_memory) {
    if (free_memory) {
        *this = FrameHistory();
        return;
    }
    history_.forget();
    followed_ = false;
}

}  // namespace jpegdeblock
