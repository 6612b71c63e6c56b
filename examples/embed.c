/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter inside an application: JPEG frames from memory in, restored RGB frames out.
 * Usage: embed FRAME.jpg...    writes each restored frame beside its JPEG as FRAME.jpg.ppm. */

#include <stdio.h>
#include <stdlib.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

static const char* const pipeline_text =
    "appsrc name=source caps=image/jpeg,framerate=0/1 ! jpegdec idct-method=islow ! jpegdeblock "
    "! videoconvert ! video/x-raw,format=RGB ! appsink name=sink sync=false";

/* An element's error waits on the bus; it says what to do about it. */
static void print_pipeline_error(GstElement* pipeline, const char* otherwise) {
    GstBus* bus = gst_element_get_bus(pipeline);
    GstMessage* message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
    if (message != NULL) {
        GError* error = NULL;
        gchar* details = NULL;
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
            gst_message_parse_error(message, &error, &details);
        } else {
            gst_message_parse_warning(message, &error, &details);
        }
        fprintf(stderr, "embed: %s: %s\n", GST_MESSAGE_SRC_NAME(message), error->message);
        if (details != NULL) {
            fprintf(stderr, "%s\n", details);
        }
        g_free(details);
        g_error_free(error);
        gst_message_unref(message);
    } else {
        fprintf(stderr, "embed: %s\n", otherwise);
    }
    gst_object_unref(bus);
}

static gboolean write_ppm(const char* path, GstSample* sample) {
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) ||
        !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        return FALSE;
    }
    FILE* file = fopen(path, "wb");
    gboolean written = file != NULL;
    if (file != NULL) {
        const int width = GST_VIDEO_FRAME_WIDTH(&frame);
        const int height = GST_VIDEO_FRAME_HEIGHT(&frame);
        const guint8* row = GST_VIDEO_FRAME_PLANE_DATA(&frame, 0);
        fprintf(file, "P6\n%d %d\n255\n", width, height);
        for (int y = 0; y < height; ++y) {
            written = fwrite(row, 3, (size_t)width, file) == (size_t)width && written;
            row += GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
        }
        written = fclose(file) == 0 && written;
    }
    gst_video_frame_unmap(&frame);
    return written;
}

/* Pushes one JPEG and waits for the frame that comes out of it. */
static gboolean restore_file(GstElement* pipeline, GstAppSrc* source, GstAppSink* sink, const char* path) {
    gchar* bytes = NULL;
    gsize size = 0;
    GError* error = NULL;
    if (!g_file_get_contents(path, &bytes, &size, &error)) {
        fprintf(stderr, "embed: %s\n", error->message);
        g_error_free(error);
        return FALSE;
    }
    gboolean restored = FALSE;
    /* The buffer takes over the bytes, the source takes over the buffer. */
    if (gst_app_src_push_buffer(source, gst_buffer_new_wrapped(bytes, size)) == GST_FLOW_OK) {
        GstSample* sample = gst_app_sink_try_pull_sample(sink, 10 * GST_SECOND);
        if (sample != NULL) {
            gchar* output = g_strconcat(path, ".ppm", NULL);
            restored = write_ppm(output, sample);
            printf("%s %s\n", restored ? "wrote" : "cannot write", output);
            g_free(output);
            gst_sample_unref(sample);
        }
    }
    if (!restored) {
        print_pipeline_error(pipeline, "no frame came out; is it a whole JPEG?");
    }
    return restored;
}

int main(int argc, char** argv) {
    gst_init(&argc, &argv);
    if (argc < 2) {
        fprintf(stderr, "usage: embed FRAME.jpg...\n");
        return EXIT_FAILURE;
    }
    GError* error = NULL;
    GstElement* pipeline = gst_parse_launch_full(pipeline_text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
    if (pipeline == NULL) {
        fprintf(stderr, "embed: %s\n", error->message);
        g_error_free(error);
        return EXIT_FAILURE;
    }
    GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");

    int failures = 0;
    if (gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        print_pipeline_error(pipeline, "the pipeline does not start");
        ++failures;
    }
    for (int i = 1; i < argc && failures == 0; ++i) {
        failures += !restore_file(pipeline, GST_APP_SRC(source), GST_APP_SINK(sink), argv[i]);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(source);
    gst_object_unref(pipeline);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
