// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's states in every order, with and without data.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "test_models.h"

namespace jpegdeblock_test {
namespace {

class Pipeline {
  public:
    explicit Pipeline(const std::string& description)
        : pipeline_(gst_parse_launch(description.c_str(), nullptr)) {}
    ~Pipeline() {
        gst_element_set_state(pipeline_, GST_STATE_NULL);
        gst_object_unref(pipeline_);
    }
    GstElement* get() const { return pipeline_; }

    /// Waits for the end of the stream; false: an error came instead.
    bool finish() {
        GstBus* bus = gst_element_get_bus(pipeline_);
        GstMessage* message = gst_bus_timed_pop_filtered(
            bus, 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
        const bool finished = message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
        if (message != nullptr) {
            gst_message_unref(message);
        }
        gst_object_unref(bus);
        return finished;
    }

  private:
    GstElement* pipeline_;
};

constexpr const char* kFinite =
    "videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=64,height=48 ! jpegdeblock quality=20 ! "
    "fakesink";

TEST(States, WithoutPeers) {
    GstElement* element = GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("jpegdeblock", nullptr)));
    const std::vector<GstState> states = {GST_STATE_READY,   GST_STATE_NULL,    GST_STATE_PAUSED,
                                          GST_STATE_READY,   GST_STATE_PAUSED,  GST_STATE_NULL,
                                          GST_STATE_PLAYING, GST_STATE_PAUSED,  GST_STATE_PLAYING,
                                          GST_STATE_READY,   GST_STATE_PLAYING, GST_STATE_NULL};
    for (const GstState state : states) {
        EXPECT_EQ(gst_element_set_state(element, state), GST_STATE_CHANGE_SUCCESS)
            << gst_element_state_get_name(state);
    }
    gst_object_unref(element);
}

TEST(States, FreedWithoutEverStarting) {
    gst_object_unref(gst_object_ref_sink(gst_element_factory_make("jpegdeblock", nullptr)));
}

TEST(States, TheSamePipelineAgainAndAgain) {
    Pipeline pipeline(kFinite);
    for (int run = 0; run < 3; ++run) {
        for (const GstState rest : {GST_STATE_NULL, GST_STATE_READY}) {
            gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
            EXPECT_TRUE(pipeline.finish());
            gst_element_set_state(pipeline.get(), rest);
        }
    }
}

TEST(States, RandomOrderWhileDataFlows) {
    Pipeline pipeline(
        "videotestsrc ! video/x-raw,format=NV12,width=64,height=48 ! jpegdeblock quality=20 ! fakesink");
    std::mt19937 generator(5);
    std::uniform_int_distribution<int> state(GST_STATE_NULL, GST_STATE_PLAYING);
    for (int i = 0; i < 60; ++i) {
        const auto next = static_cast<GstState>(state(generator));
        ASSERT_NE(gst_element_set_state(pipeline.get(), next), GST_STATE_CHANGE_FAILURE);
        ASSERT_NE(gst_element_get_state(pipeline.get(), nullptr, nullptr, 20 * GST_SECOND),
                  GST_STATE_CHANGE_FAILURE);
    }
}

TEST(Properties, ChangeInAnotherThreadWhileDataFlows) {
    Pipeline pipeline(
        "videotestsrc num-buffers=300 ! video/x-raw,format=I420,width=64,height=48 ! "
        "jpegdeblock name=filter quality=20 ! fakesink");
    GstElement* filter = gst_bin_get_by_name(GST_BIN(pipeline.get()), "filter");
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    std::atomic<bool> done = false;
    std::thread setter([&] {
        const std::string models[] = {"", test_model("other"), "/nowhere/absent.safetensors"};
        for (int i = 0; !done; ++i) {
            g_object_set(filter, "strength", (i % 3) * 0.5, "compare", (i % 5) * 0.25, "quality", 10 + i % 50,
                         "model", models[i % 3].c_str(), "bounded", i % 2, nullptr);
            GstStructure* stats = nullptr;
            g_object_get(filter, "stats", &stats, nullptr);
            gst_structure_free(stats);
        }
    });
    EXPECT_TRUE(pipeline.finish());
    done = true;
    setter.join();
    gst_object_unref(filter);
}

TEST(States, SeeksWhileDataFlows) {
    Pipeline pipeline(
        "videotestsrc num-buffers=200 ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! "
        "jpegdeblock quality=20 ! fakesink");
    gst_element_set_state(pipeline.get(), GST_STATE_PAUSED);
    gst_element_get_state(pipeline.get(), nullptr, nullptr, 20 * GST_SECOND);
    for (const GstClockTime second : {3, 0, 5}) {
        EXPECT_TRUE(gst_element_seek_simple(pipeline.get(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                            second * GST_SECOND));
        EXPECT_EQ(gst_element_get_state(pipeline.get(), nullptr, nullptr, 20 * GST_SECOND),
                  GST_STATE_CHANGE_SUCCESS);
    }
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    EXPECT_TRUE(pipeline.finish());
}

}  // namespace
}  // namespace jpegdeblock_test
