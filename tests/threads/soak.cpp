// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that an application starts, stops, seeks, flushes and sets properties of at random, for as long as
// is asked for. From time to time all of them rest, and what the process then holds is noted: it must not
// grow.
#include <gst/gst.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "disturbances.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using Clock = std::chrono::steady_clock;

struct Counts {
    std::atomic<long> frames = 0, starts = 0, seeks = 0, changes = 0, warnings = 0, errors = 0;
};
Counts counts;

GstBusSyncReply take_message(GstBus*, GstMessage* message, gpointer) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) ++counts.warnings;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) ++counts.errors;
    gst_message_unref(message);
    return GST_BUS_DROP;
}

GstPadProbeReturn count_frame(GstPad*, GstPadProbeInfo*, gpointer) {
    ++counts.frames;
    return GST_PAD_PROBE_OK;
}

/// A pipeline of its own, through the filter or the decoder.
class Stream {
  public:
    explicit Stream(unsigned number) {
        const std::string element = number % 2 ? "jpegenc quality=20 ! jpegdeblockdec" : "jpegdeblock";
        const std::string description = "videotestsrc pattern=ball ! video/x-raw,format=I420,width=" +
                                        std::to_string(64 + 16 * (number % 7)) +
                                        ",height=80,framerate=15/1 ! " + element +
                                        " name=element preset=balanced quality=20 ! fakesink sync=true";
        pipeline_ = gst_parse_launch(description.c_str(), nullptr);
        element_ = gst_bin_get_by_name(GST_BIN(pipeline_), "element");
        GstPad* pad = gst_element_get_static_pad(element_, "src");
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, count_frame, nullptr, nullptr);
        gst_object_unref(pad);
        GstBus* bus = gst_element_get_bus(pipeline_);
        gst_bus_set_sync_handler(bus, take_message, nullptr, nullptr);
        gst_object_unref(bus);
    }
    ~Stream() {
        stop();
        gst_object_unref(element_);
        gst_object_unref(pipeline_);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void start() {
        g_object_set(element_, "model", "", nullptr);
        gst_element_set_state(pipeline_, GST_STATE_PLAYING);
        ++counts.starts;
    }
    void stop() { gst_element_set_state(pipeline_, GST_STATE_NULL); }

    /// An absent model may keep it from starting.
    void disturb(std::mt19937& generator) {
        Disturbances disturber(
            pipeline_, element_,
            {"", test_model("other"), test_model("temporal"), "/nowhere/absent.safetensors"}, generator());
        switch (std::uniform_int_distribution<int>(0, 19)(generator)) {
            case 0:
                start();
                break;
            case 1:
                disturber.change_state();
                break;
            case 2:
            case 3:
                counts.seeks += disturber.seek();
                break;
            case 4:
                disturber.ask();
                break;
            default:
                disturber.change_property();
                ++counts.changes;
        }
    }

  private:
    GstElement* pipeline_;
    GstElement* element_;
};

struct Holdings {
    double memory = 0;  ///< Resident, MB.
    double heap = 0;    ///< In use, MB.
    int threads = 0;
    int descriptors = 0;
};

