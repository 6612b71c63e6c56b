// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restoration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "debug.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::Deblocker;
using jpegdeblock::DeblockerOptions;
using jpegdeblock::FrameReport;
using jpegdeblock::GridOffset;
using jpegdeblock::Plane;
using jpegdeblock::Precision;
using jpegdeblock::QuantizationTable;

constexpr char kChromaModel[] = "chroma";

// The one place that knows a buffer's quantization tables.
std::optional<QuantizationTable> table_of_field(const std::optional<TableMeta>& meta, int field) {
    if (!meta || meta->tables.empty()) {
        return std::nullopt;
    }
    return meta->tables[std::min<std::size_t>(static_cast<std::size_t>(field), meta->tables.size() - 1)];
}

// The table of Cb (component 1) or Cr (2): as the meta says, else that which libjpeg pairs with the luma's.
// Chroma says too little to find it by itself.
std::optional<QuantizationTable> chroma_table_of_field(const std::optional<TableMeta>& meta, int field,
                                                       int component, const FrameReport& luma) {
    if (meta && !meta->chroma_tables.empty()) {
        const auto index =
            std::min<std::size_t>(static_cast<std::size_t>(field), meta->chroma_tables.size() - 1);
        return meta->chroma_tables[index][component - 1];
    }
    return luma.quality > 0 ? std::optional(jpegdeblock::ijg_chroma_table(luma.quality)) : std::nullopt;
}

ChromaSampling chroma_sampling(const GstVideoInfo& info) {
    return {1 << GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, 1), 1 << GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, 1)};
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

int first_column_of(int width, double compare) {
    return static_cast<int>(std::lround(compare * width));
}

DeblockerOptions options_of(const Settings& settings) {
    return {.strength = static_cast<float>(settings.strength),
            .bounded = settings.bounded,
            .quality = settings.quality};
}

/// Adds what was done to a further plane or field. The table is that of the first one that was changed.
void add(FrameReport& report, const FrameReport& more) {
    FrameReport sum = report.changed ? report : more;
    sum.tiles_computed = report.tiles_computed + more.tiles_computed;
    sum.tiles_reused = report.tiles_reused + more.tiles_reused;
    sum.tiles_passed = report.tiles_passed + more.tiles_passed;
    report = sum;
}

/// Adds what was done to chroma. The table that is reported is that of luma.
void add_chroma(FrameReport& report, const FrameReport& chroma) {
    FrameReport as_luma = report;
    as_luma.changed = chroma.changed;
    as_luma.tiles_computed = chroma.tiles_computed;
    as_luma.tiles_reused = chroma.tiles_reused;
    as_luma.tiles_passed = chroma.tiles_passed;
    add(report, as_luma);
}

/// The meta of a frame that had `before`, after what was done to it.
TableMeta as_restored(const std::optional<TableMeta>& before, TableMeta done) {
    if (!before) {
        return done;
    }
    TableMeta meta = *before;
    meta.restored |= done.restored;
    meta.chroma_restored |= done.chroma_restored;
    return meta;
}

Plane plane_in(std::vector<std::uint8_t>& memory, const SampleView& view) {
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
    StreamDeblockers made;
    std::optional<Failure> failure = guarded(
        stage, [&] { chosen = load(choice); },
        [&] { return advice_on_choice(choice.preset, choice.path, precision_); });
    const bool same = luma_.model() == chosen.model;
    if (!failure) {
        failure = guarded(
            stage,
            [&] {
                if (!same) {
                    made = StreamDeblockers(chosen.model, precision_, workers_);
                }
                statistics_.set_model(chosen.preset, chosen.path, (same ? luma_ : made).precision());
            },
            [&] { return advice_on_engine(precision_); });
    }
    if (failure || same) {
        return failure;
    }
    GST_INFO_OBJECT(owner_, "restores with %s in %s", chosen.path.c_str(),
                    jpegdeblock::name_of(made.precision()));
    luma_ = std::move(made);
    return std::nullopt;
}

