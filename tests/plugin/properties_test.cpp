// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <atomic>

#include "filter_harness.h"
#include "pictures.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

std::vector<std::uint8_t> filtered(const std::string& properties, const Picture& picture) {
    FilterHarness harness(properties);
    harness.set_caps(picture);
    return harness.filter(picture);
}

TEST(Properties, ReadBackAsSet) {
    FilterHarness harness(
        "quality=33 strength=1.5 threads=1 bounded=false compare=0.25 precision=f32 preset=balanced "
        "late=full");
    gint quality = 0, threads = 0, precision = 0, preset = 0, late = 0;
    gdouble strength = 0.0, compare = 0.0;
    gboolean bounded = TRUE;
    gchar* model = nullptr;
    g_object_get(harness.element(), "quality", &quality, "strength", &strength, "threads", &threads,
                 "bounded", &bounded, "compare", &compare, "precision", &precision, "preset", &preset,
                 "model", &model, "late", &late, nullptr);
    EXPECT_EQ(late, 2);
    EXPECT_EQ(quality, 33);
    EXPECT_EQ(strength, 1.5);
    EXPECT_EQ(threads, 1);
    EXPECT_EQ(bounded, FALSE);
    EXPECT_EQ(compare, 0.25);
    EXPECT_EQ(precision, 1);
    EXPECT_EQ(preset, 2);
    EXPECT_EQ(model, nullptr);
    EXPECT_EQ(harness.statistic_text("precision"), "f32");
}

TEST(Properties, DocumentWhenTheyMayChange) {
    GstElement* element = GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("jpegdeblock", nullptr)));
    const auto flags = [&](const char* name) {
        return g_object_class_find_property(G_OBJECT_GET_CLASS(element), name)->flags;
    };
    for (const char* name : {"preset", "model", "quality", "strength", "bounded", "compare", "late"}) {
        EXPECT_TRUE(flags(name) & GST_PARAM_MUTABLE_PLAYING) << name;
    }
    for (const char* name : {"threads", "precision"}) {
        EXPECT_TRUE(flags(name) & GST_PARAM_MUTABLE_READY) << name;
    }
    for (const char* name : {"strength", "compare"}) {
        EXPECT_TRUE(flags(name) & GST_PARAM_CONTROLLABLE) << name;
    }
    EXPECT_FALSE(flags("stats") & G_PARAM_WRITABLE);
    gst_object_unref(element);
}

TEST(Quality, ChoosesTheTable) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_GRAY8, 64, 48);
    for (const int quality : {10, 75}) {
        EXPECT_EQ(filtered("quality=" + std::to_string(quality), picture),
                  with_luma(picture, deblocked(luma_of(picture), {.quality = quality})).bytes);
    }
}

TEST(Bounded, ReachesTheLibrary) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_GRAY8, 64, 48);
    const jpegdeblock::LumaImage luma = luma_of(picture);
    for (const bool bounded : {false, true}) {
        const jpegdeblock::DeblockerOptions options{.strength = 2.0f, .bounded = bounded, .quality = 60};
        EXPECT_EQ(
            filtered(std::string("quality=60 strength=2 bounded=") + (bounded ? "true" : "false"), picture),
            with_luma(picture, deblocked(luma, options)).bytes);
    }
}

TEST(Threads, DoNotChangeTheResult) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 385, 289);
    EXPECT_EQ(filtered("quality=20 threads=1", picture), filtered("quality=20 threads=3", picture));
}

TEST(Statistics, TellWhatIsInUse) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    FilterHarness harness;
    EXPECT_EQ(harness.statistic("frames"), 0u);
    EXPECT_EQ(harness.statistic_text("table-source"), "none");
    harness.set_caps(picture);
    harness.filter(picture);
    harness.filter(picture);
    EXPECT_EQ(harness.statistic("frames"), 2u);
    EXPECT_EQ(harness.statistic("passed"), 0u);
    EXPECT_EQ(harness.statistic("quality"), 20u);
    EXPECT_EQ(harness.statistic_text("table-source"), "quality");
    EXPECT_EQ(harness.statistic_text("preset"), "balanced");
    EXPECT_EQ(std::filesystem::path(harness.statistic_text("model")), test_model("balanced"));
    GstStructure* stats = nullptr;
    g_object_get(harness.element(), "stats", &stats, nullptr);
    EXPECT_TRUE(gst_structure_has_name(stats, "application/x-jpegdeblock-stats"));
    EXPECT_TRUE(gst_structure_has_field_typed(stats, "frames", G_TYPE_UINT64));
    EXPECT_TRUE(gst_structure_has_field_typed(stats, "passed", G_TYPE_UINT64));
    EXPECT_TRUE(gst_structure_has_field_typed(stats, "quality", G_TYPE_INT));
    gdouble milliseconds = 0.0;
    EXPECT_TRUE(gst_structure_get_double(stats, "ms-per-frame", &milliseconds));
    EXPECT_GT(milliseconds, 0.0);
    gst_structure_free(stats);
}

