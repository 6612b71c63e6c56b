// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restoration.h"

#include <algorithm>
#include <cmath>

#include "debug.h"
#include "table_meta.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::Deblocker;
using jpegdeblock::DeblockerOptions;
using jpegdeblock::FrameReport;
using jpegdeblock::Plane;
using jpegdeblock::Precision;
using jpegdeblock::QuantizationTable;

// The one place that knows a buffer's quantization table.
std::optional<QuantizationTable> table_of_field(const std::optional<TableMeta>& meta, int field) {
    if (!meta) {
        return std::nullopt;
    }
    return meta->tables[std::min<std::size_t>(static_cast<std::size_t>(field), meta->tables.size() - 1)];
}

std::string advice_on_model(Preset preset, const std::string& path) {
    std::string advice = path.empty() ? std::string("Property 'preset' is '") + name_of(preset) + "'"
                                      : "Property 'model' is '" + path + "'";
    return advice + "; set 'preset' to an installed one of " + preset_choices() +
           ", or 'model' to a model file (*.safetensors). Models are looked for in the folders of the "
           "environment "
           "variable JPEGDEBLOCK_MODEL_PATH, then where the library installed them.";
}

std::string advice_on_engine(Precision precision) {
    return std::string("Property 'precision' is '") + jpegdeblock::name_of(precision) +
           "'; choices: auto (fastest that this CPU and the model allow), f32 (works everywhere), bf16, "
           "int8.";
}

DeblockerOptions options_of(const Settings& settings) {
    return {.strength = static_cast<float>(settings.strength),
            .bounded = settings.bounded,
            .quality = settings.quality};
}

/// What was done to a frame whose fields were restored by themselves.
FrameReport together(const FrameReport& first, const FrameReport& second) {
    FrameReport report = first.changed ? first : second;
    report.tiles_computed = first.tiles_computed + second.tiles_computed;
    report.tiles_reused = first.tiles_reused + second.tiles_reused;
    report.tiles_passed = first.tiles_passed + second.tiles_passed;
    return report;
}

Plane plane_in(std::vector<std::uint8_t>& memory, const LumaView& view) {
    memory.resize(static_cast<std::size_t>(view.width) * view.height);
    return {memory.data(), view.width, view.height, view.width};
}

}  // namespace

Restoration::Chosen Restoration::load(const Choice& choice) const {
    Chosen chosen = {"", choice.path, nullptr};
    if (choice.path.empty()) {
        chosen.preset = choice.preset == Preset::kAuto
                            ? jpegdeblock::choose_preset(stream_, precision_, workers_)
                            : name_of(choice.preset);
        chosen.path = jpegdeblock::find_model(chosen.preset);
    }
    chosen.model = jpegdeblock::load_shared_model(chosen.path);
    return chosen;
}

std::optional<Failure> Restoration::use(const Choice& choice, Stage stage) noexcept {
    Chosen chosen;
    std::unique_ptr<Deblocker> first;
    std::optional<Failure> failure = guarded(
        stage, [&] { chosen = load(choice); },
        [&] {
            // With the preset auto, it may be the precision that no installed model carries.
            const bool automatic = choice.path.empty() && choice.preset == Preset::kAuto;
            return advice_on_model(choice.preset, choice.path) +
                   (automatic ? " " + advice_on_engine(precision_) : "");
        });
    if (!failure) {
        failure = guarded(
            stage,
            [&] {
                first = std::make_unique<Deblocker>(chosen.model, precision_, workers_, options_);
                statistics_.set_model(chosen.preset, chosen.path, first->engine().precision());
            },
            [&] { return advice_on_engine(precision_); });
    }
    if (failure) {
        return failure;
    }
    GST_INFO_OBJECT(owner_, "restores with %s in %s", chosen.path.c_str(),
                    jpegdeblock::name_of(first->engine().precision()));
    model_ = std::move(chosen.model);
    deblockers_[0] = std::move(first);
    deblockers_[1].reset();
    return std::nullopt;
}

std::optional<Failure> Restoration::start(const Settings& settings) noexcept {
    statistics_.reset();
    std::optional<Failure> failure = guarded(
        Stage::kStarting,
        [&] {
            asked_ = {settings.preset, settings.model};
            precision_ = settings.precision;
            options_ = options_of(settings);
            workers_ = jpegdeblock::make_workers(settings.threads);
        },
        [&] { return "Property 'threads' is " + std::to_string(settings.threads) + "."; });
    if (!failure) {
        failure = use(asked_, Stage::kStarting);
    }
    if (failure) {
        stop();
    }
    return failure;
}

void Restoration::stop() noexcept {
    deblockers_ = {};
    model_.reset();
    workers_.reset();
    stream_ = {};
    decoded_ = {};
    restored_ = {};
}

