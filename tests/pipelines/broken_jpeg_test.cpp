// SPDX-License-Identifier: LGPL-2.1-or-later
// What a camera with a bad cable sends must not end the stream.
#include <gst/gst.h>
#include <gtest/gtest.h>

namespace jpegdeblock_test {
namespace {

// Cuts every third JPEG short, and spoils every fourth's middle.
GstPadProbeReturn spoil(GstPad*, GstPadProbeInfo* info, gpointer user_data) {
    const int count = (*static_cast<int*>(user_data))++;
    GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = buffer;
    const gsize size = gst_buffer_get_size(buffer);
    if (count % 3 == 2) {
        gst_buffer_set_size(buffer, static_cast<gssize>(size / 2));
    } else if (count % 4 == 3) {
        gst_buffer_memset(buffer, size / 2, 0x5a, size / 4);
    }
    return GST_PAD_PROBE_OK;
}

TEST(BrokenJpegs, DoNotEndTheStream) {
    GstElement* pipeline = gst_parse_launch(
        "videotestsrc num-buffers=24 ! video/x-raw,width=320,height=240 ! jpegenc name=encoder quality=20 ! "
        "jpegdec ! "
        "jpegdeblock name=filter ! fakesink",
        nullptr);
    GstElement* encoder = gst_bin_get_by_name(GST_BIN(pipeline), "encoder");
    GstPad* pad = gst_element_get_static_pad(encoder, "src");
    int count = 0;
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, spoil, &count, nullptr);
    gst_object_unref(pad);
    gst_object_unref(encoder);

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline);
    GstMessage* message = gst_bus_timed_pop_filtered(
        bus, 30 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    EXPECT_TRUE(message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
    if (message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gchar* debug = nullptr;
        gst_message_parse_error(message, &error, &debug);
        ADD_FAILURE() << GST_MESSAGE_SRC_NAME(message) << ": " << error->message << " " << debug;
        g_error_free(error);
        g_free(debug);
    }
    gst_clear_message(&message);
    gst_object_unref(bus);

    GstElement* filter = gst_bin_get_by_name(GST_BIN(pipeline), "filter");
    GstStructure* stats = nullptr;
    g_object_get(filter, "stats", &stats, nullptr);
    guint64 frames = 0;
    gst_structure_get_uint64(stats, "frames", &frames);
    EXPECT_GE(frames, 12u) << "at least the whole ones";
    gst_structure_free(stats);
    gst_object_unref(filter);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

}  // namespace
}  // namespace jpegdeblock_test
