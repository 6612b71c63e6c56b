// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include <jpegdeblock/engine.h>
#include <jpegdeblock/export.h>

namespace jpegdeblock {

/// What a preset has to keep up with.
struct StreamSpeed {
    int width = 0;
    int height = 0;
    double frames_per_second = 0.0;  ///< 0: it may take as long as it needs.

    bool operator==(const StreamSpeed&) const = default;
};

/// The name of the best installed preset that keeps up with a stream on this machine in that precision and
/// with those workers, with some time left for the decoder; the fastest where none does. Without a frame rate
/// the best. "dncnn" only where it is the only one. Models that cannot be used (broken, or without the
/// precision) do not count.
///
/// With a frame rate: runs each candidate on a small plane, cheapest first until one is too slow, which takes
/// some milliseconds for each; remembers the times as long as the process lives, so that what was measured
/// costs no engine again. Thread safe.
/// Errors: as find_model, load_model and Engine's constructor where no preset can be used.
JPEGDEBLOCK_API std::string choose_preset(const StreamSpeed& stream, Precision precision,
                                          const std::shared_ptr<Workers>& workers);

/// Whether choose_preset will find anything to choose from, before the stream is known. Builds no engine.
/// Thread safe. Errors: as choose_preset.
JPEGDEBLOCK_API void check_presets(Precision precision);

}  // namespace jpegdeblock