std::optional<Failure> Restoration::follow_model(const Settings& settings) noexcept {
    const bool same_preset = settings.preset == asked_.preset || !settings.model.empty();
    if (same_preset && settings.model == asked_.path) {
        return std::nullopt;
    }
    std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            asked_ = {settings.preset, settings.model};
        },
        [] { return std::string(); });
    return failure ? failure : use(asked_, Stage::kRunning);
}

std::optional<Failure> Restoration::follow_stream(const jpegdeblock::StreamSpeed& stream) noexcept {
    const bool same = stream == stream_;
    stream_ = stream;
    if (same || asked_.preset != Preset::kAuto || !asked_.path.empty()) {
        return std::nullopt;
    }
    return use(asked_, Stage::kRunning);
}

void Restoration::forget_stream() noexcept {
    for (const auto& deblocker : deblockers_) {
        if (deblocker) {
            deblocker->reset();
        }
    }
}

bool Restoration::is_idle(const Settings& settings) noexcept {
    return settings.strength == 0.0 || settings.compare == 1.0;
}

Deblocker& Restoration::deblocker_of_field(int field) {
    std::unique_ptr<Deblocker>& deblocker = deblockers_[field];
    if (!deblocker) {
        deblocker = std::make_unique<Deblocker>(model_, precision_, workers_, options_);
    }
    deblocker->set_options(options_);
    return *deblocker;
}

FrameReport Restoration::restore_luma(const LumaView& view, int first_column, int field,
                                      const std::optional<QuantizationTable>& table,
                                      std::optional<std::chrono::nanoseconds> time_left) {
    const std::optional<Plane> direct = as_plane(view);
    const bool in_place = direct && first_column == 0;
    const Plane decoded = direct ? *direct : plane_in(decoded_, view);
    if (!direct) {
        read_luma(view, decoded);
    }
    const Plane restored = in_place ? *direct : plane_in(restored_, view);
    const FrameReport report = deblocker_of_field(field).process(decoded, restored, table, {}, time_left);
    if (report.changed && !in_place) {
        write_luma(view, decoded, restored, first_column);
    }
    return report;
}

std::optional<Failure> Restoration::restore(const GstVideoFrame& frame, const Settings& settings,
                                            std::optional<std::chrono::nanoseconds> time_left) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            options_ = options_of(settings);
            const std::optional<TableMeta> meta = table_meta_of(frame.buffer);
            if (meta && meta->restored) {
                statistics_.add_passed();
                return;
            }
            const int first_column =
                static_cast<int>(std::lround(settings.compare * GST_VIDEO_FRAME_WIDTH(&frame)));
            FrameReport report;
            if (GST_VIDEO_FRAME_IS_INTERLACED(&frame)) {
                const std::optional<std::chrono::nanoseconds> for_field =
                    time_left ? std::optional(*time_left / 2) : std::nullopt;
                for (int field = 0; field < 2; ++field) {
                    const LumaView view = luma_of_field(frame, field);
                    if (view.height > 0) {
                        const FrameReport of_field =
                            restore_luma(view, first_column, field, table_of_field(meta, field), for_field);
                        report = together(report, of_field);
                    }
                }
            } else {
                report =
                    restore_luma(luma_of_frame(frame), first_column, 0, table_of_field(meta, 0), time_left);
            }
            const gint64 microseconds = g_get_monotonic_time() - begin;
            GST_LOG_OBJECT(owner_, "%s, quality %d, table %s, %" G_GINT64_FORMAT " us",
                           report.changed ? "restored" : "passed", report.quality, name_of(report.source),
                           microseconds);
            statistics_.add_frame(report, microseconds);
        },
        [&] { return advice_on_engine(precision_); });
}

std::optional<Failure> Restoration::decode(std::span<const CodedLuma> fields, const Settings& settings,
                                           std::optional<std::chrono::nanoseconds> time_left) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            options_ = options_of(settings);
            FrameReport report;
            std::optional<std::chrono::nanoseconds> for_field = time_left;
            if (time_left && fields.size() > 1) for_field = *time_left / 2;
            for (std::size_t field = 0; field < fields.size(); ++field) {
                const auto& [component, samples] = fields[field];
                Plane left = samples;
                if (!is_idle(settings)) {
                    report = together(
                        report,
                        deblocker_of_field(static_cast<int>(field)).process(*component, samples, for_field));
                    left.width = static_cast<int>(std::lround(settings.compare * samples.width));
                }
                if (left.width > 0) {
                    decode_component(*component, left);
                }
            }
            statistics_.add_frame(report, g_get_monotonic_time() - begin);
        },
        [&] { return advice_on_engine(precision_); });
}

}  // namespace jpegdeblock_plugin
