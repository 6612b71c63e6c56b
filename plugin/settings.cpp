// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.h"

#include <gst/gst.h>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::Precision;

constexpr gint kMaxThreads = 256;

GType preset_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Preset::kAuto),
         "The best installed that keeps up with the frame rate here; without one the best", "auto"},
        {static_cast<gint>(Preset::kFast), "Least work for each pixel", "fast"},
        {static_cast<gint>(Preset::kBalanced), "Between fast and best", "balanced"},
        {static_cast<gint>(Preset::kBest), "Best picture", "best"},
        {static_cast<gint>(Preset::kDncnn), "DnCNN, the reference from the literature; slow", "dncnn"},
        {0, nullptr, nullptr}};
    static const GType type = g_enum_register_static("GstJpegDeblockPreset", values);
    return type;
}

GType precision_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Precision::kAuto), "Fastest that this CPU and the model allow", "auto"},
        {static_cast<gint>(Precision::kF32), "32-bit floating point", "f32"},
        {static_cast<gint>(Precision::kBf16), "bfloat16 (needs AVX-512)", "bf16"},
        {static_cast<gint>(Precision::kInt8), "8-bit integers (for models that carry them)", "int8"},
        {0, nullptr, nullptr}};
    static const GType type = g_enum_register_static("GstJpegDeblockPrecision", values);
    return type;
}

GType late_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Late::kDrop), "Drop late frames (GStreamer's usual quality of service)", "drop"},
        {static_cast<gint>(Late::kPass),
         "Keep the frame rate: restore what there is time for, and pass the rest of the frame as it came",
         "pass"},
        {static_cast<gint>(Late::kFull), "Restore every frame whole, however long it takes", "full"},
        {0, nullptr, nullptr}};
    static const GType type = g_enum_register_static("GstJpegDeblockLate", values);
    return type;
}

GType planes_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Planes::kLuma), "Luma alone; chroma stays as it is", "luma"},
        {static_cast<gint>(Planes::kAll),
         "Chroma too, with the installed model 'chroma', where it has the JPEG's own sampling", "all"},
        {0, nullptr, nullptr}};
    static const GType type = g_enum_register_static("GstJpegDeblockPlanes", values);
    return type;
}

constexpr GParamFlags operator|(GParamFlags a, int b) {
    return static_cast<GParamFlags>(static_cast<int>(a) | b);
}

constexpr GParamFlags kSetting = G_PARAM_READWRITE | static_cast<int>(G_PARAM_STATIC_STRINGS);

}  // namespace

