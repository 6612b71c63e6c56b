// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Plays a Motion JPEG clip from memory through elements of GStreamer and measures what comes out:
//
//     pipeline_benchmark play CLIP.avi 'jpegdec ! jpegdeblock'          as fast as it goes
//     pipeline_benchmark camera CLIP.avi 'jpegdec ! jpegdeblock'        a live source of --rate frames a
//     second pipeline_benchmark first CLIP.avi 'jpegdec ! jpegdeblock'         until the first frame is there
//
// A camera's last frames are compared with --original, the luma that the clip was made of (GRAY8).
// An element that has the property 'stats' and is to be asked for it must be named: name=filter.
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "live_picture.h"

namespace {

using jpegdeblock::LivePicture;

/// Four seconds of 60 frames/s; of 1920x1080, 500 MB.
constexpr std::size_t kFramesCompared = 240;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return time.tv_sec + 1e-6 * time.tv_usec; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// A line of /proc/self/status: VmRSS (resident now) or VmHWM (at most so far).
double resident_megabytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (double kilobytes; word == field + ":" && status >> kilobytes) return kilobytes / 1024;
    return 0;
}

struct Options {
    gdouble rate = 30;
    gint frames = 300;
    gint seconds = 20;
    gint interval = 10;
    gboolean still = FALSE;
    gchar* original = nullptr;
};

struct Unref {
    void operator()(gpointer object) const { gst_object_unref(object); }
};
using ElementPointer = std::unique_ptr<GstElement, Unref>;

ElementPointer parse(const std::string& description) {
    GError* error = nullptr;
    GstElement* pipeline = gst_parse_launch(description.c_str(), &error);
    if (error) {
        const std::string message = error->message;
        g_error_free(error);
        if (pipeline) gst_object_unref(pipeline);
        throw std::runtime_error(message);
    }
    return ElementPointer(pipeline);
}

ElementPointer child(const ElementPointer& pipeline, const char* name) {
    return ElementPointer(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
}

/// Waits for the end of the stream.
void wait_for_end(const ElementPointer& pipeline) {
    GstBus* bus = gst_element_get_bus(pipeline.get());
    std::string failure;
    for (bool ended = false; !ended;) {
        GstMessage* message = gst_bus_timed_pop_filtered(
            bus, GST_CLOCK_TIME_NONE,
            static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_LATENCY));
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
            gst_bin_recalculate_latency(GST_BIN(pipeline.get()));
        } else {
            ended = true;
        }
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
            GError* error = nullptr;
            gst_message_parse_error(message, &error, nullptr);
            failure = error->message;
            g_error_free(error);
        }
        gst_message_unref(message);
    }
    gst_object_unref(bus);
    if (!failure.empty()) throw std::runtime_error(failure);
}

