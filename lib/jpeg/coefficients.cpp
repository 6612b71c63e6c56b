// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/coefficient_file.h"
#include "jpeg/decompressor.h"
#include "jpeg/kept_tables.h"
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
        // A new decompressor for each picture, as an old one would keep its tables.
        decompressor_.emplace(bytes, name);
        prepare();
        return read_to_end(bytes.size());
    }

    void begin(const std::string& name) {
        received_ = 0;
        source_.reset();
        decompressor_.emplace(source_.manager(), name);
        prepare();
    }

    const JpegPicture* append(std::span<const std::uint8_t> bytes) {
        source_.append(bytes);
        received_ += bytes.size();
        if (headers_ == JPEG_SUSPENDED) read_headers();
        if (headers_ != JPEG_HEADER_OK) return nullptr;
        if (arrays_ == nullptr) {
            if (!decompressor_->can_hold_picture(received_)) return nullptr;
            start();
        }
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
        return read_to_end(received_);
    }

    void release_memory() {
        if (file_) file_->release_memory();
    }

    std::uint64_t most_samples = kDefaultMostSamples;
    std::string folder;  ///< For coefficients of more bytes than these; empty: none.
    std::uint64_t most_in_memory = 0;
    KeptTables kept_tables;

  private:
    /// The decompressor is new.
    void prepare() {
        arrays_ = nullptr;
        file_.reset();
        headers_ = JPEG_SUSPENDED;
        decompressor_->run([this] { kept_tables.give_to(decompressor_->codec()); });
    }

    /// `bytes`: those of the whole file.
    const JpegPicture& read_to_end(std::size_t bytes) {
        if (headers_ == JPEG_SUSPENDED) read_headers();
        if (headers_ == JPEG_HEADER_OK) {
            if (arrays_ == nullptr) {
                decompressor_->check_size(bytes);
                start();
            }
            read_scans();
            describe();
            describe_end();
        }
        // An end that is missing leaves libjpeg in bytes of its own.
        picture_.size =
            decompressor_->errors().ended_early ? bytes : bytes - decompressor_->codec().src->bytes_in_buffer;
        return picture_;
    }

    void read_headers() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        decompressor_->run([&codec, this] { headers_ = jpeg_read_header(&codec, FALSE); });
        if (headers_ == JPEG_HEADER_OK) {
            take_headers();
            check_samples();
        }
        if (headers_ != JPEG_HEADER_TABLES_ONLY) return;
        if (decompressor_->errors().ended_early || !kept_tables.take_from(codec))
            decompressor_->fail("it contains no image");
        picture_ = {};
    }

    void check_samples() const {
        std::uint64_t samples = 0;
        for (const JpegComponent& component : picture_.components)
            samples += static_cast<std::uint64_t>(component.width) * static_cast<unsigned>(component.height);
        if (most_samples == 0 || samples <= most_samples) return;
        throw Error(ErrorCode::kTooLarge,
                    decompressor_->name() + " claims " + std::to_string(picture_.width) + "x" +
                        std::to_string(picture_.height) + " pixels, " + std::to_string(samples) +
                        " samples in all, which is more than the limit of " + std::to_string(most_samples));
    }

    /// The headers have been read. Buffered-image mode gives the coefficients' arrays before anything is read
    /// into them, so that they are there whatever goes wrong later.
    void start() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        if (!folder.empty() && CoefficientFile::bytes_for(codec) > most_in_memory) {
            file_ = std::make_unique<CoefficientFile>(codec, folder);
            file_->serve(codec);
        }
        decompressor_->run([&] {
            codec.mem->max_memory_to_use = 0;  // No limit, whatever JPEGMEM says: all rows stay in memory.
            codec.buffered_image = TRUE;
            codec.raw_data_out = TRUE;
            codec.do_block_smoothing = FALSE;
            jpeg_start_decompress(&codec);
            arrays_ = jpeg_read_coefficients(&codec);
        });
        tracker_.reset(codec);
        begin_scan();
        ended_ = false;
        described_scans_.reset();
        fatal_.clear();
    }

    void begin_scan() {
        too_many_scans_ = decompressor_->has_too_many_scans();
        too_many_passes_ = most_samples != 0 && decompressor_->has_too_many_passes();
        tracker_.begin_scan(decompressor_->codec(), decompressor_->errors());
    }

    /// Reads all scans, or all that there is of them yet.
    void read_scans() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        const JpegErrors& errors = decompressor_->errors();
        const bool alive = decompressor_->try_run([&codec, &errors, this] {
            while (!ended_ && !too_many_scans_ && !too_many_passes_) {
                switch (jpeg_consume_input(&codec)) {
                    case JPEG_SUSPENDED:
                        return;
                    case JPEG_ROW_COMPLETED:
                        tracker_.complete_row(codec, errors, arrays_);
                        break;
                    case JPEG_SCAN_COMPLETED:
                        tracker_.complete_row(codec, errors, arrays_);
                        tracker_.complete_scan();
                        break;
                    case JPEG_REACHED_SOS:
                        begin_scan();
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
            fatal_ = errors.message;
            ended_ = true;
        }
        if (too_many_scans_) decompressor_->fail(errors.message);
        if (too_many_passes_)
            throw Error(ErrorCode::kTooLarge, decompressor_->name() + " is refused: " + errors.message);
    }

    /// All that is known of the picture so far.
    void describe() {
        picture_.damaged = false;
        picture_.damage.clear();
        if (!fatal_.empty()) set_damaged(fatal_);
        const JpegErrors& errors = decompressor_->errors();
        if (errors.damages > 0) set_damaged(errors.damage);
        picture_.note = errors.note;
        picture_.scans = tracker_.scans();
        // What takes time that grows with the picture is done for each scan, not for each piece.
        const bool is_new = described_scans_ != picture_.scans;
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            take_table(i);
            if (!described_scans_) take_rows(i);
            if (is_new) take_state(i);
        }
        described_scans_ = picture_.scans;
    }

    /// What is missing at the end.
    void describe_end() {
        const jpeg_decompress_struct& codec = decompressor_->codec();
        const bool ended_early = decompressor_->errors().ended_early;
        if (tracker_.cut_off()) set_damaged("the file ends before the picture does");
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            if (codec.comp_info[i].quant_table == nullptr)
                set_damaged("component " + std::to_string(i) + " has no data");
            if (!picture_.components[i].complete())
                set_damaged(ended_early ? "the file ends before its last scan" : "scans are missing");
        }
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
        std::copy_n(info.quant_table->quantval, 64, picture_.components[index].table.step.begin());
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
        JpegComponent& component = picture_.components[index];
        component.state = {};
        component.states.clear();
        component.state_of_block.clear();
        if (!picture_.progressive) return;
        const ScanTracker::Component& known = tracker_.component(static_cast<int>(index));
        component.state = known.states[most_frequent(known)];
        if (known.states.size() == 1) return;
        component.states = known.states;
        component.state_of_block = known.of_block;
    }

    static std::size_t most_frequent(const ScanTracker::Component& known) {
        if (known.states.size() == 1) return 0;
        std::array<std::size_t, 256> blocks{};
        for (const std::uint8_t state : known.of_block) ++blocks[state];
        return static_cast<std::size_t>(std::max_element(blocks.begin(), blocks.end()) - blocks.begin());
    }

    void set_damaged(const std::string& damage) {
        if (!picture_.damaged) picture_.damage = damage;
        picture_.damaged = true;
    }

    PieceSource source_;
    std::optional<Decompressor> decompressor_;
    std::unique_ptr<CoefficientFile> file_;  ///< Null: the coefficients lie in memory.
    int headers_ = JPEG_SUSPENDED;           ///< What jpeg_read_header says of them.
    jvirt_barray_ptr* arrays_ = nullptr;     ///< The decompressor's; null before they are needed.
    ScanTracker tracker_;
    bool too_many_scans_ = false, too_many_passes_ = false;
    std::string fatal_;         ///< Why libjpeg gave up.
    bool ended_ = false;        ///< There is no more to be read.
    std::size_t received_ = 0;  ///< Bytes of a file that comes in pieces.
    JpegPicture picture_;
    std::optional<int> described_scans_;  ///< Of those picture_ tells; none: not even of the arrays.
};

JpegReader::JpegReader() : impl_(std::make_unique<Impl>()) {}
JpegReader::~JpegReader() = default;

void JpegReader::set_most_samples(std::uint64_t samples) {
    impl_->most_samples = samples;
}

void JpegReader::keep_in_file(const std::string& folder, std::uint64_t most_in_memory) {
    impl_->folder = folder;
    impl_->most_in_memory = most_in_memory;
}

void JpegReader::release_memory() {
    impl_->release_memory();
}

void JpegReader::forget_tables() {
    impl_->kept_tables.clear();
}

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

bool JpegComponent::complete() const {
    if (states.empty()) return state.complete();
    return std::all_of(states.begin(), states.end(), [](const ScanState& known) { return known.complete(); });
}

const ScanState& JpegComponent::state_at(int x, int y) const {
    if (states.empty()) return state;
    const std::size_t block =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(blocks_wide) + static_cast<std::size_t>(x);
    return states[state_of_block[block]];
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
