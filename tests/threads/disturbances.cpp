// SPDX-License-Identifier: LGPL-2.1-or-later
#include "disturbances.h"

#include <utility>

namespace jpegdeblock_test {

Disturbances::Disturbances(GstElement* pipeline, GstElement* element, std::vector<std::string> models,
                           unsigned seed)
    : pipeline_(pipeline), element_(element), models_(std::move(models)), generator_(seed) {}

int Disturbances::draw(int most) {
    return std::uniform_int_distribution<int>(0, most)(generator_);
}

void Disturbances::change_property() {
    switch (draw(8)) {
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
        default:
            g_object_set(
                element_, "model",
                models_[static_cast<std::size_t>(draw(static_cast<int>(models_.size()) - 1))].c_str(),
                nullptr);
    }
    double strength = 0.0;
    g_object_get(element_, "strength", &strength, nullptr);
}

bool Disturbances::seek() {
    return gst_element_seek_simple(pipeline_, GST_FORMAT_TIME,
                                   static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT),
                                   static_cast<gint64>(draw(100)) * 100 * GST_MSECOND) == TRUE;
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
