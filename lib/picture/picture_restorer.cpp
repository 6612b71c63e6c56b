// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/picture.h>

#include <algorithm>
#include <utility>

#include <jpegdeblock/error.h>
#include "restore/deblocker.h"

#include "jpeg/reconstruction.h"
#include "picture/chroma_grid.h"
#include "picture/jpeg_output.h"
#include "picture/sample_view.h"
#include "picture/stream_deblockers.h"
#include "picture/time_limit.h"
#include "restore/options.h"

namespace jpegdeblock {
namespace {

/// A picture on its way.
struct Work {
    const PictureOptions& options;
    TimeLimit limit;
    PictureReport report{};
};

/// What is known of a plane before it is looked at.
struct PlaneKnowledge {
    std::optional<QuantizationTable> table;
    /// Set where table and grid are only expected, so that they must be looked for: what luma lets expect.
    std::optional<ChromaSampling> sampling;
};

std::optional<QuantizationTable> luma_table(const PictureTables& known, int field) {
    if (known.luma.empty()) return std::nullopt;
    return known.luma[std::min<std::size_t>(static_cast<std::size_t>(field), known.luma.size() - 1)];
}

// The table of Cb (component 1) or Cr (2): the one that is known, else that which libjpeg pairs with the
// luma's. Chroma says too little to find it by itself.
std::optional<QuantizationTable> chroma_table(const PictureTables& known, int field, int component,
                                              int quality) {
    if (!known.chroma.empty()) {
        const auto index = std::min<std::size_t>(static_cast<std::size_t>(field), known.chroma.size() - 1);
        return known.chroma[index][static_cast<std::size_t>(component - 1)];
    }
    return quality > 0 ? std::optional(ijg_chroma_table(quality)) : std::nullopt;
}

// As JPEG has it: whole or half.
ChromaSampling chroma_sampling(const Picture& picture) {
    const Samples &luma = picture.components[0], &chroma = picture.components[1];
    return {chroma.width < luma.width ? 2 : 1, chroma.height < luma.height ? 2 : 1};
}

DeblockerOptions deblocker_options(const PictureOptions& options) {
    return {.strength = static_cast<float>(options.strength),
            .bounded = options.bounded,
            .quality = options.quality,
            .temporal = options.temporal};
}

void add_tiles(FrameReport& report, const FrameReport& more) {
    report.tiles_computed += more.tiles_computed;
    report.tiles_reused += more.tiles_reused;
    report.tiles_passed += more.tiles_passed;
    report.tiles_followed += more.tiles_followed;
    report.changed |= more.changed;
}

// Adds what was done to a further plane or field. The table is that of the first one that was changed.
void add(FrameReport& report, const FrameReport& more) {
    if (!report.changed) {
        report.source = more.source;
        report.table = more.table;
        report.quality = more.quality;
        report.offset = more.offset;
    }
    add_tiles(report, more);
}

Plane plane_in(std::vector<std::uint8_t>& memory, const SampleView& view) {
    memory.resize(static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height));
    return {memory.data(), view.width, view.height, view.width};
}

}  // namespace

class PictureRestorer::Impl {
  public:
    Impl(Precision precision, std::shared_ptr<Workers> workers)
        : precision_(precision), workers_(std::move(workers)) {
        if (!workers_) throw Error(ErrorCode::kInvalidArgument, "No workers were given to restore with.");
    }

    void use(StreamDeblockers& deblockers, std::shared_ptr<const Model> model) {
        if (model == deblockers.model()) return;
        deblockers = model ? StreamDeblockers(std::move(model), precision_, workers_) : StreamDeblockers();
    }

    PictureReport restore(const Picture& picture, const PictureTables& known, const PictureOptions& options) {
        check_compare(options.compare);
        Work work{options, TimeLimit(options.time_left)};
        work.report.tables = known;
        for (int field = 0; field < (picture.interlaced ? 2 : 1); ++field)
            restore_field(picture, field, known, work);
        return std::move(work.report);
    }

    PictureReport decode(const JpegFrame& frame, const Picture& output, const PictureOptions& options) {
        check_compare(options.compare);
        check_components(frame.empty() ? nullptr : frame.fields[0]);
        Work work{options, TimeLimit(options.time_left)};
        for (int field = 0; field < frame.field_count(); ++field) {
            const double share = static_cast<double>(field + 1) / frame.field_count();
            decode_field(output_.planes_for(frame, field, output), field, share, work);
            output_.finish(frame, field, output);
        }
        work.report.tables = tables_of(frame, options);
        return std::move(work.report);
    }

    void forget_stream() {
        luma.forget_stream();
        chroma.forget_stream();
        chroma_offset_ = {};
    }

    void forget_frame_before() {
        luma.forget_frame_before();
        chroma.forget_frame_before();
    }

    StreamDeblockers luma;
    StreamDeblockers chroma;  ///< None: chroma stays as it is.

  private:
    void restore_field(const Picture& picture, int field, const PictureTables& known, Work& work) {
        const auto part = [&](const SampleView& view) {
            return picture.interlaced ? field_of(view, field) : view;
        };
        const double share = picture.interlaced && field == 0 ? 0.5 : 1.0;
        PictureTables& tables = work.report.tables;
        FrameReport of_luma;
        const SampleView view = part(luma_of(picture));
        if (luma && view.height > 0 && !known.luma_restored) {
            of_luma = restore_plane(luma.at(0, field, deblocker_options(work.options)), view,
                                    {luma_table(known, field), std::nullopt}, {}, share, work);
            tables.luma_restored |= of_luma.changed;
            // A table that travels on is that of a grid that begins at the corner.
            const bool found = of_luma.source != TableSource::kNone && of_luma.offset == GridOffset();
            if (known.luma.empty() && found) tables.luma.push_back(of_luma.table);
        }
        add(work.report, of_luma);
        if (chroma && has_chroma(picture) && !known.chroma_restored)
            restore_chroma(picture, part, field, share, known, of_luma, work);
    }

