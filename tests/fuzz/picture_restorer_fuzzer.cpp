// SPDX-License-Identifier: LGPL-2.1-or-later
// A PictureRestorer through a life of pictures of any size, format, table, options and order: raw ones and
// JPEGs, stills and videos whose picture moves, cuts, gaps and other networks.
#include <algorithm>
#include <random>

#include <jpegdeblock/error.h>

#include "coded_picture.h"
#include "jpeg/luma_codec.h"
#include "shown_picture.h"
#include "tiny_networks.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    std::vector<Seed> result;
    std::minstd_rand random(2);
    for (int i = 0; i < 16; ++i) {
        Seed& seed = result.emplace_back(Seed{"random-" + std::to_string(i), {}});
        for (int n = 0; n < 300; ++n) seed.bytes.push_back(static_cast<std::uint8_t>(random() >> 8));
    }
    return result;
}

namespace {

constexpr int kMostSteps = 10;
constexpr int kScene = 160;
constexpr std::uint8_t kGap = 0xa5;  ///< What lies between rows, and must stay.

/// What the camera looks at.
LumaImage scene() {
    LumaImage picture{kScene, kScene, {}};
    std::minstd_rand random(5);
    std::vector<int> level(400);
    for (int& value : level) value = static_cast<int>(random() % 256);
    for (int y = 0; y < kScene; ++y)
        for (int x = 0; x < kScene; ++x)
            picture.samples.push_back(static_cast<std::uint8_t>(std::clamp(
                level[static_cast<std::size_t>(y / 8 * 20 + x / 8)] + static_cast<int>(random() % 9) - 4, 0,
                255)));
    return picture;
}

/// A part of the scene, as a JPEG of that quality shows it.
LumaImage view_of_scene(int left, int top, int width, int height, int quality) {
    static const LumaImage whole = scene();
    const ConstPlane part{whole.view().row(top) + left, width, height, kScene};
    return decode_jpeg_luma(encode_grey_jpeg(part, quality));
}

/// How a raw format lays its samples out.
struct Format {
    bool is_rgb;
    int components;
    int horizontal, vertical;  ///< What chroma is divided by.
    int step, chroma_step;     ///< Bytes from sample to sample.
    bool packed;               ///< All components in one plane.
};

constexpr Format kFormats[] = {
    {false, 1, 1, 1, 1, 1, false}, {false, 3, 2, 2, 1, 1, false}, {false, 3, 2, 1, 1, 1, false},
    {false, 3, 1, 1, 1, 1, false}, {false, 3, 2, 2, 1, 2, false}, {false, 3, 2, 1, 2, 4, true},
    {true, 3, 1, 1, 3, 3, true},   {true, 3, 1, 1, 4, 4, true},
};

class RawPicture {
  public:
    RawPicture(const Format& format, const LumaImage& luma, int gap, bool interlaced) {
        picture_.is_rgb = format.is_rgb;
        picture_.interlaced = interlaced;
        for (int i = 0; i < format.components; ++i) {
            Samples& samples = picture_.components[static_cast<std::size_t>(i)];
            const bool chroma = i > 0 && !format.is_rgb;
            samples.width = chroma ? (luma.width + format.horizontal - 1) / format.horizontal : luma.width;
            samples.height = chroma ? (luma.height + format.vertical - 1) / format.vertical : luma.height;
            samples.step = chroma ? format.chroma_step : format.step;
            const int row = format.packed ? 4 * luma.width + 4 : samples.width * samples.step;
            samples.stride = row + gap;
            const bool own = !format.packed || i == 0;
            if (own)
                memory_[i].assign(
                    static_cast<std::size_t>(samples.stride) * static_cast<std::size_t>(samples.height),
                    kGap);
            // Y U Y V, or R G B.
            samples.data = own ? memory_[i].data() : memory_[0].data() + (chroma ? 2 * i - 1 : i);
            for (int y = 0; y < samples.height; ++y)
                for (int x = 0; x < samples.width; ++x)
                    at(samples, x, y) = luma.samples[static_cast<std::size_t>(
                        std::min(y, luma.height - 1) * luma.width + std::min(x, luma.width - 1))];
        }
    }

    const Picture& picture() const { return picture_; }

    /// Whether all bytes that belong to no sample are as they were.
    bool gaps_intact() const {
        std::array<Bytes, 3> rest = memory_;
        for (const Samples& samples : picture_.components) {
            if (samples.data == nullptr) continue;
            for (std::size_t i = 0; i < rest.size(); ++i) {
                const std::ptrdiff_t begin = samples.data - memory_[i].data();
                if (memory_[i].empty() || begin < 0 ||
                    begin >= static_cast<std::ptrdiff_t>(memory_[i].size()))
                    continue;
                for (int y = 0; y < samples.height; ++y)
                    for (int x = 0; x < samples.width; ++x)
                        rest[i][static_cast<std::size_t>(begin + y * samples.stride + x * samples.step)] =
                            kGap;
            }
        }
        for (const Bytes& bytes : rest)
            if (std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b != kGap; }))
                return false;
        return true;
    }

    const std::array<Bytes, 3>& memory() const { return memory_; }

  private:
    static std::uint8_t& at(const Samples& samples, int x, int y) {
        return samples.data[y * samples.stride + x * samples.step];
    }

    std::array<Bytes, 3> memory_;
    Picture picture_;
};