std::optional<Failure> Restoration::use(Planes planes, Stage stage) noexcept {
    asked_planes_ = planes;
    if (planes == Planes::kLuma) {
        chroma_ = {};
        return std::nullopt;
    }
    std::shared_ptr<const jpegdeblock::Model> model;
    const std::optional<Failure> failure = guarded(
        stage, [&] { model = jpegdeblock::load_shared_model(jpegdeblock::find_model(kChromaModel)); },
        advice_on_planes);
    return failure ? failure
                   : guarded(
                         stage, [&] { chroma_ = StreamDeblockers(model, precision_, workers_); },
                         [&] { return advice_on_planes() + " " + advice_on_engine(precision_); });
}

std::optional<Failure> Restoration::start(const Settings& settings) noexcept {
    statistics_.reset();
    std::optional<Failure> failure = guarded(
        Stage::kStarting,
        [&] {
            asked_ = {settings.preset, settings.model};
            precision_ = settings.precision;
            options_ = options_of(settings);
            workers_ = jpegdeblock::shared_workers(settings.threads);
        },
        [&] { return "Property 'threads' is " + std::to_string(settings.threads) + "."; });
    if (!failure) {
        failure = is_automatic()
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
    luma_ = {};
    chroma_ = {};
    workers_.reset();
    stream_ = {};
    decoded_ = {};
    restored_ = {};
}

std::optional<Failure> Restoration::follow_model(const Settings& settings) noexcept {
    if (settings.planes != asked_planes_) {
        if (const std::optional<Failure> failure = use(settings.planes, Stage::kRunning)) {
            return failure;
        }
    }
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
    const bool unknown_stream = stream_ == jpegdeblock::StreamSpeed();
    if (failure || (is_automatic() && unknown_stream)) {
        return failure;  // follow_stream will choose.
    }
    return use(asked_, Stage::kRunning);
}

std::optional<Failure> Restoration::follow_stream(const jpegdeblock::StreamSpeed& stream) noexcept {
    const bool same = stream == stream_;
    stream_ = stream;
    if (!is_automatic() || (same && luma_)) {
        return std::nullopt;
    }
    return use(asked_, Stage::kRunning);
}

void Restoration::forget_stream() noexcept {
    luma_.forget_stream();
    chroma_.forget_stream();
    chroma_offset_ = {};
}

bool Restoration::is_idle(const Settings& settings) noexcept {
    return settings.strength == 0.0 || settings.compare == 1.0;
}

FrameReport Restoration::restore_plane(Deblocker& deblocker, const SampleView& view, double compare,
                                       const PlaneKnowledge& knowledge,
                                       std::optional<std::chrono::nanoseconds> time_left) {
    const int first_column = first_column_of(view.width, compare);
    const std::optional<Plane> direct = as_plane(view);
    const bool in_place = direct && first_column == 0;
    const Plane decoded = direct ? *direct : plane_in(decoded_, view);
    if (!direct) {
        read_samples(view, decoded);
    }
    std::optional<GridOffset> offset;
    if (knowledge.table && knowledge.expected) {
        offset = find_chroma_grid(decoded, *knowledge.table, knowledge.expected->luma_offset,
                                  knowledge.expected->sampling, chroma_offset_);
        if (!offset) {
            return {};
        }
    }
    const Plane restored = in_place ? *direct : plane_in(restored_, view);
    const FrameReport report = deblocker.process(decoded, restored, knowledge.table, offset, time_left);
    if (report.changed && !in_place) {
        write_samples(view, decoded, restored, first_column);
    }
    return report;
}

FrameReport Restoration::restore_field(const GstVideoFrame& frame, std::optional<int> field,
                                       const Settings& settings, const std::optional<TableMeta>& meta,
                                       const TimeLimit& limit, TableMeta& done) {
    const auto part = [field](const SampleView& view) { return field ? field_of(view, *field) : view; };
    const double share = field == 0 ? 0.5 : 1.0;
    const int index = field.value_or(0);
    FrameReport report;
    const SampleView luma = part(luma_of_frame(frame));
    if (luma.height > 0 && !(meta && meta->restored)) {
        report = restore_plane(luma_.at(0, index, options_), luma, settings.compare,
                               {.table = table_of_field(meta, index), .expected = {}}, limit.left(share));
        done.restored |= report.changed;
        // The meta's grid begins at the corner.
        if (report.source != jpegdeblock::TableSource::kNone && report.offset == GridOffset()) {
            done.tables.push_back(report.table);
        }
    }
    if (!chroma_ || !has_planar_chroma(frame.info) || (meta && meta->chroma_restored)) {
        return report;
    }
    // Where the table is a guess, chroma may have been scaled since it was decoded, or cropped.
    const bool certain =
        report.source == jpegdeblock::TableSource::kQuality || (meta && !meta->chroma_tables.empty());
    std::optional<ChromaExpectation> expected;
    if (!certain) {
        expected = {chroma_sampling(frame.info), report.offset};
    }
    for (int component = 1; component <= 2; ++component) {
        const SampleView view = part(chroma_of_frame(frame, component));
        const std::optional<QuantizationTable> table = chroma_table_of_field(meta, index, component, report);
        if (view.height > 0 && table) {
            const FrameReport chroma =
                restore_plane(chroma_.at(component, index, options_), view, settings.compare,
                              {.table = table, .expected = expected}, limit.left(share));
            done.chroma_restored |= chroma.changed;
            add_chroma(report, chroma);
        }
    }
    return report;
}

std::optional<Failure> Restoration::restore(const GstVideoFrame& frame, const Settings& settings,
                                            std::optional<std::chrono::nanoseconds> time_left) noexcept {
    worked_on_last_frame_ = false;
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            options_ = options_of(settings);
            const TimeLimit limit(time_left);
            const std::optional<TableMeta> meta = table_meta_of(frame);
            TableMeta done;
            FrameReport report;
            if (GST_VIDEO_FRAME_IS_INTERLACED(&frame)) {
                for (int field = 0; field < 2; ++field) {
                    add(report, restore_field(frame, field, settings, meta, limit, done));
                }
            } else {
                report = restore_field(frame, std::nullopt, settings, meta, limit, done);
            }
            worked_on_last_frame_ = report.changed;
            if (report.changed) {
                set_table_meta(frame.buffer, as_restored(meta, std::move(done)), checksums_of(frame));
            }
            const gint64 microseconds = g_get_monotonic_time() - begin;
            GST_LOG_OBJECT(owner_, "%s, quality %d, table %s, %" G_GINT64_FORMAT " us",
                           report.changed ? "restored" : "passed", report.quality, name_of(report.source),
                           microseconds);
            statistics_.add_frame(report, microseconds);
        },
        [&] { return advice_on_engine(precision_); });
}

