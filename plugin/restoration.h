// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/deblocker.h>
#include <jpegdeblock/preset.h>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chroma_grid.h"
#include "failure.h"
#include "sample_access.h"
#include "settings.h"
#include "statistics.h"
#include "stream_deblockers.h"
#include "table_meta.h"
#include "time_limit.h"

namespace jpegdeblock_plugin {

/// A component of a JPEG and where its samples belong.
struct CodedPlane {
    const jpegdeblock::JpegComponent* component;
    jpegdeblock::Plane samples;  ///< The component's top left part.
    bool is_chroma = false;      ///< Cb or Cr; all else is restored as luma is.
};

/// Those of a picture, or of a field: luma, or luma, Cb and Cr, or R, G and B, or those of CMYK or YCCK.
using CodedPlanes = std::vector<CodedPlane>;

/// The wall between GObject code and the library: restores the raw frames of one stream. No exception leaves;
/// what went wrong comes back as a Failure. All but statistics() belong to the streaming thread.
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

    /// Says what is to be kept up with: with the preset auto that chooses the model. Failures as
    /// follow_model.
    std::optional<Failure> follow_stream(const jpegdeblock::StreamSpeed& stream) noexcept;

    /// Whether there is a model to restore frames with: after a start that named one, or once follow_stream
    /// could choose.
    bool has_model() const noexcept { return static_cast<bool>(luma_); }

    /// Forgets what earlier frames taught: a flush, a new stream, new caps.
    void forget_stream() noexcept;

    /// Whether these settings leave every frame as it is.
    static bool is_idle(const Settings& settings) noexcept;

    /// Restores a frame that is mapped for reading and writing, in place; each field by itself if it is
    /// interlaced. Chroma where the settings want it, the format has it in planes (has_planar_chroma) and its
    /// table is known. Where time_left does not suffice, some or all of it passes as it is.
    std::optional<Failure> restore(const GstVideoFrame& frame, const Settings& settings,
                                   std::optional<std::chrono::nanoseconds> time_left = std::nullopt) noexcept;

    /// Decodes and restores a picture, or its two fields. Chroma is restored where the settings want it.
    std::optional<Failure> decode(std::span<const CodedPlanes> fields, const Settings& settings,
                                  std::optional<std::chrono::nanoseconds> time_left = std::nullopt) noexcept;

    /// Whether the frame that restore() took last was this element's to work on, also where it was late. The
    /// others it left as they came: strength 0, an unknown table, one too fine, restored before.
    bool worked_on_last_frame() const noexcept { return worked_on_last_frame_; }

    Statistics& statistics() noexcept { return statistics_; }

  private:
    /// What the settings say about the model.
    struct Choice {
        Preset preset = Preset::kAuto;
        std::string path;  ///< Overrides the preset unless empty.

        bool operator==(const Choice&) const = default;
    };
    /// A model of the settings' choice.
    struct Chosen {
        std::string preset;  ///< Empty for a path.
        std::string path;
        std::shared_ptr<const jpegdeblock::Model> model;
    };

    Chosen load(const Choice& choice) const;
    std::optional<Failure> use(const Choice& choice, Stage stage) noexcept;
    std::optional<Failure> use(Planes planes, Stage stage) noexcept;
    bool is_automatic() const { return asked_.preset == Preset::kAuto && asked_.path.empty(); }
    /// What luma lets expect of a chroma plane.
    struct ChromaExpectation {
        ChromaSampling sampling;
        jpegdeblock::GridOffset luma_offset;
    };
    /// What is known of a plane before it is looked at.
    struct PlaneKnowledge {
        std::optional<jpegdeblock::QuantizationTable> table;
        /// Set where table and grid are only expected, so that they must be looked for.
        std::optional<ChromaExpectation> expected;
    };
    jpegdeblock::FrameReport restore_plane(jpegdeblock::Deblocker& deblocker, const SampleView& view,
                                           double compare, const PlaneKnowledge& knowledge,
                                           std::optional<std::chrono::nanoseconds> time_left);
    /// field: nothing for a frame that has none.
    /// done: takes note of what was restored, and with which table.
    jpegdeblock::FrameReport restore_field(const GstVideoFrame& frame, std::optional<int> field,
                                           const Settings& settings, const std::optional<TableMeta>& meta,
                                           const TimeLimit& limit, TableMeta& done);
    jpegdeblock::FrameReport decode_field(const CodedPlanes& planes, int field, const Settings& settings,
                                          const TimeLimit& limit, double share);

    GstObject* owner_;
    jpegdeblock::StreamSpeed stream_;      ///< As follow_stream said; of no size: it has not yet.
    Choice asked_;                         ///< The last choice tried, good or bad.
    Planes asked_planes_ = Planes::kLuma;  ///< Likewise.
    jpegdeblock::Precision precision_ = jpegdeblock::Precision::kAuto;
    std::shared_ptr<jpegdeblock::Workers> workers_;
    StreamDeblockers luma_;
    StreamDeblockers chroma_;  ///< None: chroma stays as it is.
    jpegdeblock::DeblockerOptions options_;
    jpegdeblock::GridOffset chroma_offset_;  ///< Where chroma's grid was found last.
    std::vector<std::uint8_t> decoded_;      ///< A plane taken out of a packed format.
    std::vector<std::uint8_t> restored_;  ///< A plane on its way back to where it cannot be written directly.
    bool worked_on_last_frame_ = false;
    Statistics statistics_;
};

}  // namespace jpegdeblock_plugin
