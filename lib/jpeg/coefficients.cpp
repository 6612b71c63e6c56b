// SPDX-License-Identifier: LGPL-2.1-or-later
#include <optional>

#include <jpegdeblock/jpeg_coefficients.h>

#include "jpeg/decompressor.h"
#include "jpeg/piece_source.h"
#include "jpeg/scan_tracker.h"

namespace jpegdeblock {
namespace {

JpegColorSpace color_space_of(J_COLOR_SPACE space) {
    switch (space) {
        case JCS_GRAYSCALE:
            return JpegColorSpace::kGrey;
        case JCS_YCbCr:
            return JpegColorSpace::kYCbCr;
        case JCS_RGB:
            return JpegColorSpace::kRgb;
        case JCS_CMYK:
            return JpegColorSpace::kCmyk;
        case JCS_YCCK:
            return JpegColorSpace::kYcck;
        default:
            return JpegColorSpace::kUnknown;
    }
}

int divide_up(int a, int b) {
    return (a + b - 1) / b;
}

}  // namespace

class JpegReader::Impl {
  public:
    const JpegPicture& read(std::span<const std::uint8_t> bytes, const std::string& name) {
        arrays_ = nullptr;
        // A new decompressor for each picture, as an old one would keep its tables.
        decompressor_.emplace(bytes, name);
        start(bytes.size());
        read_scans();
        describe();
        // An end that is missing leaves libjpeg in bytes of its own.
        picture_.size = decompressor_->errors().ended_early
                            ? bytes.size()
                            : bytes.size() - decompressor_->codec().src->bytes_in_buffer;
        describe_end();
        return picture_;
    }

    void begin(const std::string& name) {
        arrays_ = nullptr;
        received_ = 0;
        source_.reset();
        decompressor_.emplace(source_.manager(), name);
    }

    const JpegPicture* append(std::span<const std::uint8_t> bytes) {
        source_.append(bytes);
        received_ += bytes.size();
        if (arrays_ == nullptr && !read_headers()) return nullptr;
        // libjpeg cannot suspend arithmetic decoding.
        if (decompressor_->codec().arith_code) return nullptr;
        read_scans();
        if (tracker_.scans() == 0) return nullptr;
        describe();
        picture_.size = received_ - source_.left();
        return &picture_;
    }

    const JpegPicture& finish() {
        if (received_ == 0) decompressor_->fail("the file is empty");
        source_.finish();
        if (arrays_ == nullptr) read_headers();
        read_scans();
        describe();
        picture_.size = decompressor_->errors().ended_early ? received_ : received_ - source_.left();
        describe_end();
        return picture_;
    }

  private:
    /// false: more bytes are needed.
    bool read_headers() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        int result = JPEG_SUSPENDED;
        decompressor_->run([&] { result = jpeg_read_header(&codec, TRUE); });
        if (result == JPEG_SUSPENDED) return false;
        start(received_);
        return true;
    }

    /// The headers have been read. Buffered-image mode gives the coefficients' arrays before anything is read
    /// into them, so that they are there whatever goes wrong later.
    void start(std::size_t bytes) {
        decompressor_->check_size(bytes);
        jpeg_decompress_struct& codec = decompressor_->codec();
        decompressor_->run([&] {
            codec.mem->max_memory_to_use = 0;  // No limit, whatever JPEGMEM says: all rows stay in memory.
            codec.buffered_image = TRUE;
            codec.raw_data_out = TRUE;
            codec.do_block_smoothing = FALSE;
            jpeg_start_decompress(&codec);
            arrays_ = jpeg_read_coefficients(&codec);
        });
        take_headers();
        tracker_.reset(codec.num_components);
        tracker_.begin_scan(codec, decompressor_->errors().damages);
        ended_ = false;
        fatal_.clear();
    }

