// SPDX-License-Identifier: LGPL-2.1-or-later
#include "filter_harness.h"

#include <stdexcept>

namespace jpegdeblock_test {

FilterHarness::FilterHarness(const std::string& properties) : bus_(gst_bus_new()) {
    GError* error = nullptr;
    GstElement* element = gst_parse_launch(("jpegdeblock " + properties).c_str(), &error);
    if (error != nullptr) {
        const std::string reason = error->message;
        g_error_free(error);
        throw std::runtime_error(reason);
    }
    gst_element_set_bus(element, bus_);
    harness_ = gst_harness_new_with_element(GST_ELEMENT(gst_object_ref_sink(element)), "sink", "src");
    gst_object_unref(element);
}

FilterHarness::~FilterHarness() {
    gst_element_set_bus(harness_->element, nullptr);
    gst_bus_set_flushing(bus_, TRUE);
    gst_harness_teardown(harness_);
    gst_object_unref(bus_);
}

void FilterHarness::set_caps(const Picture& picture, const std::string& more) {
    const std::string caps = std::string("video/x-raw, format=") +
                             gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&picture.info)) +
                             ", width=" + std::to_string(picture.info.width) +
                             ", height=" + std::to_string(picture.info.height) + ", framerate=25/1" +
                             (more.empty() ? "" : ", " + more);
    gst_harness_set_src_caps_str(harness_, caps.c_str());
}

GstBuffer* FilterHarness::filter(GstBuffer* buffer) {
    gst_harness_push(harness_, buffer);
    return gst_harness_try_pull(harness_);
}

std::vector<std::uint8_t> FilterHarness::filter(const Picture& picture) {
    GstBuffer* out = filter(make_buffer(picture));
    if (out == nullptr) {
        return {};
    }
    std::vector<std::uint8_t> bytes = bytes_of(out);
    gst_buffer_unref(out);
    return bytes;
}

guint64 FilterHarness::statistic(const char* name) const {
    GstStructure* stats = nullptr;
    g_object_get(harness_->element, "stats", &stats, nullptr);
    guint64 value = 0;
    int number = 0;
    if (!gst_structure_get_uint64(stats, name, &value) && gst_structure_get_int(stats, name, &number)) {
        value = static_cast<guint64>(number);
    }
    gst_structure_free(stats);
    return value;
}

std::string FilterHarness::statistic_text(const char* name) const {
    GstStructure* stats = nullptr;
    g_object_get(harness_->element, "stats", &stats, nullptr);
    const gchar* text = gst_structure_get_string(stats, name);
    std::string result = text != nullptr ? text : "(absent)";
    gst_structure_free(stats);
    return result;
}

Complaint pop_complaint(GstBus* bus, GstMessageType type) {
    Complaint complaint;
    GstMessage* message = gst_bus_pop_filtered(bus, type);
    if (message == nullptr) {
        return complaint;
    }
    GError* error = nullptr;
    gchar* debug = nullptr;
    if (type == GST_MESSAGE_ERROR) {
        gst_message_parse_error(message, &error, &debug);
    } else {
        gst_message_parse_warning(message, &error, &debug);
    }
    complaint = {error->domain, error->code, error->message, debug != nullptr ? debug : ""};
    g_error_free(error);
    g_free(debug);
    gst_message_unref(message);
    return complaint;
}

}  // namespace jpegdeblock_test
