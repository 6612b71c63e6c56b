// SPDX-License-Identifier: LGPL-2.1-or-later
#include "properties.h"

#include <gst/gst.h>

#include <iterator>
#include <string>
#include <type_traits>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::Precision;

constexpr gint kMaxThreads = 256;

GType preset_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Preset::kAuto),
         "The best installed that keeps up with the frame rate here; without one the best",
         name_of(Preset::kAuto)},
        {static_cast<gint>(Preset::kFast), "Least work for each pixel", name_of(Preset::kFast)},
        {static_cast<gint>(Preset::kBalanced), "Between fast and best", name_of(Preset::kBalanced)},
        {static_cast<gint>(Preset::kBest), "Best picture", name_of(Preset::kBest)},
        {static_cast<gint>(Preset::kDncnn), "DnCNN, the reference from the literature; slow",
         name_of(Preset::kDncnn)},
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

GType temporal_type() {
    static const GEnumValue values[] = {
        {static_cast<gint>(Temporal::kAuto), "Where frames have a rate, and progressive is false", "auto"},
        {static_cast<gint>(Temporal::kOn), "Always", "on"},
        {static_cast<gint>(Temporal::kOff), "Each frame by itself", "off"},
        {0, nullptr, nullptr}};
    static const GType type = g_enum_register_static("GstJpegDeblockTemporal", values);
    return type;
}

// How a member of the settings travels in a GValue.
template <typename Member>
void read(const GValue* value, Member& member) {
    if constexpr (std::is_enum_v<Member>) {
        member = static_cast<Member>(g_value_get_enum(value));
    } else if constexpr (std::is_same_v<Member, std::string>) {
        const gchar* text = g_value_get_string(value);
        member = text != nullptr ? text : "";
    } else if constexpr (std::is_same_v<Member, bool>) {
        member = g_value_get_boolean(value);
    } else if constexpr (std::is_same_v<Member, int>) {
        member = g_value_get_int(value);
    } else if constexpr (std::is_same_v<Member, guint>) {
        member = g_value_get_uint(value);
    } else if constexpr (std::is_same_v<Member, guint64>) {
        member = g_value_get_uint64(value);
    } else {
        member = g_value_get_double(value);
    }
}

template <typename Member>
void write(const Member& member, GValue* value) {
    if constexpr (std::is_enum_v<Member>) {
        g_value_set_enum(value, static_cast<gint>(member));
    } else if constexpr (std::is_same_v<Member, std::string>) {
        g_value_set_string(value, member.empty() ? nullptr : member.c_str());
    } else if constexpr (std::is_same_v<Member, bool>) {
        g_value_set_boolean(value, member);
    } else if constexpr (std::is_same_v<Member, int>) {
        g_value_set_int(value, member);
    } else if constexpr (std::is_same_v<Member, guint>) {
        g_value_set_uint(value, member);
    } else if constexpr (std::is_same_v<Member, guint64>) {
        g_value_set_uint64(value, member);
    } else {
        g_value_set_double(value, member);
    }
}

constexpr int kPlaying = GST_PARAM_MUTABLE_PLAYING;
constexpr int kReady = GST_PARAM_MUTABLE_READY;
constexpr int kControllable = GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE;

constexpr GParamFlags flags(int own) {
    return static_cast<GParamFlags>(G_PARAM_READWRITE | static_cast<int>(G_PARAM_STATIC_STRINGS) | own);
}

struct Property {
    GParamSpec* (*spec)(const Settings& defaults);
    void (*set)(Settings& settings, const GValue* value);
    void (*get)(const Settings& settings, GValue* value);
    bool decoder_only = false;
};

template <auto member>
constexpr Property property(GParamSpec* (*spec)(const Settings& defaults), bool decoder_only = false) {
    return {spec, [](Settings& settings, const GValue* value) { read(value, settings.*member); },
            [](const Settings& settings, GValue* value) { write(settings.*member, value); }, decoder_only};
}

