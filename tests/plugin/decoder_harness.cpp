// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder_harness.h"

#include <jpegdeblock/jpeg.h>

#include "test_models.h"

namespace jpegdeblock_test {

Decoder::Decoder(const std::string& properties, const std::string& caps, const std::string& frame_rate)
    : bus_(gst_bus_new()) {
    GstElement* element = gst_parse_launch(("jpegdeblockdec " + properties).c_str(), nullptr);
    gst_element_set_bus(element, bus_);
    harness_ = gst_harness_new_with_element(GST_ELEMENT(gst_object_ref_sink(element)), "sink", "src");
    gst_object_unref(element);
    const std::string rate = frame_rate.empty() ? "" : ", framerate=" + frame_rate;
    gst_harness_set_src_caps_str(harness_, (caps + rate).c_str());
}

Decoder::~Decoder() {
    gst_element_set_bus(harness_->element, nullptr);
    gst_bus_set_flushing(bus_, TRUE);
    gst_harness_teardown(harness_);
    gst_object_unref(bus_);
}

GstFlowReturn Decoder::push(const Bytes& jpeg) {
    GstBuffer* buffer = jpeg.empty() ? gst_buffer_new() : gst_buffer_new_memdup(jpeg.data(), jpeg.size());
    GST_BUFFER_PTS(buffer) = time_;
    GST_BUFFER_DURATION(buffer) = 40 * GST_MSECOND;
    time_ += 40 * GST_MSECOND;
    return gst_harness_push(harness_, buffer);
}

Buffer Decoder::decode(const Bytes& jpeg) {
    push(jpeg);
    return pull();
}

guint64 Decoder::statistic(const char* name) const {
    GstStructure* stats = nullptr;
    g_object_get(harness_->element, "stats", &stats, nullptr);
    guint64 value = 0;
    EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
    gst_structure_free(stats);
    return value;
}

GstVideoInfo Decoder::info() const {
    GstVideoInfo info;
    gst_video_info_init(&info);
    GstCaps* caps = gst_pad_get_current_caps(harness_->sinkpad);
    if (caps != nullptr) {
        gst_video_info_from_caps(&info, caps);
        gst_caps_unref(caps);
    }
    return info;
}

Bytes Decoder::component(const Buffer& buffer, int index) const {
    const GstVideoInfo format = info();
    GstVideoFrame frame;
    EXPECT_TRUE(gst_video_frame_map(&frame, &format, buffer.get(), GST_MAP_READ));
    Bytes samples;
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, index); ++y) {
        const auto* row = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, index)) +
                          y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, index);
        for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(&frame, index); ++x)
            samples.push_back(row[x * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, index)]);
    }
    gst_video_frame_unmap(&frame);
    return samples;
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

namespace {

Bytes restored_by(const char* model, const Bytes& jpeg, int index,
                  const jpegdeblock::DeblockerOptions& options) {
    jpegdeblock::JpegReader reader;
    const jpegdeblock::JpegComponent& component = reader.read(jpeg).components[index];
    jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model(model)),
                                     jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1), options);
    Bytes samples(static_cast<std::size_t>(component.width) * component.height);
    deblocker.process(component, {samples.data(), component.width, component.height, component.width});
    return samples;
}

}  // namespace

Bytes restored_component(const Bytes& jpeg, int index, const jpegdeblock::DeblockerOptions& options) {
    return restored_by(index == 0 ? "balanced" : "chroma", jpeg, index, options);
}

Bytes restored_as_luma(const Bytes& jpeg, int index) {
    return restored_by("balanced", jpeg, index, {});
}

Bytes restored_luma(const Bytes& jpeg, const jpegdeblock::DeblockerOptions& options) {
    return restored_component(jpeg, 0, options);
}

}  // namespace jpegdeblock_test