FrameReport Restoration::decode_field(const CodedPlanes& planes, int field, const Settings& settings,
                                      const TimeLimit& limit, double share) {
    FrameReport report;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const auto& [component, samples, is_chroma] = planes[i];
        StreamDeblockers& deblockers = is_chroma ? chroma_ : luma_;
        Plane left = samples;
        if (deblockers && !is_idle(settings)) {
            const FrameReport of_plane = deblockers.at(static_cast<int>(i), field, options_)
                                             .process(*component, samples, limit.left(share));
            is_chroma ? add_chroma(report, of_plane) : add(report, of_plane);
            left.width = first_column_of(samples.width, settings.compare);
        }
        if (left.width > 0) {
            decode_component(*component, left, *workers_);
        }
    }
    return report;
}

std::optional<Failure> Restoration::decode(std::span<const CodedPlanes> fields, const Settings& settings,
                                           std::optional<std::chrono::nanoseconds> time_left) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const gint64 begin = g_get_monotonic_time();
            options_ = options_of(settings);
            const TimeLimit limit(time_left);
            FrameReport report;
            for (std::size_t field = 0; field < fields.size(); ++field) {
                const double share = static_cast<double>(field + 1) / static_cast<double>(fields.size());
                add(report, decode_field(fields[field], static_cast<int>(field), settings, limit, share));
            }
            statistics_.add_frame(report, g_get_monotonic_time() - begin);
        },
        [&] { return advice_on_engine(precision_); });
}

}  // namespace jpegdeblock_plugin
