// SPDX-License-Identifier: LGPL-2.1-or-later
#include "disturbances.h"

#include <utility>

namespace jpegdeblock_test {

namespace {

bool is_decoder(GstElement* element) {
    return g_object_class_find_property(G_OBJECT_GET_CLASS(element), "max-pixels") != nullptr;
}

}  // namespace

Disturbances::Disturbances(GstElement* pipeline, GstElement* element, Choices choices, unsigned seed)
    : pipeline_(pipeline),
      element_(element),
      decoder_(is_decoder(element)),
      choices_(std::move(choices)),
      generator_(seed) {}

int Disturbances::draw(int most) {
    return std::uniform_int_distribution<int>(0, most)(generator_);
}

const char* Disturbances::draw(const std::vector<std::string>& texts) {
    return texts[static_cast<std::size_t>(draw(static_cast<int>(texts.size()) - 1))].c_str();
}

void Disturbances::change_property() {
    // The last three are the decoder's alone.
    switch (draw(decoder_ ? 12 : 9)) {
        case 0:
            g_object_set(element_, "strength", 0.25 * draw(8), nullptr);
            break;
        case 1:
            g_object_set(element_, "quality", draw(100), nullptr);
            break;
        case 2:
            g_object_set(element_, "bounded", draw(1), nullptr);
            break;
        case 3:
            g_object_set(element_, "compare", 0.25 * draw(4), nullptr);
            break;
        case 4:
            g_object_set(element_, "late", draw(2), nullptr);
            break;
        case 5:
            g_object_set(element_, "planes", draw(1), nullptr);
            break;
        case 6:
            g_object_set(element_, "temporal", draw(2), nullptr);
            break;
        case 7:
            // Applies at the next start.
            g_object_set(element_, "threads", draw(3), nullptr);
            break;
        case 8:
            g_object_set(element_, "model", draw(choices_.models), nullptr);
            break;
        case 9:
            gst_util_set_object_arg(G_OBJECT(element_), "preset", draw(choices_.presets));
            break;
        case 10:
            g_object_set(element_, "progressive", draw(1), nullptr);
            break;
        case 11:
            g_object_set(element_, "progressive-interval", static_cast<guint>(draw(3)) * 20, nullptr);
            break;
        default:
            // None, too few for any frame, and the default.
            static constexpr guint64 kMost[] = {0, 64, guint64{1} << 28};
            g_object_set(element_, "max-pixels", kMost[draw(2)], nullptr);
    }
    double strength = 0.0;
    g_object_get(element_, "strength", &strength, nullptr);
}

void Disturbances::let_flow() {
    g_object_set(element_, "strength", 1.0, "compare", 0.0, nullptr);
    if (decoder_) g_object_set(element_, "max-pixels", guint64{1} << 28, nullptr);
}

bool Disturbances::seek() {
    return gst_element_seek_simple(pipeline_, GST_FORMAT_TIME,
                                   static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT),
                                   static_cast<gint64>(draw(100)) * 100 * GST_MSECOND) == TRUE;
}

bool Disturbances::flush() {
    const bool started = gst_element_send_event(pipeline_, gst_event_new_flush_start()) == TRUE;
    return gst_element_send_event(pipeline_, gst_event_new_flush_stop(TRUE)) == TRUE && started;
}

void Disturbances::ask() {
    GstStructure* statistics = nullptr;
    g_object_get(element_, "stats", &statistics, nullptr);
    gst_structure_free(statistics);
    gint64 position = 0;
    gst_element_query_position(pipeline_, GST_FORMAT_TIME, &position);
    GstQuery* latency = gst_query_new_latency();
    gst_element_query(pipeline_, latency);
    gst_query_unref(latency);
}

void Disturbances::change_state() {
    static constexpr GstState kStates[] = {GST_STATE_NULL,   GST_STATE_READY,   GST_STATE_PAUSED,
                                           GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PLAYING};
    gst_element_set_state(pipeline_, kStates[draw(5)]);
}

}  // namespace jpegdeblock_test