void install_settings(GObjectClass* object_class) {
    const Settings defaults;
    const auto install = [object_class](guint id, GParamSpec* spec) {
        g_object_class_install_property(object_class, id, spec);
    };
    install(kPresetProperty,
            g_param_spec_enum("preset", "Preset",
                              "Installed model to use; ignored while 'model' is set. Must be one that is "
                              "installed; a change while playing applies from the next frame",
                              preset_type(), static_cast<gint>(defaults.preset),
                              kSetting | GST_PARAM_MUTABLE_PLAYING));
    install(
        kModelProperty,
        g_param_spec_string("model", "Model",
                            "Model file (*.safetensors) to use instead of a preset; empty: use 'preset'. A "
                            "change while playing applies from the next frame; when the new file is no "
                            "good, the element warns and keeps the model it has",
                            nullptr, kSetting | GST_PARAM_MUTABLE_PLAYING));
    install(kQualityProperty,
            g_param_spec_int("quality", "Quality",
                             "JPEG quality to assume, on libjpeg's scale of 1 (worst) to 100; "
                             "0: find out from the pixels",
                             0, 100, defaults.quality, kSetting | GST_PARAM_MUTABLE_PLAYING));
    install(kStrengthProperty,
            g_param_spec_double("strength", "Strength",
                                "Share of the estimated error to remove: 0 passes buffers through untouched, "
                                "1 is as trained, up to 2 exaggerates",
                                0.0, 2.0, defaults.strength,
                                kSetting | GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE));
    install(kThreadsProperty,
            g_param_spec_int("threads", "Threads",
                             "Most threads to compute with, the streaming thread included; 0: one for each "
                             "CPU that the process may use",
                             0, kMaxThreads, defaults.threads, kSetting | GST_PARAM_MUTABLE_READY));
    install(kPrecisionProperty,
            g_param_spec_enum("precision", "Precision", "Arithmetic of the network", precision_type(),
                              static_cast<gint>(defaults.precision), kSetting | GST_PARAM_MUTABLE_READY));
    install(kBoundedProperty,
            g_param_spec_boolean("bounded", "Bounded",
                                 "Keep the result within the JPEG's quantization intervals: it stays a "
                                 "picture that could have been compressed to this very JPEG",
                                 defaults.bounded, kSetting | GST_PARAM_MUTABLE_PLAYING));
    install(kCompareProperty,
            g_param_spec_double("compare", "Compare",
                                "Left share of the picture that stays unfiltered, for a before/after view: "
                                "0 filters all of it, 0.5 the right half, 1 nothing",
                                0.0, 1.0, defaults.compare,
                                kSetting | GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE));
    install(kLateProperty,
            g_param_spec_enum("late", "Late",
                              "What to do with frames that there is no time for. Matters where the source is "
                              "live or a sink waits for the clock and sends QoS events",
                              late_type(), static_cast<gint>(defaults.late),
                              kSetting | GST_PARAM_MUTABLE_PLAYING));
    install(kPlanesProperty,
            g_param_spec_enum("planes", "Planes",
                              "What to restore. Chroma takes the model 'chroma'; a change while playing "
                              "applies from the next frame",
                              planes_type(), static_cast<gint>(defaults.planes),
                              kSetting | GST_PARAM_MUTABLE_PLAYING));
    gst_type_mark_as_plugin_api(planes_type(), static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(late_type(), static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(preset_type(), static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(precision_type(), static_cast<GstPluginAPIFlags>(0));
}

bool set_setting(Settings& settings, guint id, const GValue* value) {
    switch (id) {
        case kPresetProperty:
            settings.preset = static_cast<Preset>(g_value_get_enum(value));
            return true;
        case kModelProperty: {
            const gchar* path = g_value_get_string(value);
            settings.model = path != nullptr ? path : "";
            return true;
        }
        case kQualityProperty:
            settings.quality = g_value_get_int(value);
            return true;
        case kStrengthProperty:
            settings.strength = g_value_get_double(value);
            return true;
        case kThreadsProperty:
            settings.threads = g_value_get_int(value);
            return true;
        case kPrecisionProperty:
            settings.precision = static_cast<Precision>(g_value_get_enum(value));
            return true;
        case kBoundedProperty:
            settings.bounded = g_value_get_boolean(value);
            return true;
        case kCompareProperty:
            settings.compare = g_value_get_double(value);
            return true;
        case kLateProperty:
            settings.late = static_cast<Late>(g_value_get_enum(value));
            return true;
        case kPlanesProperty:
            settings.planes = static_cast<Planes>(g_value_get_enum(value));
            return true;
        default:
            return false;
    }
}

bool get_setting(const Settings& settings, guint id, GValue* value) {
    switch (id) {
        case kPresetProperty:
            g_value_set_enum(value, static_cast<gint>(settings.preset));
            return true;
        case kModelProperty:
            g_value_set_string(value, settings.model.empty() ? nullptr : settings.model.c_str());
            return true;
        case kQualityProperty:
            g_value_set_int(value, settings.quality);
            return true;
        case kStrengthProperty:
            g_value_set_double(value, settings.strength);
            return true;
        case kThreadsProperty:
            g_value_set_int(value, settings.threads);
            return true;
        case kPrecisionProperty:
            g_value_set_enum(value, static_cast<gint>(settings.precision));
            return true;
        case kBoundedProperty:
            g_value_set_boolean(value, settings.bounded);
            return true;
        case kCompareProperty:
            g_value_set_double(value, settings.compare);
            return true;
        case kLateProperty:
            g_value_set_enum(value, static_cast<gint>(settings.late));
            return true;
        case kPlanesProperty:
            g_value_set_enum(value, static_cast<gint>(settings.planes));
            return true;
        default:
            return false;
    }
}

const char* name_of(Preset preset) {
    switch (preset) {
        case Preset::kAuto:
            return "auto";
        case Preset::kFast:
            return "fast";
        case Preset::kBalanced:
            return "balanced";
        case Preset::kBest:
            return "best";
        case Preset::kDncnn:
            return "dncnn";
    }
    return "";
}

const char* preset_choices() {
    return "auto, fast, balanced, best, dncnn";
}

}  // namespace jpegdeblock_plugin
