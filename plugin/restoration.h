// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "failure.h"
#include "settings.h"
#include "statistics.h"

namespace jpegdeblock_plugin {

/// The wall between GObject code and the library: restores the frames of one stream with the models that the
/// settings name. No exception leaves; what went wrong comes back as a Failure. All but statistics() belong
/// to the streaming thread.
class Restoration {
  public:
    /// owner: the element, whose name the log gives. It outlives the object.
    explicit Restoration(GstObject* owner) : owner_(owner) {}

    /// Loads the model and sets the engine up; with the preset auto sees only that there is one to choose,
    /// which follow_stream does. On failure everything is as before start.
    std::optional<Failure> start(const Settings& settings) noexcept;

    /// Frees the model and all memory. The statistics stay readable.
    void stop() noexcept;

    /// Changes to the model and the planes that the settings name, if they are others than the last ones
    /// asked for. On failure the present ones stay, and the same bad choice is not tried again.
    std::optional<Failure> follow_model(const Settings& settings) noexcept;

    /// Says what is to be kept up with: with the preset auto that chooses the model, and whether it is one
    /// for videos. Failures as follow_model.
    std::optional<Failure> follow_stream(const jpegdeblock::StreamSpeed& stream,
                                         const Settings& settings) noexcept;

    /// Whether there is a model to restore frames with: after a start that named one, or once follow_stream
    /// could choose.
    bool has_model() const noexcept { return restorer_ && restorer_->has_luma_model(); }

    /// Forgets what earlier frames taught: a flush, a new stream, new caps.
    void forget_stream() noexcept;

    /// Restores a frame that is mapped for reading and writing, in place, and notes on its buffer what was
    /// done (see table_meta.h). Where the time does not suffice, some or all of it passes as it is.
    std::optional<Failure> restore(const GstVideoFrame& frame, const Settings& settings,
                                   const FrameTime& time = {}) noexcept;

    /// Decodes and restores a JPEG into a frame of its size that is mapped for writing; else likewise.
    std::optional<Failure> decode(const jpegdeblock::JpegFrame& jpeg, const GstVideoFrame& frame,
                                  const Settings& settings, const FrameTime& time = {}) noexcept;

    /// The next frame does not follow the last one: a discontinuity, or a frame between them passed.
    void forget_frame_before() noexcept;

    /// Whether the frame that restore() took last was this element's to work on, also where it was late. The
    /// others it left as they came: strength 0, an unknown table, one too fine, restored before.
    bool worked_on_last_frame() const noexcept { return worked_on_last_frame_; }

    Statistics& statistics() noexcept { return statistics_; }
    const Statistics& statistics() const noexcept { return statistics_; }

  private:
    /// What the settings say about the model.
    struct Choice {
        Preset preset = Preset::kAuto;
        std::string path;       ///< Overrides the preset unless empty.
        bool is_video = false;  ///< The preset's model is that for videos.

        bool is_automatic() const { return preset == Preset::kAuto && path.empty(); }
        bool operator==(const Choice&) const = default;
    };
    /// A model of the settings' choice.
    struct Chosen {
        std::string preset;  ///< Empty for a path.
        std::string path;
        std::shared_ptr<const jpegdeblock::Model> model;
    };

    Choice choice_of(const Settings& settings) const;
    Chosen load(const Choice& choice) const;
    std::optional<Failure> use(const Choice& choice, Stage stage) noexcept;
    std::optional<Failure> use(Planes planes, Stage stage) noexcept;
    /// Whether the stream's frames have a rate.
    bool is_video() const { return stream_.frames_per_second > 0.0; }
    void count(const jpegdeblock::PictureReport& report, gint64 begin);

    GstObject* owner_;
    jpegdeblock::StreamSpeed stream_;      ///< As follow_stream said; of no size: it has not yet.
    Choice asked_;                         ///< The last choice tried, good or bad.
    Planes asked_planes_ = Planes::kLuma;  ///< Likewise.
    jpegdeblock::Precision precision_ = jpegdeblock::Precision::kAuto;
    std::shared_ptr<jpegdeblock::Workers> workers_;
    std::unique_ptr<jpegdeblock::PictureRestorer> restorer_;  ///< From start to stop.
    bool worked_on_last_frame_ = false;
    Statistics statistics_;
};

}  // namespace jpegdeblock_plugin
