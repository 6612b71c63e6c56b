// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/deblocker.h>
#include <jpegdeblock/preset.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "failure.h"
#include "luma_access.h"
#include "settings.h"
#include "statistics.h"

namespace jpegdeblock_plugin {

/// The luma of a JPEG and where its samples belong: the picture's, or a field's.
struct CodedLuma {
    const jpegdeblock::JpegComponent* component;
    jpegdeblock::Plane samples;  ///< The component's top left part.
};

/// The wall between GObject code and the library: restores the raw frames of one stream. No exception leaves;
/// what went wrong comes back as a Failure. All but statistics() belong to the streaming thread.
class Restoration {
  public:
    /// owner: the element, whose name the log gives. It outlives the object.
    explicit Restoration(GstObject* owner) : owner_(owner) {}

    /// Loads the model and sets the engine up. On failure everything is as before start.
    std::optional<Failure> start(const Settings& settings) noexcept;

    /// Frees the model and all memory. The statistics stay readable.
    void stop() noexcept;

    /// Changes to the model that the settings name, if it is another than the last one asked for. On failure
    /// the present model stays, and the same bad choice is not tried again.
    std::optional<Failure> follow_model(const Settings& settings) noexcept;

    /// Says what is to be kept up with: with the preset auto the model may change. Failures as follow_model.
    std::optional<Failure> follow_stream(const jpegdeblock::StreamSpeed& stream) noexcept;

    /// Forgets what earlier frames taught: a flush, a new stream, new caps.
    void forget_stream() noexcept;

    /// Whether these settings leave every frame as it is.
    static bool is_idle(const Settings& settings) noexcept;

    /// Restores a frame that is mapped for reading and writing, in place; each field by itself if it is
    /// interlaced. Where time_left does not suffice, some or all of it passes as it is.
    std::optional<Failure> restore(const GstVideoFrame& frame, const Settings& settings,
                                   std::optional<std::chrono::nanoseconds> time_left = std::nullopt) noexcept;

    /// Decodes and restores the luma of a picture, or of its two fields.
    std::optional<Failure> decode(std::span<const CodedLuma> fields, const Settings& settings,
                                  std::optional<std::chrono::nanoseconds> time_left = std::nullopt) noexcept;

    Statistics& statistics() noexcept { return statistics_; }

  private:
    /// What the settings say about the model.
    struct Choice {
        Preset preset = Preset::kAuto;
        std::string path;  ///< Overrides the preset unless empty.

        bool operator==(const Choice&) const = default;
    };
    struct Chosen {
        std::string preset;  ///< Empty for a path.
        std::string path;
        std::shared_ptr<const jpegdeblock::Model> model;
    };

    Chosen load(const Choice& choice) const;
    std::optional<Failure> use(const Choice& choice, Stage stage) noexcept;
    jpegdeblock::Deblocker& deblocker_of_field(int field);
    jpegdeblock::FrameReport restore_luma(const LumaView& view, int first_column, int field,
                                          const std::optional<jpegdeblock::QuantizationTable>& table,
                                          std::optional<std::chrono::nanoseconds> time_left);

    GstObject* owner_;
    jpegdeblock::StreamSpeed stream_;
    Choice asked_;  ///< The last choice tried, good or bad.
    jpegdeblock::Precision precision_ = jpegdeblock::Precision::kAuto;
    std::shared_ptr<jpegdeblock::Workers> workers_;
    std::shared_ptr<const jpegdeblock::Model> model_;
    /// One for whole frames and first fields, one for second fields: a field differs in content, and may in
    /// its table, from the one before, so that each needs its own memory of earlier ones.
    std::array<std::unique_ptr<jpegdeblock::Deblocker>, 2> deblockers_;
    jpegdeblock::DeblockerOptions options_;
    std::vector<std::uint8_t> decoded_;   ///< Luma taken out of a packed format.
    std::vector<std::uint8_t> restored_;  ///< Luma on its way back to where it cannot be written directly.
    Statistics statistics_;
};

}  // namespace jpegdeblock_plugin