// A property's identifier is its place in the table, from 1 on.
constexpr Property kProperties[] = {
    property<&Settings::preset>([](const Settings& defaults) {
        return g_param_spec_enum("preset", "Preset",
                                 "Installed model to use; ignored while 'model' is set. Must be one that is "
                                 "installed; a change while playing applies from the next frame",
                                 preset_type(), static_cast<gint>(defaults.preset), flags(kPlaying));
    }),
    property<&Settings::model>([](const Settings&) {
        return g_param_spec_string(
            "model", "Model",
            "Model file (*.safetensors) to use instead of a preset; empty: use 'preset'. A "
            "change while playing applies from the next frame; when the new file is no "
            "good, the element warns and keeps the model it has",
            nullptr, flags(kPlaying));
    }),
    property<&Settings::quality>([](const Settings& defaults) {
        return g_param_spec_int("quality", "Quality",
                                "JPEG quality to assume, on libjpeg's scale of 1 (worst) to 100; "
                                "0: find out from the pixels",
                                0, 100, defaults.quality, flags(kPlaying));
    }),
    property<&Settings::strength>([](const Settings& defaults) {
        return g_param_spec_double(
            "strength", "Strength",
            "Share of the estimated error to remove: 0 passes buffers through untouched, "
            "1 is as trained, up to 2 exaggerates",
            0.0, 2.0, defaults.strength, flags(kControllable));
    }),
    property<&Settings::threads>([](const Settings& defaults) {
        return g_param_spec_int(
            "threads", "Threads",
            "Most threads to compute with, the streaming thread included; 0: one for each "
            "CPU that the process may use",
            0, kMaxThreads, defaults.threads, flags(kReady));
    }),
    property<&Settings::precision>([](const Settings& defaults) {
        return g_param_spec_enum("precision", "Precision", "Arithmetic of the network", precision_type(),
                                 static_cast<gint>(defaults.precision), flags(kReady));
    }),
    property<&Settings::bounded>([](const Settings& defaults) {
        return g_param_spec_boolean("bounded", "Bounded",
                                    "Keep the result within the JPEG's quantization intervals: it stays a "
                                    "picture that could have been compressed to this very JPEG",
                                    defaults.bounded, flags(kPlaying));
    }),
    property<&Settings::compare>([](const Settings& defaults) {
        return g_param_spec_double(
            "compare", "Compare",
            "Left share of the picture that stays unfiltered, for a before/after view: "
            "0 filters all of it, 0.5 the right half, 1 nothing",
            0.0, 1.0, defaults.compare, flags(kControllable));
    }),
    property<&Settings::late>([](const Settings& defaults) {
        return g_param_spec_enum(
            "late", "Late",
            "What to do with frames that there is no time for. Matters where the source is "
            "live or a sink waits for the clock and sends QoS events",
            late_type(), static_cast<gint>(defaults.late), flags(kPlaying));
    }),
    property<&Settings::planes>([](const Settings& defaults) {
        return g_param_spec_enum("planes", "Planes",
                                 "What to restore. Chroma takes the model 'chroma'; a change while playing "
                                 "applies from the next frame",
                                 planes_type(), static_cast<gint>(defaults.planes), flags(kPlaying));
    }),
    property<&Settings::temporal>([](const Settings& defaults) {
        return g_param_spec_enum("temporal", "Temporal",
                                 "Whether the frames before help to restore the luma of a frame, with models "
                                 "that were trained for "
                                 "that: better and steadier pictures. Adds no delay",
                                 temporal_type(), static_cast<gint>(defaults.temporal), flags(kPlaying));
    }),
    property<&Settings::progressive>(
        [](const Settings& defaults) {
            return g_param_spec_boolean(
                "progressive", "Progressive",
                "Push a restored picture for each scan of a progressive JPEG as soon as its bytes "
                "have arrived, not only for the whole. Works on bytes as they come, that is "
                "without jpegparse",
                defaults.progressive, flags(kPlaying));
        },
        true),
    property<&Settings::progressive_interval>(
        [](const Settings& defaults) {
            return g_param_spec_uint(
                "progressive-interval", "Progressive interval",
                "Least time between two pictures that are pushed for scans, in milliseconds; scans "
                "that are complete earlier wait for the next. The last picture never waits",
                0, G_MAXUINT, defaults.progressive_interval, flags(kPlaying));
        },
        true),
    property<&Settings::max_pixels>(
        [](const Settings& defaults) {
            return g_param_spec_uint64(
                "max-pixels", "Most pixels",
                "Most pixels (width x height) that a JPEG may claim to have, as a small file may "
                "claim gigabytes; larger ones are lost. 0: no limit",
                0, G_MAXUINT64, defaults.max_pixels, flags(kPlaying));
        },
        true),
};

constexpr guint kCount = std::size(kProperties);

const Property* find(guint id) {
    return id >= 1 && id <= kCount ? &kProperties[id - 1] : nullptr;
}

}  // namespace

const guint kStatisticsProperty = kCount + 1;

void install_settings(GObjectClass* object_class, bool decoder) {
    const Settings defaults;
    for (guint id = 1; id <= kCount; ++id) {
        const Property& property = *find(id);
        if (decoder || !property.decoder_only) {
            g_object_class_install_property(object_class, id, property.spec(defaults));
        }
    }
    for (const GType type : {preset_type(), precision_type(), late_type(), planes_type(), temporal_type()}) {
        gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
    }
}

bool set_setting(Settings& settings, guint id, const GValue* value) {
    const Property* property = find(id);
    if (property != nullptr) {
        property->set(settings, value);
    }
    return property != nullptr;
}

bool get_setting(const Settings& settings, guint id, GValue* value) {
    const Property* property = find(id);
    if (property != nullptr) {
        property->get(settings, value);
    }
    return property != nullptr;
}

}  // namespace jpegdeblock_plugin
