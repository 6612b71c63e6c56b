// SPDX-License-Identifier: LGPL-2.1-or-later
#include <optional>

#include <jpegdeblock/jpeg_coefficients.h>

#include "jpeg/decompressor.h"

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
        jpeg_decompress_struct& codec = decompressor_->codec();
        decompressor_->check_size();
        picture_.damaged = false;
        picture_.damage.clear();
        jvirt_barray_ptr* arrays = start();
        read_scans();
        take_headers();
        for (std::size_t i = 0; i < picture_.components.size(); ++i) {
            take_table(i);
            take_rows(i, arrays[i]);
        }
        picture_.size = bytes.size() - codec.src->bytes_in_buffer;
        const JpegErrors& errors = decompressor_->errors();
        if (errors.damaged) set_damaged(errors.damage);
        // The end may be missing without harm, but in a progressive file nobody knows which scans went with
        // it.
        if (errors.ended_early) {
            picture_.size = bytes.size();
            if (picture_.progressive) set_damaged("the file ends before its last scan");
        }
        return picture_;
    }

  private:
    /// Buffered-image mode gives the coefficients' arrays before anything is read into them, so that they are
    /// there whatever goes wrong later.
    jvirt_barray_ptr* start() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        jvirt_barray_ptr* arrays = nullptr;
        decompressor_->run([&] {
            codec.mem->max_memory_to_use = 0;  // No limit, whatever JPEGMEM says: all rows stay in memory.
            codec.buffered_image = TRUE;
            codec.raw_data_out = TRUE;
            codec.do_block_smoothing = FALSE;
            jpeg_start_decompress(&codec);
            arrays = jpeg_read_coefficients(&codec);
        });
        return arrays;
    }

    void read_scans() {
        jpeg_decompress_struct& codec = decompressor_->codec();
        const bool finished = decompressor_->try_run([&codec] {
            while (codec.input_scan_number <= Decompressor::kMostScans)
                if (jpeg_consume_input(&codec) == JPEG_REACHED_EOI) break;
        });
        if (!finished) set_damaged(decompressor_->errors().message);
        if (codec.input_scan_number > Decompressor::kMostScans) decompressor_->fail_for_scans();
    }

    void take_headers() {
        const jpeg_decompress_struct& codec = decompressor_->codec();
        picture_.width = static_cast<int>(codec.image_width);
        picture_.height = static_cast<int>(codec.image_height);
        picture_.progressive = codec.progressive_mode;
        picture_.color_space = color_space_of(codec.jpeg_color_space);
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
            set_damaged("component " + std::to_string(index) + " has no data");
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

    void take_rows(std::size_t index, jvirt_barray_ptr array) {
        jpeg_decompress_struct& codec = decompressor_->codec();
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

    void set_damaged(const std::string& damage) {
        if (!picture_.damaged) picture_.damage = damage;
        picture_.damaged = true;
    }

    std::optional<Decompressor> decompressor_;
    JpegPicture picture_;
};

JpegReader::JpegReader() : impl_(std::make_unique<Impl>()) {}
JpegReader::~JpegReader() = default;

const JpegPicture& JpegReader::read(std::span<const std::uint8_t> bytes, const std::string& name) {
    return impl_->read(bytes, name);
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