    template <typename Part>
    void restore_chroma(const Picture& picture, Part part, int field, double share,
                        const PictureTables& known, const FrameReport& of_luma, Work& work) {
        // Where the table is a guess, chroma may have been scaled since it was decoded, or cropped.
        const bool certain = of_luma.source == TableSource::kQuality || !known.chroma.empty();
        const auto sampling = certain ? std::nullopt : std::optional(chroma_sampling(picture));
        for (int component = 1; component <= 2; ++component) {
            const SampleView view = part(component_of(picture, static_cast<std::size_t>(component)));
            const std::optional<QuantizationTable> table =
                chroma_table(known, field, component, of_luma.quality);
            if (view.height == 0 || !table) continue;
            const FrameReport of_plane =
                restore_plane(chroma.at(component, field, deblocker_options(work.options)), view,
                              {table, sampling}, of_luma.offset, share, work);
            work.report.tables.chroma_restored |= of_plane.changed;
            add_tiles(work.report, of_plane);
        }
    }

    FrameReport restore_plane(Deblocker& deblocker, const SampleView& view, const PlaneKnowledge& knowledge,
                              GridOffset luma_offset, double share, const Work& work) {
        const int first_column = first_restored_column(view.width, work.options.compare);
        const std::optional<Plane> direct = as_plane(view);
        const bool in_place = direct && first_column == 0;
        const Plane decoded = direct ? *direct : plane_in(decoded_, view);
        if (!direct) read_samples(view, decoded);
        std::optional<GridOffset> offset;
        if (knowledge.table && knowledge.sampling) {
            offset =
                find_chroma_grid(decoded, *knowledge.table, luma_offset, *knowledge.sampling, chroma_offset_);
            if (!offset) return {};
        }
        const Plane restored = in_place ? *direct : plane_in(restored_, view);
        const FrameReport report = deblocker.process(decoded, restored, knowledge.table, offset,
                                                     work.limit.left(share), work.options.shown);
        if (report.changed && !in_place) write_samples(view, decoded, restored, first_column);
        return report;
    }

    void decode_field(const CodedPlanes& planes, int field, double share, Work& work) {
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const auto& [component, samples, is_chroma] = planes[i];
            StreamDeblockers& deblockers = is_chroma ? chroma : luma;
            Plane left = samples;
            if (deblockers && !work.options.idle()) {
                const FrameReport of_plane =
                    deblockers.at(static_cast<int>(i), field, deblocker_options(work.options))
                        .process(*component, samples, work.limit.left(share), work.options.shown);
                is_chroma ? add_tiles(work.report, of_plane) : add(work.report, of_plane);
                left.width = first_restored_column(samples.width, work.options.compare);
            }
            if (left.width > 0) decode_component(*component, left, *workers_);
        }
    }

    // Of what is shown. That of CMYK and YCCK has other components than the JPEG.
    PictureTables tables_of(const JpegFrame& frame, const PictureOptions& options) const {
        const JpegPicture& first = *frame.fields[0];
        const bool is_rgb = layout_of(first) == PictureLayout::kRgb;
        PictureTables tables;
        tables.luma_restored = luma && !options.idle();
        tables.chroma_restored = tables.luma_restored && (chroma || is_rgb);
        if (!tables.luma_restored && first.components.size() > 3) return tables;
        for (int field = 0; field < frame.field_count(); ++field) {
            std::vector<QuantizationTable> steps;
            for (const JpegComponent& component : frame.fields[static_cast<std::size_t>(field)]->components)
                steps.push_back(effective_steps(component.table, component.state));
            tables.luma.push_back(steps[0]);
            if (!is_rgb && steps.size() >= 3) tables.chroma.push_back({steps[1], steps[2]});
        }
        return tables;
    }

    Precision precision_;
    std::shared_ptr<Workers> workers_;
    JpegOutput output_;
    GridOffset chroma_offset_;            ///< Where chroma's grid was found last.
    std::vector<std::uint8_t> decoded_;   ///< A plane taken out of a packed format.
    std::vector<std::uint8_t> restored_;  ///< A plane on its way back to where it cannot be written directly.
};

PictureRestorer::PictureRestorer(Precision precision, std::shared_ptr<Workers> workers)
    : impl_(std::make_unique<Impl>(precision, std::move(workers))) {}

PictureRestorer::~PictureRestorer() = default;

void PictureRestorer::set_luma_model(std::shared_ptr<const Model> model) {
    impl_->use(impl_->luma, std::move(model));
}

void PictureRestorer::set_chroma_model(std::shared_ptr<const Model> model) {
    impl_->use(impl_->chroma, std::move(model));
}

bool PictureRestorer::has_luma_model() const {
    return static_cast<bool>(impl_->luma);
}

Precision PictureRestorer::precision() const {
    return impl_->luma.precision();
}

PictureReport PictureRestorer::restore(const Picture& picture, const PictureTables& known,
                                       const PictureOptions& options) {
    return impl_->restore(picture, known, options);
}

PictureReport PictureRestorer::decode(const JpegFrame& frame, const Picture& output,
                                      const PictureOptions& options) {
    return impl_->decode(frame, output, options);
}

void PictureRestorer::forget_stream() {
    impl_->forget_stream();
}

void PictureRestorer::forget_frame_before() {
    impl_->forget_frame_before();
}

}  // namespace jpegdeblock
