// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/model.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "engine/precision.h"
#include "engine/workers.h"
#include "log/message.h"
#include "restore/frame_history.h"

namespace jpegdeblock {
namespace {

/// Share of the time between frames that the network may take: the projection, copies and the decoder run on
/// the same processors.
constexpr double kShareOfTime = 0.6;

constexpr int kProbeWidth = 256;
/// Rows of the probe for each worker: some bands of work for each.
constexpr int kProbeRowsPerWorker = 64;
constexpr int kProbeRuns = 2;

struct Candidate {
    std::string name, path;
    std::shared_ptr<const Model> model;
};

Candidate load(const std::string& name, Precision precision, bool for_videos) {
    Candidate candidate = {name, for_videos ? find_video_model(name) : find_model(name), nullptr};
    candidate.model = load_shared_model(candidate.path);
    // Any model runs in some precision; which is fastest takes a measurement.
    if (precision != Precision::kAuto) choose_precision(*candidate.model, precision);
    return candidate;
}

/// Those that can be used, cheapest first; no more than `enough`, of those that are found first.
std::vector<Candidate> candidates(Precision precision, std::size_t enough, bool for_videos = false) {
    std::vector<Candidate> usable;
    std::exception_ptr not_usable, not_found;
    for (const std::string& name : preset_names()) {
        if (usable.size() == enough || (name == "dncnn" && !usable.empty())) break;
        try {
            usable.push_back(load(name, precision, for_videos));
        } catch (const Error& error) {
            const bool missing = error.code() == ErrorCode::kNotFound;
            (missing ? not_found : not_usable) = std::current_exception();
            log(missing ? LogLevel::kDebug : LogLevel::kWarning,
                [&] { return "The preset '" + name + "' is left out: " + error.what(); });
        }
    }
    if (usable.empty()) std::rethrow_exception(not_usable ? not_usable : not_found);
    std::stable_sort(usable.begin(), usable.end(), [](const Candidate& a, const Candidate& b) {
        return macs_per_pixel(a.model->network) < macs_per_pixel(b.model->network);
    });
    return usable;
}

double measure_seconds_per_pixel(Engine& engine, int workers) {
    const int height = kProbeRowsPerWorker * workers;
    const std::size_t samples = static_cast<std::size_t>(kProbeWidth) * static_cast<std::size_t>(height);
    const std::vector<std::uint8_t> luma(samples, 128);
    std::vector<float> residual(samples);
    const auto run = [&] {
        const auto start = std::chrono::steady_clock::now();
        engine.run({luma.data(), kProbeWidth, height, kProbeWidth}, {}, ijg_luma_table(50), residual.data(),
                   kProbeWidth);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    run();  // Prepares weights and memory.
    double least = run();
    for (int i = 1; i < kProbeRuns; ++i) least = std::min(least, run());
    return least / static_cast<double>(samples);
}

/// What looks like a camera's pan, by a quarter of a pixel and more a frame.
std::vector<std::uint8_t> frame_of_a_pan(int width, int height, int index) {
    std::vector<std::uint8_t> luma;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double from = x + 1.25 * index;
            luma.push_back(static_cast<std::uint8_t>(128 + 50 * std::sin(from / 3 + std::sin(y / 5.0)) +
                                                     50 * std::sin(from / 17 - y / 7.0)));
        }
    return luma;
}

double measure_seconds_of_following(const std::shared_ptr<Workers>& workers) {
    const int height = kProbeRowsPerWorker * workers->count();
    const BlockGrid grid = {kProbeWidth, height, {}};
    const QuantizationTable table = ijg_luma_table(50);
    FrameHistory history;
    double least = 0;
    for (int i = 0; i <= kProbeRuns + 1; ++i) {
        const std::vector<std::uint8_t> luma = frame_of_a_pan(kProbeWidth, height, i);
        const DecodedFrame frame({luma.data(), kProbeWidth, height, kProbeWidth});
        const auto start = std::chrono::steady_clock::now();
        history.follow({grid, table, frame, std::nullopt}, *workers);
        history.keep(frame.plane(), *workers);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        // The first frame follows none, the second makes memory.
        if (i == 2 || (i > 2 && seconds < least)) least = seconds;
    }
    return least / (static_cast<double>(kProbeWidth) * height);
}

/// What following a pan takes, measured once for each number of workers.
double seconds_of_following(const std::shared_ptr<Workers>& workers) {
    static std::mutex mutex;
    static std::map<int, double> known;
    const std::lock_guard lock(mutex);
    double& seconds = known[workers->count()];
    if (seconds == 0.0) seconds = measure_seconds_of_following(workers);
    return seconds;
}

/// Measured once for each model, precision and number of workers, on an engine made for that.
double seconds_per_pixel(const Candidate& candidate, Precision precision,
                         const std::shared_ptr<Workers>& workers) {
    using Key = std::tuple<std::string, Precision, int>;
    static std::mutex mutex;
    static std::map<Key, double> known;
    // Held while measuring, so that two measurements do not slow each other.
    const std::lock_guard lock(mutex);
    double& seconds = known[{candidate.path, precision, workers->count()}];
    if (seconds == 0.0) {
        Engine engine(candidate.model, precision, workers);
        seconds = measure_seconds_per_pixel(engine, workers->count());
        log(LogLevel::kDebug, [&] {
            return "The preset '" + candidate.name + "' takes " + std::to_string(1e9 * seconds) +
                   " ms for a megapixel in " + name_of(engine.precision()) + " with " +
                   std::to_string(workers->count()) + " threads.";
        });
    }
    return seconds;
}

}  // namespace

std::string choose_preset(const StreamSpeed& stream, Precision precision,
                          const std::shared_ptr<Workers>& workers) {
    if (!workers) throw Error(ErrorCode::kInvalidArgument, "No workers were given to choose a preset for.");
    const std::vector<Candidate> usable = candidates(precision, preset_names().size(), stream.follows);
    if (!(stream.frames_per_second > 0.0)) return usable.back().name;
    const double pixels = static_cast<double>(stream.width) * stream.height;
    const double allowed = kShareOfTime / stream.frames_per_second;
    std::string chosen = usable.front().name;
    for (const Candidate& candidate : usable) {
        double seconds = seconds_per_pixel(candidate, precision, workers);
        if (stream.follows && candidate.model->network.temporal) seconds += seconds_of_following(workers);
        if (pixels * seconds > allowed) break;
        chosen = candidate.name;
    }
    log(LogLevel::kInfo, [&] {
        return "Chose the preset '" + chosen + "' for " + std::to_string(stream.width) + "x" +
               std::to_string(stream.height) + " at " + std::to_string(stream.frames_per_second) +
               " frames/s.";
    });
    return chosen;
}

void check_presets(Precision precision) {
    candidates(precision, 1);
}

}  // namespace jpegdeblock
