// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user is told when something cannot be used, and that the stream goes on where it can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include "filter_harness.h"
#include "pictures.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using testing::HasSubstr;

// The error of an element with these properties that is asked to start.
Complaint error_at_start(const std::string& properties) {
    GstElement* element = gst_parse_launch(("jpegdeblock " + properties).c_str(), nullptr);
    gst_object_ref_sink(element);
    GstBus* bus = gst_bus_new();
    gst_element_set_bus(element, bus);
    EXPECT_EQ(gst_element_set_state(element, GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
    EXPECT_EQ(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
    const Complaint complaint = pop_complaint(bus, GST_MESSAGE_ERROR);
    gst_element_set_state(element, GST_STATE_NULL);
    gst_element_set_bus(element, nullptr);
    gst_object_unref(bus);
    gst_object_unref(element);
    return complaint;
}

TEST(StartFails, WithoutTheModelFile) {
    const Complaint error = error_at_start("model=/nowhere/absent.safetensors");
    EXPECT_EQ(error.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(error.code, GST_RESOURCE_ERROR_NOT_FOUND);
    EXPECT_THAT(error.text, HasSubstr("/nowhere/absent.safetensors"));
    EXPECT_THAT(error.debug, HasSubstr("Property 'model' is '/nowhere/absent.safetensors'"));
}

TEST(StartFails, WhenTheModelIsAFolder) {
    const TemporaryFolder folder;
    const Complaint error = error_at_start("model=" + folder.file(""));
    EXPECT_EQ(error.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(error.code, GST_RESOURCE_ERROR_OPEN_READ);
}

TEST(StartFails, WithDamagedModel) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("damaged.safetensors")) << "This is no model at all, but text.";
    const Complaint error = error_at_start("model=" + folder.file("damaged.safetensors"));
    EXPECT_EQ(error.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(error.code, GST_RESOURCE_ERROR_SETTINGS);
    EXPECT_THAT(error.text, HasSubstr("damaged.safetensors"));
    EXPECT_THAT(error.debug, HasSubstr("'model'"));
}

TEST(StartFails, WithPresetThatIsNotInstalled) {
    const Complaint error = error_at_start("preset=best");
    EXPECT_EQ(error.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(error.code, GST_RESOURCE_ERROR_NOT_FOUND);
    EXPECT_THAT(error.text, HasSubstr("best"));
    EXPECT_THAT(error.debug, HasSubstr("Property 'preset' is 'best'"));
    EXPECT_THAT(error.debug, HasSubstr("auto, fast, balanced, best, dncnn"));
    EXPECT_THAT(error.debug, HasSubstr("JPEGDEBLOCK_MODEL_PATH"));
}

TEST(StartFails, WithPrecisionThatTheModelLacks) {
    const Complaint error = error_at_start("precision=int8");
    EXPECT_EQ(error.domain, GST_LIBRARY_ERROR);
    EXPECT_EQ(error.code, GST_LIBRARY_ERROR_INIT);
    EXPECT_FALSE(error.text.empty());
    EXPECT_THAT(error.debug, HasSubstr("Property 'precision' is 'int8'"));
    EXPECT_THAT(error.debug, HasSubstr("f32"));
}

TEST(StartFails, AndSucceedsOnceTheCauseIsGone) {
    GstElement* element = gst_parse_launch("jpegdeblock model=/nowhere/absent.safetensors", nullptr);
    gst_object_ref_sink(element);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
        gst_element_set_state(element, GST_STATE_NULL);
    }
    g_object_set(element, "model", nullptr, nullptr);
    EXPECT_EQ(gst_element_set_state(element, GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    gst_element_set_state(element, GST_STATE_NULL);
    gst_object_unref(element);
}

class SwapWhilePlaying : public testing::Test {
  protected:
    SwapWhilePlaying() { harness.set_caps(picture); }

    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    const std::vector<std::uint8_t> of_balanced = with_luma(picture, deblocked(luma_of(picture))).bytes;
    FilterHarness harness;
};

TEST_F(SwapWhilePlaying, ABadModelIsRefusedOnceAndTheOldOneStays) {
    EXPECT_EQ(harness.filter(picture), of_balanced);
    g_object_set(harness.element(), "model", "/nowhere/absent.safetensors", nullptr);
    EXPECT_EQ(harness.filter(picture), of_balanced);
    const Complaint warning = pop_complaint(harness.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(warning.code, GST_RESOURCE_ERROR_NOT_FOUND);
    EXPECT_THAT(warning.text, HasSubstr("/nowhere/absent.safetensors"));
    EXPECT_EQ(std::filesystem::path(harness.statistic_text("model")), test_model("balanced"));

    EXPECT_EQ(harness.filter(picture), of_balanced);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).domain, 0u) << "warned again";
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_ERROR).domain, 0u);
}

TEST_F(SwapWhilePlaying, AGoodModelServesTheNextFrame) {
    EXPECT_EQ(harness.filter(picture), of_balanced);
    g_object_set(harness.element(), "model", test_model("other").c_str(), nullptr);
    const std::vector<std::uint8_t> of_other = harness.filter(picture);
    EXPECT_NE(of_other, of_balanced);
    EXPECT_EQ(harness.statistic_text("model"), test_model("other"));
    EXPECT_EQ(harness.statistic_text("preset"), "");

    FilterHarness with_other("quality=20 model=" + test_model("other"));
    with_other.set_caps(picture);
    EXPECT_EQ(of_other, with_other.filter(picture));

    g_object_set(harness.element(), "model", "", nullptr);
    EXPECT_EQ(harness.filter(picture), of_balanced) << "no model set: the preset again";
    EXPECT_EQ(harness.statistic_text("preset"), "balanced");
}

// A model is read whole when it is named: what becomes of its file later shows only when it is named anew.
TEST(ModelFileOfAPlayingElement, MayBeCutRemovedAndReplaced) {
    const TemporaryFolder folder;
    const std::string path = folder.file("model.safetensors");
    const std::string copy = folder.file("copy.safetensors");
    std::filesystem::copy_file(test_model("balanced"), path);
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 48, 32);
    FilterHarness harness("quality=20 model=" + path);
    harness.set_caps(picture);
    const std::vector<std::uint8_t> expected = harness.filter(picture);
    EXPECT_NE(expected, picture.bytes);
    const auto expect_no_change = [&] {
        // Restored by another table in between, so that nothing is taken from the frame before.
        g_object_set(harness.element(), "quality", 30, nullptr);
        harness.filter(picture);
        g_object_set(harness.element(), "quality", 20, nullptr);
        EXPECT_EQ(harness.filter(picture), expected);
    };
    for (const std::uintmax_t size : {1000u, 0u}) {
        std::filesystem::resize_file(path, size);
        expect_no_change();
    }
    std::filesystem::remove(path);
    expect_no_change();
    save_model(path, random_model("new", 99));
    expect_no_change();

    // By another name it is another model, good or bad.
    std::filesystem::copy_file(path, copy);
    g_object_set(harness.element(), "model", copy.c_str(), nullptr);
    const std::vector<std::uint8_t> other = harness.filter(picture);
    EXPECT_NE(other, expected);
    const std::string cut = folder.file("cut.safetensors");
    std::filesystem::copy_file(path, cut);
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
    g_object_set(harness.element(), "model", cut.c_str(), nullptr);
    EXPECT_EQ(harness.filter(picture), other);
    EXPECT_NE(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).text.find(cut), std::string::npos);

    // What is started again reads it again.
    g_object_set(harness.element(), "model", path.c_str(), nullptr);
    gst_element_set_state(harness.element(), GST_STATE_NULL);
    std::filesystem::resize_file(path, 1000);
    EXPECT_EQ(gst_element_set_state(harness.element(), GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
    EXPECT_NE(pop_complaint(harness.bus(), GST_MESSAGE_ERROR).text.find(path), std::string::npos);
}

TEST_F(SwapWhilePlaying, APresetThatIsNotInstalledIsRefused) {
    g_object_set(harness.element(), "preset", 3, nullptr);
    EXPECT_EQ(harness.filter(picture), of_balanced);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).code, GST_RESOURCE_ERROR_NOT_FOUND);
}

}  // namespace
}  // namespace jpegdeblock_test
