// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restoration.h"

#include <utility>

#include "debug.h"
#include "frame_picture.h"
#include "table_meta.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::PictureReport;
using jpegdeblock::PictureTables;
using jpegdeblock::Precision;

constexpr char kChromaModel[] = "chroma";

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

// With the preset auto, it may be the precision that no installed model carries.
std::string advice_on_choice(Preset preset, const std::string& path, Precision precision) {
    const bool automatic = path.empty() && preset == Preset::kAuto;
    return advice_on_model(preset, path) + (automatic ? " " + advice_on_engine(precision) : "");
}

std::string advice_on_planes() {
    return "Property 'planes' is 'all', which takes the model 'chroma' (chroma.safetensors): install it, or "
           "set "
           "planes=luma. Models are looked for in the folders of the environment variable "
           "JPEGDEBLOCK_MODEL_PATH, then where the library installed them.";
}

std::string no_advice() {
    return {};
}

}  // namespace

Restoration::Choice Restoration::choice_of(const Settings& settings) const {
    const bool follows = picture_options(settings, {}, is_video()).temporal;
    return {settings.preset, settings.model, follows && settings.model.empty()};
}

Restoration::Chosen Restoration::load(const Choice& choice) const {
    Chosen chosen = {"", choice.path, nullptr};
    if (choice.path.empty()) {
        jpegdeblock::StreamSpeed stream = stream_;
        stream.follows = choice.is_video;
        chosen.preset = choice.preset == Preset::kAuto
                            ? jpegdeblock::choose_preset(stream, precision_, workers_)
                            : name_of(choice.preset);
        chosen.path = choice.is_video ? jpegdeblock::find_video_model(chosen.preset)
                                      : jpegdeblock::find_model(chosen.preset);
    }
    chosen.model = choice.is_video ? jpegdeblock::load_video_model(chosen.preset)
                                   : jpegdeblock::load_shared_model(chosen.path);
    return chosen;
}

std::optional<Failure> Restoration::use(const Choice& choice, Stage stage) noexcept {
    Chosen chosen;
    std::optional<Failure> failure = guarded(
        stage, [&] { chosen = load(choice); },
        [&] { return advice_on_choice(choice.preset, choice.path, precision_); });
    if (!failure) {
        failure = guarded(
            stage,
            [&] {
                restorer_->set_luma_model(chosen.model);
                statistics_.set_model(chosen.preset, chosen.path, restorer_->precision());
                GST_INFO_OBJECT(owner_, "restores with %s in %s", chosen.path.c_str(),
                                jpegdeblock::name_of(restorer_->precision()));
            },
            [&] { return advice_on_engine(precision_); });
    }
    return failure;
}

std::optional<Failure> Restoration::use(Planes planes, Stage stage) noexcept {
    asked_planes_ = planes;
    std::shared_ptr<const jpegdeblock::Model> model;
    std::optional<Failure> failure;
    if (planes == Planes::kAll) {
        failure = guarded(
            stage, [&] { model = jpegdeblock::load_shared_model(jpegdeblock::find_model(kChromaModel)); },
            advice_on_planes);
    }
    return failure ? failure
                   : guarded(
                         stage, [&] { restorer_->set_chroma_model(model); },
                         [&] { return advice_on_planes() + " " + advice_on_engine(precision_); });
}

std::optional<Failure> Restoration::start(const Settings& settings) noexcept {
    statistics_.reset();
    std::optional<Failure> failure = guarded(
        Stage::kStarting,
        [&] {
            asked_ = choice_of(settings);
            precision_ = settings.precision;
            workers_ = jpegdeblock::shared_workers(settings.threads);
            restorer_ = std::make_unique<jpegdeblock::PictureRestorer>(precision_, workers_);
        },
        [&] { return "Property 'threads' is " + std::to_string(settings.threads) + "."; });
    if (!failure) {
        failure = asked_.is_automatic()
                      ? guarded(
                            Stage::kStarting, [&] { jpegdeblock::check_presets(precision_); },
                            [&] { return advice_on_choice(asked_.preset, asked_.path, precision_); })
                      : use(asked_, Stage::kStarting);
    }
    if (!failure) {
        failure = use(settings.planes, Stage::kStarting);
    }
    if (failure) {
        stop();
    }
    return failure;
}

void Restoration::stop() noexcept {
    restorer_.reset();
    workers_.reset();
    stream_ = {};
}

std::optional<Failure> Restoration::follow_model(const Settings& settings) noexcept {
    if (settings.planes != asked_planes_) {
        if (const std::optional<Failure> failure = use(settings.planes, Stage::kRunning)) {
            return failure;
        }
    }
    bool is_same = false;
    std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            Choice choice = choice_of(settings);
            if (!choice.path.empty()) {
                choice.preset = asked_.preset;  // It does not matter.
            }
            is_same = choice == asked_;
            asked_ = std::move(choice);
        },
        no_advice);
    if (is_same) {
        return failure;
    }
    const bool unknown_stream = stream_ == jpegdeblock::StreamSpeed();
    if (failure || (asked_.is_automatic() && unknown_stream)) {
        return failure;  // follow_stream will choose.
    }
    return use(asked_, Stage::kRunning);
}

std::optional<Failure> Restoration::follow_stream(const jpegdeblock::StreamSpeed& stream,
                                                  const Settings& settings) noexcept {
    const bool same = stream == stream_;
    stream_ = stream;
    if (asked_.is_automatic() && !(same && has_model())) {
        asked_.is_video = choice_of(settings).is_video;
        return use(asked_, Stage::kRunning);
    }
    return follow_model(settings);
}

void Restoration::forget_stream() noexcept {
    if (restorer_) {
        restorer_->forget_stream();
    }
}

void Restoration::forget_frame_before() noexcept {
    if (restorer_) {
        restorer_->forget_frame_before();
    }
}

void Restoration::count(const PictureReport& report, gint64 begin) {
    const gint64 microseconds = g_get_monotonic_time() - begin;
    GST_LOG_OBJECT(owner_, "%s, quality %d, table %s, %" G_GINT64_FORMAT " us",
                   report.changed ? "restored" : "passed", report.quality, name_of(report.source),
                   microseconds);
    statistics_.add_frame(report, microseconds);
}

std::optional<Failure> Restoration::restore(const GstVideoFrame& frame, const Settings& settings,
                                            const FrameTime& time) noexcept {
    worked_on_last_frame_ = false;
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            const PictureTables known = table_meta_of(frame).value_or(PictureTables());
            const PictureReport report =
                restorer_->restore(picture_of(frame), known, picture_options(settings, time, is_video()));
            worked_on_last_frame_ = report.changed;
            if (report.changed) {
                set_table_meta(frame.buffer, report.tables, checksums_of(frame));
            }
            count(report, begin);
        },
        [&] { return advice_on_engine(precision_); });
}

std::optional<Failure> Restoration::decode(const jpegdeblock::JpegFrame& jpeg, const GstVideoFrame& frame,
                                           const Settings& settings, const FrameTime& time) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            const PictureReport report =
                restorer_->decode(jpeg, picture_of(frame), picture_options(settings, time, is_video()));
            if (report.tables != PictureTables()) {
                set_table_meta(frame.buffer, report.tables, checksums_of(frame));
            }
            count(report, begin);
        },
        [&] { return advice_on_engine(precision_); });
}

}  // namespace jpegdeblock_plugin