PictureOptions options_of(ByteReader& reader) {
    PictureOptions options;
    options.strength = reader.below(10) == 0 ? reader.below(256) / 64.0 - 1.0 : reader.below(5) / 2.0;
    options.bounded = reader.below(4) > 0;
    options.quality = reader.below(3) == 0 ? reader.below(103) : 0;
    options.compare = reader.below(4) == 0 ? reader.below(6) / 4.0 : 0.0;
    options.temporal = reader.below(4) > 0;
    switch (reader.below(8)) {
        case 0:
            options.time_left = std::chrono::nanoseconds(-1);
            break;
        case 1:
            options.time_left = std::chrono::microseconds(reader.below(2000));
            break;
        default:
            break;
    }
    return options;
}

PictureTables tables_of(ByteReader& reader, int quality) {
    PictureTables known;
    for (int n = reader.below(3); n > 0; --n)
        known.luma.push_back(ijg_luma_table(reader.flag() ? quality : reader.between(1, 100)));
    for (int n = reader.below(3); n > 0; --n)
        known.chroma.push_back({ijg_chroma_table(quality), ijg_chroma_table(reader.between(1, 100))});
    known.luma_restored = reader.below(16) == 0;
    known.chroma_restored = reader.below(16) == 0;
    return known;
}

class Life {
  public:
    explicit Life(ByteReader& reader)
        : reader_(reader), restorer_(kPrecisions[reader.below(3)], make_workers(reader.between(1, 2))) {
        set_network(true);
    }

    void step() {
        const int kind = reader_.below(16);
        if (kind == 0) return set_network(reader_.flag());
        if (kind == 1) return restorer_.forget_stream();
        if (kind == 2) return restorer_.forget_frame_before();
        if (kind == 3) resize();
        if (kind == 4) format_ = kFormats[reader_.below(static_cast<int>(std::size(kFormats)))];
        if (kind == 5) interlaced_ = !interlaced_;
        if (kind == 6) quality_ = reader_.between(1, 100);
        if (kind > 12) return decode();
        restore();
    }

  private:
    static constexpr Precision kPrecisions[] = {Precision::kAuto, Precision::kF32, Precision::kInt8};

    void set_network(bool luma) {
        const int number = reader_.below(kTinyNetworks + 1);
        const std::shared_ptr<const Model> model = number < kTinyNetworks ? tiny_network(number) : nullptr;
        luma ? restorer_.set_luma_model(model) : restorer_.set_chroma_model(model);
    }

    void resize() {
        width_ = reader_.between(1, 120);
        height_ = reader_.between(1, 100);
    }

    /// When the next picture is shown, sometimes not after the one before.
    void pass_time(PictureOptions& options) {
        time_ += std::chrono::milliseconds(reader_.below(8) == 0 ? -20 : 40);
        if (reader_.below(8) > 0) options.shown = time_;
    }

    void restore() {
        // The camera moves on a little.
        left_ = (left_ + reader_.below(3)) % (kScene - width_ + 1);
        top_ = (top_ + reader_.below(2)) % (kScene - height_ + 1);
        const RawPicture raw(format_, view_of_scene(left_, top_, width_, height_, quality_), reader_.below(4),
                             interlaced_);
        const std::array<Bytes, 3> before = raw.memory();
        PictureOptions options = options_of(reader_);
        pass_time(options);
        const PictureReport report = restorer_.restore(raw.picture(), tables_of(reader_, quality_), options);
        require(raw.gaps_intact(), "nothing is written between the samples");
        require(!options.idle() || before == raw.memory(), "idle options change nothing");
        require(report.tiles_computed >= 0 && report.tiles_reused >= 0 && report.tiles_passed >= 0,
                "tiles are counted");
    }

    void decode() {
        CodedPicture coded(reader_, width_, height_, color_space(reader_.below(5)));
        JpegFrame frame;
        frame.fields = {&coded.picture, &coded.picture};
        frame.interlaced = height_ > 8 && reader_.below(6) == 0;
        frame.height = frame.interlaced ? 2 * height_ : height_;
        const ShownPicture shown(frame);
        PictureOptions options = options_of(reader_);
        pass_time(options);
        restorer_.decode(frame, shown.picture(), options);
        coded.change(reader_);
        pass_time(options);
        restorer_.decode(frame, shown.picture(), options);
    }

    ByteReader& reader_;
    PictureRestorer restorer_;
    Format format_ = kFormats[0];
    int width_ = 64, height_ = 48, left_ = 0, top_ = 0, quality_ = 30;
    bool interlaced_ = false;
    std::chrono::nanoseconds time_{0};
};

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::fuzz;
    ByteReader reader({data, size});
    std::optional<Life> life;
    try {
        life.emplace(reader);
    } catch (const Error&) {
        return 0;  // A network without the precision.
    }
    for (int n = 0; n < kMostSteps && !reader.empty(); ++n) try {
            life->step();
        } catch (const Error& error) {
            const bool allowed =
                error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kUnsupported;
            require(allowed, "only options that are out of range, and networks without a precision, fail");
        }
    return 0;
}
