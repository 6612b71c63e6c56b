// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that an application starts, stops, seeks, flushes and sets properties of at random, for as long as
// is asked for. From time to time all of them rest, and what the process then holds is noted: it must not
// grow. Nor may anything of that have ceased since the rest before.
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
#include "progressive_source.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using Clock = std::chrono::steady_clock;

struct Counts {
    std::atomic<long> frames = 0, starts = 0, seeks = 0, flushes = 0, changes = 0, warnings = 0, errors = 0;
    std::atomic<Clock::duration> longest = {};  ///< Of a disturbance, since the last rest.
};
Counts counts;

void note_time(Clock::duration took) {
    Clock::duration longest = counts.longest;
    while (took > longest && !counts.longest.compare_exchange_weak(longest, took)) {
    }
}

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

std::string description(unsigned number) {
    const std::string raw = "videotestsrc pattern=ball ! video/x-raw,format=I420,width=" +
                            std::to_string(64 + 16 * (number % 7)) + ",height=80,framerate=15/1 ! ";
    const std::string end = " name=element quality=20 ! fakesink sync=true";
    if (number % 4 == 3) return "appsrc name=progressive ! jpegdeblockdec progressive=true" + end;
    if (number % 4 == 1) return raw + "jpegenc quality=20 ! jpegdeblockdec" + end;
    return raw + "jpegdeblock" + end;
}

/// A pipeline of its own, through the filter or the decoder.
class Stream {
  public:
    explicit Stream(unsigned number) {
        pipeline_ = gst_parse_launch(description(number).c_str(), nullptr);
        element_ = gst_bin_get_by_name(GST_BIN(pipeline_), "element");
        if (GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline_), "progressive")) {
            source_ = std::make_unique<ProgressiveSource>(source);
            gst_object_unref(source);
        }
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
        gst_util_set_object_arg(G_OBJECT(element_), "preset", "balanced");
        gst_element_set_state(pipeline_, GST_STATE_PLAYING);
        ++counts.starts;
    }
    void stop() { gst_element_set_state(pipeline_, GST_STATE_NULL); }

    /// An absent model or preset may keep it from starting.
    void disturb(std::mt19937& generator) {
        Disturbances disturber(
            pipeline_, element_,
            {{"", test_model("other"), test_model("temporal"), "/nowhere/absent.safetensors"},
             {"auto", "fast", "balanced", "best"}},
            generator());
        const Clock::time_point begin = Clock::now();
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
                counts.flushes += disturber.flush();
                break;
            case 5:
                disturber.ask();
                break;
            default:
                disturber.change_property();
                ++counts.changes;
        }
        note_time(Clock::now() - begin);
    }

  private:
    GstElement* pipeline_;
    GstElement* element_;
    std::unique_ptr<ProgressiveSource> source_;
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

/// What has been done since an object was made.
class Progress {
  public:
    /// Whether there was some of all that must never cease.
    bool of_all() const {
        return counts.frames > frames_ && counts.seeks > seeks_ && counts.flushes > flushes_ &&
               counts.changes > changes_;
    }

  private:
    long frames_ = counts.frames, seeks_ = counts.seeks, flushes_ = counts.flushes, changes_ = counts.changes;
};

class Soak {
  public:
    Soak(unsigned streams, unsigned seed) : seed_(seed) {
        for (unsigned i = 0; i < streams; ++i) streams_.push_back(std::make_unique<Stream>(i));
    }

    /// What the process held at each rest; nothing where something has ceased.
    std::vector<Holdings> run(std::chrono::seconds length, std::chrono::seconds interval) {
        std::vector<Holdings> rests;
        start_all();
        std::vector<std::jthread> applications;
        constexpr unsigned kApplications = 4;
        for (unsigned i = 0; i < kApplications; ++i)
            applications.emplace_back(
                [this, i](const std::stop_token& stop) { disturb(stop, i, kApplications); });
        const Clock::time_point start = Clock::now();
        while (Clock::now() < start + length) {
            // From now on: what took long before must not leave the next disturbances without their time.
            const Progress progress;
            std::this_thread::sleep_for(interval);
            for (int i = 0; i < kPatience && !progress.of_all(); ++i)
                std::this_thread::sleep_for(std::chrono::seconds(1));
            if (!progress.of_all()) {
                std::puts("No frame, seek, flush or property set for too long:");
                print(holdings(), Clock::now() - start, entries("/proc/self/task"), entries("/proc/self/fd"));
                return {};
            }
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
            print(rests.back(), Clock::now() - start, threads_playing, descriptors_playing);
            start_all();
        }
        return rests;
    }

  private:
    static constexpr int kPatience = 60;  ///< Seconds beyond the interval, where the processor is busy.

    static void print(const Holdings& rest, Clock::duration after, int threads, int descriptors) {
        using std::chrono::duration_cast;
        std::printf(
            "%5ld s  at rest %6.1f MB, heap %6.2f MB, %2d threads, %2d descriptors; before %3d threads, "
            "%3d descriptors; %ld frames, %ld starts, %ld seeks, %ld flushes, %ld changes, %ld warnings, "
            "%ld errors; a disturbance took %ld ms at most\n",
            static_cast<long>(duration_cast<std::chrono::seconds>(after).count()), rest.memory, rest.heap,
            rest.threads, rest.descriptors, threads, descriptors, counts.frames.load(), counts.starts.load(),
            counts.seeks.load(), counts.flushes.load(), counts.changes.load(), counts.warnings.load(),
            counts.errors.load(),
            static_cast<long>(duration_cast<std::chrono::milliseconds>(counts.longest.exchange({})).count()));
        std::fflush(stdout);
    }

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
    // So that there is a choice for preset=auto.
    save_model(jpegdeblock_test::test_model("fast"), jpegdeblock_test::random_model("fast", 21));
    gst_init(nullptr, nullptr);
    const char* failure = nullptr;
    {
        jpegdeblock_test::Soak soak(static_cast<unsigned>(std::atoi(argv[1])),
                                    static_cast<unsigned>(std::atoi(argv[4])));
        const auto rests =
            soak.run(std::chrono::seconds(std::atoi(argv[2])), std::chrono::seconds(std::atoi(argv[3])));
        if (rests.empty()) {
            failure = "something has ceased";
        } else if (!jpegdeblock_test::is_flat(rests, std::atoi(argv[1]))) {
            failure = "more is held than at first";
        }
    }
    gst_deinit();
    if (failure != nullptr) {
        std::printf("FAIL: %s\n", failure);
        return 1;
    }
    std::puts("PASS: memory, threads and descriptors flat");
    return 0;
}