    /// Reads all scans, or all that there is of them yet.
    void read_scans() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        const int& damages = decompressor_->errors().damages;
        const bool alive = decompressor_->try_run([&codec, &damages, this] {
            while (!ended_ && codec.input_scan_number <= Decompressor::kMostScans) {
                switch (jpeg_consume_input(&codec)) {
                    case JPEG_SUSPENDED:
                        return;
                    case JPEG_SCAN_COMPLETED:
                        tracker_.complete_scan(codec, damages);
                        break;
                    case JPEG_REACHED_SOS:
                        tracker_.begin_scan(codec, damages);
                        break;
                    case JPEG_REACHED_EOI:
                        ended_ = true;
                        break;
                    default:
                        break;
                }
            }
        });
        if (!alive) {
            fatal_ = decompressor_->errors().message;
            ended_ = true;
        }
        if (codec.input_scan_number > Decompressor::kMostScans) decompressor_->fail_for_scans();
    }

    /// All that is known of the picture so far.
    void describe() {
        picture_.damaged = false;
        picture_.damage.clear();
        if (!fatal_.empty()) set_damaged(fatal_);
        const JpegErrors& errors = decompressor_->errors();
        if (errors.damages > 0) set_damaged(errors.damage);
        picture_.scans = tracker_.scans();
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            take_table(i);
            take_rows(i);
            take_state(i);
        }
    }

    /// What is missing at the end.
    void describe_end() {
        const jpeg_decompress_struct& codec = decompressor_->codec();
        bool complete = true;
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            if (codec.comp_info[i].quant_table == nullptr)
                set_damaged("component " + std::to_string(i) + " has no data");
            complete = complete && picture_.components[i].state.complete();
        }
        // The end marker may be missing without harm, but of a progressive file scans may have gone with it.
        if (decompressor_->errors().ended_early && picture_.progressive && !complete)
            set_damaged("the file ends before its last scan");
    }

    /// Before any scan: where damaged data look like a second frame header, libjpeg takes sizes and the
    /// number of components from it before it refuses it.
    void take_headers() {
        const jpeg_decompress_struct& codec = decompressor_->codec();
        picture_.width = static_cast<int>(codec.image_width);
        picture_.height = static_cast<int>(codec.image_height);
        picture_.progressive = codec.progressive_mode;
        picture_.color_space = color_space_of(codec.jpeg_color_space);
        picture_.adobe_marker = codec.saw_Adobe_marker;
        picture_.horizontal_sampling = codec.max_h_samp_factor;
        picture_.vertical_sampling = codec.max_v_samp_factor;
        picture_.components.resize(static_cast<std::size_t>(codec.num_components));
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            JpegComponent& component = picture_.components[i];
            component.horizontal_sampling = codec.comp_info[i].h_samp_factor;
            component.vertical_sampling = codec.comp_info[i].v_samp_factor;
            component.width =
                divide_up(picture_.width * component.horizontal_sampling, picture_.horizontal_sampling);
            component.height =
                divide_up(picture_.height * component.vertical_sampling, picture_.vertical_sampling);
            component.blocks_wide = divide_up(component.width, 8);
            component.blocks_high = divide_up(component.height, 8);
        }
    }

    void take_table(std::size_t index) {
        const jpeg_component_info& info = decompressor_->codec().comp_info[index];
        // libjpeg keeps the table that was defined when the component's first scan began.
        if (info.quant_table == nullptr) {
            picture_.components[index].table = {};
            return;
        }
        for (std::size_t i = 0; i < 64; ++i) {
            const UINT16 step = info.quant_table->quantval[i];
            if (step == 0)
                decompressor_->fail("a step of the quantization table of component " + std::to_string(index) +
                                    " is 0, expected 1..65535");
            picture_.components[index].table.step[i] = step;
        }
    }

    void take_rows(std::size_t index) {
        jpeg_decompress_struct& codec = decompressor_->codec();
        const jvirt_barray_ptr array = arrays_[index];
        JpegComponent& component = picture_.components[index];
        component.block_rows.resize(static_cast<std::size_t>(component.blocks_high));
        const std::int16_t** rows = component.block_rows.data();
        const auto count = static_cast<JDIMENSION>(component.blocks_high);
        auto access = [&codec, array, rows, count] {
            const auto common = reinterpret_cast<j_common_ptr>(&codec);
            for (JDIMENSION y = 0; y < count; ++y)
                rows[y] = codec.mem->access_virt_barray(common, array, y, 1, FALSE)[0][0];
        };
        decompressor_->run(access);
    }

    void take_state(std::size_t index) {
        const jpeg_decompress_struct& codec = decompressor_->codec();
        const int damages = decompressor_->errors().damages;
        ScanState& state = picture_.components[index].state;
        state = {};
        if (!picture_.progressive) return;
        state = tracker_.state(static_cast<int>(index));
        const bool damaged = damages > 0 || !fatal_.empty();
        if (damaged && state.missing_bits[0] == ScanState::kAbsent && codec.coef_bits[index][0] >= 0)
            state = claimed_state(codec.coef_bits[index]);
    }

    /// What would be known if there were no damage. Where not even one scan is whole, there is nothing else
    /// to show than what there is.
    static ScanState claimed_state(const int* coef_bits) {
        ScanState state;
        for (std::size_t i = 0; i < DCTSIZE2; ++i)
            state.missing_bits[kZigzagToRow[i]] = static_cast<std::int8_t>(coef_bits[i]);
        return state;
    }

    void set_damaged(const std::string& damage) {
        if (!picture_.damaged) picture_.damage = damage;
        picture_.damaged = true;
    }

    PieceSource source_;
    std::optional<Decompressor> decompressor_;
    jvirt_barray_ptr* arrays_ = nullptr;  ///< The decompressor's; null before the headers have been read.
    ScanTracker tracker_;
    std::string fatal_;         ///< Why libjpeg gave up.
    bool ended_ = false;        ///< There is no more to be read.
    std::size_t received_ = 0;  ///< Bytes of a file that comes in pieces.
    JpegPicture picture_;
};

JpegReader::JpegReader() : impl_(std::make_unique<Impl>()) {}
JpegReader::~JpegReader() = default;

const JpegPicture& JpegReader::read(std::span<const std::uint8_t> bytes, const std::string& name) {
    return impl_->read(bytes, name);
}

void JpegReader::begin(const std::string& name) {
    impl_->begin(name);
}

const JpegPicture* JpegReader::append(std::span<const std::uint8_t> bytes) {
    return impl_->append(bytes);
}

const JpegPicture& JpegReader::finish() {
    return impl_->finish();
}

const char* name_of(JpegColorSpace space) {
    switch (space) {
        case JpegColorSpace::kGrey:
            return "grey";
        case JpegColorSpace::kYCbCr:
            return "YCbCr";
        case JpegColorSpace::kRgb:
            return "RGB";
        case JpegColorSpace::kCmyk:
            return "CMYK";
        case JpegColorSpace::kYcck:
            return "YCCK";
        case JpegColorSpace::kUnknown:
            break;
    }
    return "unknown";
}

}  // namespace jpegdeblock