int entries(const char* folder) {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

Holdings holdings() {
    ::malloc_trim(0);
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    const struct mallinfo2 heap = ::mallinfo2();
    return {static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6,
            static_cast<double>(heap.uordblks + heap.hblkhd) / 1e6, entries("/proc/self/task"),
            entries("/proc/self/fd") - 1};
}

class Soak {
  public:
    Soak(unsigned streams, unsigned seed) : seed_(seed) {
        for (unsigned i = 0; i < streams; ++i) streams_.push_back(std::make_unique<Stream>(i));
    }

    /// What the process held at each rest.
    std::vector<Holdings> run(std::chrono::seconds length, std::chrono::seconds interval) {
        std::vector<Holdings> rests;
        start_all();
        std::vector<std::jthread> applications;
        constexpr unsigned kApplications = 4;
        for (unsigned i = 0; i < kApplications; ++i)
            applications.emplace_back(
                [this, i](const std::stop_token& stop) { disturb(stop, i, kApplications); });
        const Clock::time_point start = Clock::now();
        for (Clock::time_point next = start; next < start + length;) {
            next += interval;
            std::this_thread::sleep_until(next);
            const int threads_playing = entries("/proc/self/task"),
                      descriptors_playing = entries("/proc/self/fd");
            wants_rest_ = true;
            const std::lock_guard lock(resting_);
            wants_rest_ = false;
            // One is made anew, so that making and freeing are watched too.
            const std::size_t renewed = rests.size() % streams_.size();
            streams_[renewed] = std::make_unique<Stream>(static_cast<unsigned>(renewed));
            for (const auto& stream : streams_) stream->stop();
            rests.push_back(holdings());
            const Holdings& rest = rests.back();
            std::printf(
                "%5ld s  at rest %6.1f MB, heap %6.2f MB, %2d threads, %2d descriptors; before %3d threads, "
                "%3d descriptors; %ld frames, %ld starts, %ld seeks, %ld changes, %ld warnings, %ld errors\n",
                static_cast<long>(
                    std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start).count()),
                rest.memory, rest.heap, rest.threads, rest.descriptors, threads_playing, descriptors_playing,
                counts.frames.load(), counts.starts.load(), counts.seeks.load(), counts.changes.load(),
                counts.warnings.load(), counts.errors.load());
            std::fflush(stdout);
            start_all();
        }
        return rests;
    }

  private:
    void start_all() {
        for (const auto& stream : streams_) stream->start();
    }

    void disturb(const std::stop_token& stop, unsigned application, unsigned applications) {
        std::mt19937 generator(seed_ + application);
        while (!stop.stop_requested()) {
            if (!wants_rest_) {
                const std::shared_lock lock(resting_);
                const std::size_t mine =
                    application + applications * (generator() % (streams_.size() / applications));
                streams_[mine]->disturb(generator);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(generator() % 20));
        }
    }

    unsigned seed_;
    std::vector<std::unique_ptr<Stream>> streams_;
    std::shared_mutex resting_;             ///< Held alone while all rest.
    std::atomic<bool> wants_rest_ = false;  ///< It lets in whoever shares it before whoever wants it alone.
};

// Sanitizers keep what has been freed for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kJudgesMemory = false;
#else
constexpr bool kJudgesMemory = true;
#endif

/// Whether the later rests hold no more than those of the first third, but for threads that GLib keeps for
/// some seconds: one for each stream at most.
bool is_flat(const std::vector<Holdings>& rests, int streams) {
    constexpr double kMegabytes = 8.0;  // The allocator's arenas and GStreamer's caches come and go.
    Holdings most;
    for (std::size_t i = 0; i < rests.size(); ++i) {
        const Holdings& rest = rests[i];
        if (3 * i < rests.size()) {
            most = {std::max(most.memory, rest.memory), std::max(most.heap, rest.heap),
                    std::max(most.threads, rest.threads), std::max(most.descriptors, rest.descriptors)};
        } else if ((kJudgesMemory &&
                    (rest.memory > most.memory + kMegabytes || rest.heap > most.heap + kMegabytes)) ||
                   rest.threads > most.threads + streams || rest.descriptors > most.descriptors) {
            return false;
        }
    }
    return true;
}

}  // namespace
}  // namespace jpegdeblock_test

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr,
                     "Usage: %s STREAMS SECONDS SECONDS-BETWEEN-RESTS SEED    (streams: a multiple of 4)\n",
                     argv[0]);
        return 2;
    }
    jpegdeblock_test::install_test_models();
    gst_init(nullptr, nullptr);
    bool flat = false;
    {
        jpegdeblock_test::Soak soak(static_cast<unsigned>(std::atoi(argv[1])),
                                    static_cast<unsigned>(std::atoi(argv[4])));
        flat = jpegdeblock_test::is_flat(
            soak.run(std::chrono::seconds(std::atoi(argv[2])), std::chrono::seconds(std::atoi(argv[3]))),
            std::atoi(argv[1]));
    }
    gst_deinit();
    std::puts(flat ? "PASS: memory, threads and descriptors flat" : "FAIL: more is held than at first");
    return flat ? 0 : 1;
}