GstPadProbeReturn call(GstPad*, GstPadProbeInfo* info, gpointer function) {
    (*static_cast<std::function<void(GstBuffer*)>*>(function))(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
}

/// Calls `function`, which must outlive the pipeline, with each buffer that comes to the element.
void on_buffers(const ElementPointer& element, std::function<void(GstBuffer*)>& function) {
    GstPad* pad = gst_element_get_static_pad(element.get(), "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, call, &function, nullptr);
    gst_object_unref(pad);
}

/// The frames of a clip, compressed.
class Clip {
  public:
    explicit Clip(const std::string& path) {
        const ElementPointer pipeline = parse("filesrc location=\"" + path +
                                              "\" ! avidemux ! image/jpeg ! fakesink name=sink sync=false");
        std::function<void(GstBuffer*)> keep = [this](GstBuffer* buffer) {
            frames_.push_back(gst_buffer_copy_deep(buffer));
        };
        const ElementPointer sink = child(pipeline, "sink");
        on_buffers(sink, keep);
        GstPad* pad = gst_element_get_static_pad(sink.get(), "sink");
        gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
        wait_for_end(pipeline);
        caps_ = gst_pad_get_current_caps(pad);
        gst_object_unref(pad);
        gst_element_set_state(pipeline.get(), GST_STATE_NULL);
        if (frames_.empty()) throw std::runtime_error("'" + path + "' has no frames");
    }
    ~Clip() {
        for (GstBuffer* frame : frames_) gst_buffer_unref(frame);
        if (caps_) gst_caps_unref(caps_);
    }
    Clip(const Clip&) = delete;
    Clip& operator=(const Clip&) = delete;

    GstCaps* caps() const { return caps_; }

    /// Plays to and fro, so that nothing jumps.
    GstBuffer* frame(int index, bool still) const {
        const int count = static_cast<int>(frames_.size()), period = std::max(1, 2 * count - 2);
        const int place = still ? 0 : index % period;
        return gst_buffer_copy(frames_[static_cast<std::size_t>(place < count ? place : period - place)]);
    }

  private:
    std::vector<GstBuffer*> frames_;
    GstCaps* caps_ = nullptr;
};

struct Arrivals {
    int frames = 0;
    double first = 0, last = 0;      ///< Seconds since the start.
    double delays = 0, longest = 0;  ///< Behind the frames' time stamps, in seconds.
};

/// appsrc ! ELEMENTS ! fakesink.
class Pipeline {
  public:
    Pipeline(const Clip& clip, const std::string& elements, bool live, double rate) : clip_(clip) {
        const std::string source = live ? "is-live=true max-bytes=0" : "block=true max-bytes=0 max-buffers=2";
        pipeline_ = parse("appsrc name=source format=time " + source + " ! " + elements +
                          " ! fakesink name=sink " + (live ? "sync=true qos=true" : "sync=false"));
        source_ = child(pipeline_, "source");
        GstCaps* caps = gst_caps_copy(clip.caps());
        frame_time_ = static_cast<GstClockTime>(GST_SECOND / rate);
        gst_caps_set_simple(caps, "framerate", GST_TYPE_FRACTION, static_cast<int>(rate * 1000), 1000,
                            nullptr);
        gst_app_src_set_caps(GST_APP_SRC(source_.get()), caps);
        gst_caps_unref(caps);
        on_buffers(child(pipeline_, "sink"), arrived_);
    }
    ~Pipeline() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    void play() {
        start_ = Clock::now();
        gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    }

    void push(int index, bool still) {
        GstBuffer* frame = clip_.frame(index, still);
        GST_BUFFER_PTS(frame) = static_cast<GstClockTime>(index) * frame_time_;
        GST_BUFFER_DURATION(frame) = frame_time_;
        gst_app_src_push_buffer(GST_APP_SRC(source_.get()), frame);
    }

    /// Waits until it is time for a frame.
    void wait_for_time_of(int index) const {
        const GstClockTimeDiff wait =
            GST_CLOCK_DIFF(running_time(), static_cast<GstClockTime>(index) * frame_time_);
        if (wait > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(wait));
    }

    void finish() {
        gst_app_src_end_of_stream(GST_APP_SRC(source_.get()));
        wait_for_end(pipeline_);
    }

    /// Those since the last call.
    Arrivals arrivals() {
        const std::lock_guard lock(mutex_);
        return std::exchange(arrivals_, {});
    }

    /// From the next frame on, what is shown goes there too. It must outlive the pipeline.
    void keep_in(LivePicture& picture) {
        const std::lock_guard lock(mutex_);
        picture_ = &picture;
    }

    /// Shares of the tiles that element 'filter' computed, reused, passed and followed since the last call.
    std::string tiles() {
        const ElementPointer filter = child(pipeline_, "filter");
        if (!filter) return "";
        GstStructure* stats = nullptr;
        g_object_get(filter.get(), "stats", &stats, nullptr);
        const char* names[] = {"computed", "reused", "passed", "followed"};
        guint64 since[4], sum = 0;
        for (int i = 0; i < 4; ++i) {
            guint64 count = 0;
            gst_structure_get_uint64(stats, (std::string("tiles-") + names[i]).c_str(), &count);
            since[i] = count - std::exchange(tiles_[i], count);
            if (i < 3) sum += since[i];
        }
        gst_structure_free(stats);
        std::string text;
        for (int i = 0; i < 4; ++i)
            text += "  " + std::string(names[i]) + " " +
                    std::to_string(sum ? (1000 * since[i] / sum + 5) / 10 : 0) + " %";
        return text;
    }

  private:
    GstClockTime running_time() const {
        GstClock* clock = gst_element_get_clock(pipeline_.get());
        if (!clock) return 0;
        const GstClockTime now = gst_clock_get_time(clock);
        gst_object_unref(clock);
        const GstClockTime base = gst_element_get_base_time(pipeline_.get());
        return now > base ? now - base : 0;
    }

    void keep(GstBuffer* buffer) {
        GstPad* pad = gst_element_get_static_pad(child(pipeline_, "sink").get(), "sink");
        GstCaps* caps = gst_pad_get_current_caps(pad);
        GstVideoInfo info;
        GstVideoFrame frame;
        if (gst_video_info_from_caps(&info, caps) &&
            gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
            const GstClockTime number = (GST_BUFFER_PTS(buffer) + frame_time_ / 2) / frame_time_;
            picture_->add(static_cast<int>(number),
                          {static_cast<const std::uint8_t*>(frame.data[0]), GST_VIDEO_INFO_WIDTH(&info),
                           GST_VIDEO_INFO_HEIGHT(&info), GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0)});
            gst_video_frame_unmap(&frame);
        }
        gst_caps_unref(caps);
        gst_object_unref(pad);
    }

    const Clip& clip_;
    std::mutex mutex_;
    LivePicture* picture_ = nullptr;
    Arrivals arrivals_;
    guint64 tiles_[4] = {};
    Clock::time_point start_;
    std::function<void(GstBuffer*)> arrived_ = [this](GstBuffer* buffer) {
        const double now = seconds_since(start_);
        const double delay = GST_CLOCK_DIFF(GST_BUFFER_PTS(buffer), running_time()) / 1e9;
        const std::lock_guard lock(mutex_);
        if (arrivals_.frames++ == 0) arrivals_.first = now;
        arrivals_.last = now;
        arrivals_.delays += delay;
        arrivals_.longest = std::max(arrivals_.longest, delay);
        if (picture_) keep(buffer);
    };
    ElementPointer pipeline_, source_;
    GstClockTime frame_time_;
};

void play(const Clip& clip, const std::string& elements, const Options& options) {
    Pipeline pipeline(clip, elements, false, options.rate);
    const double before = cpu_seconds();
    pipeline.play();
    for (int i = 0; i < options.frames; ++i) pipeline.push(i, options.still);
    pipeline.finish();
    const double cpu = cpu_seconds() - before;
    const Arrivals arrivals = pipeline.arrivals();
    const double seconds = arrivals.last - arrivals.first;
    std::printf("%.1f frames/s  %.2f ms of CPU a frame  first after %.0f ms  at most %.0f MB%s\n",
                (arrivals.frames - 1) / seconds, 1e3 * cpu / arrivals.frames, 1e3 * arrivals.first,
                resident_megabytes("VmHWM"), pipeline.tiles().c_str());
}

void print_interval(Pipeline& pipeline, double seconds, double cpu) {
    const Arrivals arrivals = pipeline.arrivals();
    std::printf("%.1f frames/s  delay %.0f ms, at most %.0f ms  %.2f cores  %.0f MB%s\n",
                arrivals.frames / seconds, 1e3 * arrivals.delays / std::max(1, arrivals.frames),
                1e3 * arrivals.longest, cpu / seconds, resident_megabytes("VmRSS"), pipeline.tiles().c_str());
    std::fflush(stdout);
}

void camera(const Clip& clip, const std::string& elements, const Options& options) {
    LivePicture picture(kFramesCompared);
    Pipeline pipeline(clip, elements, true, options.rate);
    if (options.original) pipeline.keep_in(picture);
    pipeline.play();
    auto start = Clock::now();
    double cpu = cpu_seconds();
    for (int i = 0; i < static_cast<int>(options.seconds * options.rate); ++i) {
        pipeline.wait_for_time_of(i);
        pipeline.push(i, options.still);
        if (seconds_since(start) < options.interval) continue;
        print_interval(pipeline, seconds_since(start), cpu_seconds() - cpu);
        start = Clock::now();
        cpu = cpu_seconds();
    }
    pipeline.finish();
    if (!options.original) return;
    const LivePicture::Figures figures = picture.compare_with(options.original);
    std::printf(
        "last %d frames: %.2f dB; from frame to frame a strip's brightness changes by %.3f levels, its "
        "sharpness by "
        "%.2f %%\n",
        figures.frames, figures.psnr, figures.brightness, figures.sharpness);
}

/// From before the elements are made, and their plugins loaded, until the first frame has come.
void first(const Clip& clip, const std::string& elements, const Options& options) {
    const auto start = Clock::now();
    Pipeline pipeline(clip, elements, false, options.rate);
    const double made = seconds_since(start);
    pipeline.play();
    pipeline.push(0, true);
    pipeline.finish();
    std::printf("first frame after %.1f ms\n", 1e3 * (made + pipeline.arrivals().first));
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    const GOptionEntry entries[] = {
        {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &options.rate, "Frames a second of the camera", "N"},
        {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "Number of frames to play", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options.seconds, "How long the camera runs", "N"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options.interval, "Seconds between lines", "N"},
        {"still", 0, 0, G_OPTION_ARG_NONE, &options.still, "The first frame again and again", nullptr},
        {"original", 0, 0, G_OPTION_ARG_FILENAME, &options.original, "The clip's luma, to compare with",
         "FILE"},
        {}};
    GOptionContext* context = g_option_context_new("play|camera|first CLIP.avi ELEMENTS");
    g_option_context_add_main_entries(context, entries, nullptr);
    GError* error = nullptr;
    const bool parsed = g_option_context_parse(context, &argc, &argv, &error);
    g_option_context_free(context);
    const std::string command = argc == 4 ? argv[1] : "";
    if (!parsed || (command != "play" && command != "camera" && command != "first")) {
        std::fprintf(
            stderr, "%s: %s\n", argv[0],
            error ? error->message : "expected play, camera or first, a clip and elements; see --help");
        g_clear_error(&error);
        return EXIT_FAILURE;
    }
    gst_init(nullptr, nullptr);
    try {
        const Clip clip(argv[2]);
        (command == "play" ? play : command == "camera" ? camera : first)(clip, argv[3], options);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", argv[0], failure.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
