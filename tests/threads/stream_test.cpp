// SPDX-License-Identifier: LGPL-2.1-or-later
// Elements whose application does everything at once, in threads of its own. ThreadSanitizer watches it in
// tests/sanitized.sh.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "disturbances.h"
#include "parsed_pipeline.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

/// Two streams that flow for ever, one through the filter and one through the decoder, with the same threads.
constexpr const char* kTwoStreams =
    "videotestsrc pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=200/1 ! "
    "jpegdeblock name=filter quality=20 preset=balanced threads=2 ! fakesink name=first sync=false "
    "videotestsrc pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=200/1 ! "
    "jpegenc quality=20 ! jpegdeblockdec name=decoder preset=balanced threads=2 ! "
    "fakesink name=second sync=false";

class DisturbedStreams : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        // So that there is a choice for preset=auto.
        save_model(test_model("fast"), random_model("fast", 21));
    }

    void SetUp() override {
        pipeline_ = parse_pipeline(kTwoStreams);
        ASSERT_NE(pipeline_, nullptr);
        for (const char* name : {"filter", "decoder"})
            elements_.push_back(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
        // Nobody reads the messages, which must not pile up.
        GstBus* bus = gst_element_get_bus(pipeline_.get());
        gst_bus_set_sync_handler(
            bus,
            [](GstBus*, GstMessage* message, gpointer self) {
                auto& test = *static_cast<DisturbedStreams*>(self);
                if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && !test.is_of_changing_state(message)) {
                    GError* error = nullptr;
                    gst_message_parse_error(message, &error, nullptr);
                    ADD_FAILURE() << error->message;
                    g_error_free(error);
                    ++test.errors_;
                }
                gst_message_unref(message);
                return GST_BUS_DROP;
            },
            this, nullptr);
        gst_object_unref(bus);
    }

    void TearDown() override {
        EXPECT_EQ(errors_, 0);
        for (GstElement* element : elements_) gst_object_unref(element);
        pipeline_.reset();
    }

    /// A source takes it for an error where a pad is deactivated between it and an event's next element, as
    /// GstPad refuses the event then, not as flushing.
    bool is_of_changing_state(GstMessage* message) const {
        return states_change_ && GST_OBJECT_FLAG_IS_SET(GST_MESSAGE_SRC(message), GST_ELEMENT_FLAG_SOURCE);
    }

    GstStateChangeReturn set(GstState state) {
        gst_element_set_state(pipeline_.get(), state);
        return gst_element_get_state(pipeline_.get(), nullptr, nullptr, 60 * GST_SECOND);
    }

    Disturbances disturbances(std::size_t element, unsigned seed) {
        return {pipeline_.get(), elements_[element], choices_, seed};
    }

    /// Does it to each element, again and again in a thread for each, until `work` has returned.
    void while_disturbed(const std::function<void(Disturbances&)>& disturb,
                         const std::function<void()>& work) {
        std::atomic<bool> done = false;
        std::vector<std::jthread> threads;
        for (std::size_t element = 0; element < elements_.size(); ++element) {
            threads.emplace_back([&, element] {
                Disturbances disturber = disturbances(element, static_cast<unsigned>(element));
                while (!done) {
                    disturb(disturber);
                    g_usleep(1000);  // Lets the streams flow.
                }
            });
        }
        work();
        done = true;
    }

    guint64 frames(std::size_t element) const {
        GstStructure* statistics = nullptr;
        g_object_get(elements_[element], "stats", &statistics, nullptr);
        guint64 frames = 0;
        gst_structure_get_uint64(statistics, "frames", &frames);
        gst_structure_free(statistics);
        return frames;
    }

    void let_flow() {
        for (std::size_t element = 0; element < elements_.size(); ++element)
            disturbances(element, 0).let_flow();
    }

    /// Lets both streams give so many frames more.
    void flow(guint64 more) {
        for (std::size_t element = 0; element < elements_.size(); ++element) {
            const guint64 goal = frames(element) + more;
            for (int i = 0; i < 60'000 && frames(element) < goal; ++i) g_usleep(1000);
            EXPECT_GE(frames(element), goal);
        }
    }

    ParsedPipeline pipeline_;
    std::vector<GstElement*> elements_;
    Disturbances::Choices choices_ = {
        {"", test_model("other"), test_model("temporal"), "/nowhere/absent.safetensors"},
        {"auto", "fast", "balanced", "best"}};  // The last are not there.
    std::atomic<int> errors_ = 0;
    std::atomic<bool> states_change_ = false;  ///< From several threads at once.
};

TEST_F(DisturbedStreams, PropertiesAndQuestions) {
    ASSERT_EQ(set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    while_disturbed(
        [](Disturbances& disturber) {
            disturber.change_property();
            disturber.ask();
        },
        [this] { flow(40); });
    EXPECT_EQ(set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(DisturbedStreams, SeeksAndProperties) {
    ASSERT_EQ(set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    while_disturbed([](Disturbances& disturber) { disturber.change_property(); },
                    [this] {
                        Disturbances disturber = disturbances(0, 7);
                        for (int i = 0; i < 40; ++i) {
                            EXPECT_TRUE(disturber.seek());
                            disturber.ask();
                        }
                    });
    let_flow();
    flow(3);
}

TEST_F(DisturbedStreams, StatesFromOtherThreads) {
    // Nothing can be started with those.
    choices_.models.pop_back();
    choices_.presets.pop_back();
    ASSERT_EQ(set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    states_change_ = true;
    while_disturbed(
        [](Disturbances& disturber) {
            disturber.change_property();
            disturber.ask();
        },
        [this] {
            std::vector<std::jthread> threads;
            for (unsigned seed = 10; seed < 12; ++seed) {
                threads.emplace_back([this, seed] {
                    Disturbances disturber = disturbances(0, seed);
                    for (int i = 0; i < 50; ++i) disturber.change_state();
                });
            }
        });
    ASSERT_EQ(set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
    states_change_ = false;
    let_flow();
    ASSERT_EQ(set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    flow(3);
}

TEST_F(DisturbedStreams, StoppedAndStartedAgain) {
    for (int run = 0; run < 10; ++run) {
        ASSERT_EQ(set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
        flow(2);
        ASSERT_EQ(set(run % 2 ? GST_STATE_READY : GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
    }
}

}  // namespace
}  // namespace jpegdeblock_test