TEST(Statistics, CountTheTilesOfAStillScene) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    FilterHarness harness;
    harness.set_caps(picture);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(harness.filter(picture), with_luma(picture, deblocked(luma_of(picture))).bytes);
    }
    EXPECT_EQ(harness.statistic("tiles-computed"), 96u);
    EXPECT_EQ(harness.statistic("tiles-reused"), 96u);
    EXPECT_EQ(harness.statistic("tiles-passed"), 0u);
}

TEST(Statistics, CountTheTilesOfBothFields) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    FilterHarness harness;
    harness.set_caps(picture, "interlace-mode=interleaved");
    for (int i = 0; i < 3; ++i) harness.filter(picture);
    EXPECT_EQ(harness.statistic("tiles-computed"), 96u);
    EXPECT_EQ(harness.statistic("tiles-reused"), 48u);
}

TEST(Statistics, StayReadableAfterTheStopAndBeginAnewWithTheStart) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    FilterHarness harness;
    harness.set_caps(picture);
    harness.filter(picture);
    gst_element_set_state(harness.element(), GST_STATE_NULL);
    EXPECT_EQ(harness.statistic("frames"), 1u);
    gst_element_set_state(harness.element(), GST_STATE_PLAYING);
    EXPECT_EQ(harness.statistic("frames"), 0u);
}

TEST(Preset, AutoChoosesAmongWhatIsInstalledByTheFrameRate) {
    TemporaryFolder folder;
    const std::string models_before = g_getenv("JPEGDEBLOCK_MODEL_PATH");
    g_setenv("JPEGDEBLOCK_MODEL_PATH", folder.file("").c_str(), TRUE);
    save_model(folder.file("fast.safetensors"), random_model("fast", 1));
    save_model(folder.file("best.safetensors"), random_model("best", 2));
    const Picture picture = random_picture(GST_VIDEO_FORMAT_GRAY8, 64, 48);
    const auto preset_for = [&](const char* rate) {
        FilterHarness harness("quality=20");
        EXPECT_EQ(harness.statistic_text("preset"), "") << "nothing to choose for yet";
        gst_harness_set_src_caps_str(
            harness.get(),
            (std::string("video/x-raw, format=GRAY8, width=64, height=48, framerate=") + rate).c_str());
        harness.filter(picture);
        return harness.statistic_text("preset");
    };
    EXPECT_EQ(preset_for("0/1"), "best");
    EXPECT_EQ(preset_for("1/1000"), "best");
    EXPECT_EQ(preset_for("2000000000/1"), "fast");
    g_setenv("JPEGDEBLOCK_MODEL_PATH", models_before.c_str(), TRUE);
}

// Counts what the plugin's log says of models that it loads.
class ModelsLoaded {
  public:
    ModelsLoaded() {
        gst_debug_remove_log_function(gst_debug_log_default);
        gst_debug_set_threshold_for_name("jpegdeblock", GST_LEVEL_INFO);
        gst_debug_add_log_function(look, this, nullptr);
    }

    ~ModelsLoaded() {
        gst_debug_remove_log_function(look);
        gst_debug_unset_threshold_for_name("jpegdeblock");
        gst_debug_add_log_function(gst_debug_log_default, nullptr, nullptr);
    }

    int count() const { return count_; }

  private:
    static void look(GstDebugCategory*, GstDebugLevel level, const gchar*, const gchar*, gint, GObject*,
                     GstDebugMessage* message, gpointer loaded) {
        if (level == GST_LEVEL_INFO && g_str_has_prefix(gst_debug_message_get(message), "Loaded the model")) {
            ++static_cast<ModelsLoaded*>(loaded)->count_;
        }
    }

    std::atomic<int> count_ = 0;
};

TEST(Models, AreSharedByElementsAndFreedWithTheStop) {
    const ModelsLoaded loaded;
    FilterHarness first("preset=balanced");
    EXPECT_EQ(loaded.count(), 1);
    FilterHarness second("preset=balanced");
    EXPECT_EQ(loaded.count(), 1);
    gst_element_set_state(first.element(), GST_STATE_READY);
    gst_element_set_state(second.element(), GST_STATE_READY);
    gst_element_set_state(first.element(), GST_STATE_PLAYING);
    EXPECT_EQ(loaded.count(), 2) << "nobody held it";
}

TEST(Element, DescribesItself) {
    GstElementFactory* factory = gst_element_factory_find("jpegdeblock");
    ASSERT_NE(factory, nullptr);
    EXPECT_STREQ(gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS),
                 "Filter/Effect/Video");
    EXPECT_STREQ(gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_LONGNAME),
                 "JPEG artefact remover");
    EXPECT_EQ(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)), GST_RANK_NONE);
    EXPECT_STREQ(gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory)), "jpegdeblock");
    gst_object_unref(factory);
}

}  // namespace
}  // namespace jpegdeblock_test
