// SPDX-License-Identifier: LGPL-2.1-or-later
#include "statistics.h"

#include <algorithm>
#include <numeric>

namespace jpegdeblock_plugin {

using jpegdeblock::TableSource;

const char* name_of(TableSource source) {
    switch (source) {
        case TableSource::kGiven:
            return "given";
        case TableSource::kQuality:
            return "quality";
        case TableSource::kEstimated:
            return "estimated";
        case TableSource::kRemembered:
            return "remembered";
        case TableSource::kNone:
            break;
    }
    return "none";
}

void Statistics::reset() {
    const std::lock_guard lock(mutex_);
    frames_ = 0;
    passed_ = 0;
    late_ = damaged_ = lost_ = 0;
    tiles_computed_ = tiles_reused_ = tiles_passed_ = tiles_followed_ = 0;
    quality_ = 0;
    source_ = TableSource::kNone;
    preset_.clear();
    model_.clear();
    precision_.clear();
    timed_ = 0;
}

void Statistics::set_model(const std::string& preset, const std::string& path,
                           jpegdeblock::Precision precision) {
    const std::lock_guard lock(mutex_);
    preset_ = preset;
    model_ = path;
    precision_ = jpegdeblock::name_of(precision);
}

void Statistics::add_passed() {
    const std::lock_guard lock(mutex_);
    ++frames_;
    ++passed_;
    source_ = TableSource::kNone;
}

void Statistics::add_dropped() {
    const std::lock_guard lock(mutex_);
    ++late_;
}

void Statistics::add_damaged() {
    const std::lock_guard lock(mutex_);
    ++damaged_;
}

void Statistics::add_lost() {
    const std::lock_guard lock(mutex_);
    ++lost_;
}

void Statistics::add_frame(const jpegdeblock::FrameReport& report, gint64 microseconds) {
    const std::lock_guard lock(mutex_);
    ++frames_;
    source_ = report.source;
    if (report.source != TableSource::kNone) quality_ = report.quality;
    if (!report.changed) {
        ++passed_;
        return;
    }
    tiles_computed_ += static_cast<std::uint64_t>(report.tiles_computed);
    tiles_reused_ += static_cast<std::uint64_t>(report.tiles_reused);
    tiles_passed_ += static_cast<std::uint64_t>(report.tiles_passed);
    tiles_followed_ += static_cast<std::uint64_t>(report.tiles_followed);
    if (report.tiles_passed > 0) {
        ++late_;
        if (report.tiles_computed + report.tiles_reused == 0) {
            ++passed_;
            return;
        }
    }
    recent_[timed_++ % kRecentFrames] = microseconds;
}

GstStructure* Statistics::structure() const {
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(timed_, kRecentFrames));
    const auto total =
        static_cast<double>(std::accumulate(recent_.begin(), recent_.begin() + count, gint64{0}));
    const double milliseconds = count > 0 ? total / 1000.0 / static_cast<double>(count) : 0.0;
    return gst_structure_new("application/x-jpegdeblock-stats",                 //
                             "frames", G_TYPE_UINT64, guint64{frames_},         //
                             "passed", G_TYPE_UINT64, guint64{passed_},         //
                             "frames-late", G_TYPE_UINT64, late_,               //
                             "frames-damaged", G_TYPE_UINT64, damaged_,         //
                             "frames-lost", G_TYPE_UINT64, lost_,               //
                             "quality", G_TYPE_INT, quality_,                   //
                             "table-source", G_TYPE_STRING, name_of(source_),   //
                             "preset", G_TYPE_STRING, preset_.c_str(),          //
                             "model", G_TYPE_STRING, model_.c_str(),            //
                             "precision", G_TYPE_STRING, precision_.c_str(),    //
                             "tiles-computed", G_TYPE_UINT64, tiles_computed_,  //
                             "tiles-reused", G_TYPE_UINT64, tiles_reused_,      //
                             "tiles-passed", G_TYPE_UINT64, tiles_passed_,      //
                             "tiles-followed", G_TYPE_UINT64, tiles_followed_,  //
                             "ms-per-frame", G_TYPE_DOUBLE, milliseconds,       //
                             nullptr);
}

void install_statistics(GObjectClass* object_class, guint id) {
    g_object_class_install_property(
        object_class, id,
        g_param_spec_boxed(
            "stats", "Statistics",
            "Figures since the start: frames, passed, frames-late, frames-damaged and frames-lost (uint64), "
            "quality (int), table-source, preset, model and precision (strings), tiles-computed, "
            "tiles-reused, tiles-passed and tiles-followed (uint64), "
            "ms-per-frame (double)",
            GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

}  // namespace jpegdeblock_plugin
