// SPDX-License-Identifier: LGPL-2.1-or-later
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <new>

#include <jpegdeblock/error.h>

#include "file_mapping.h"
#include "picture_writer.h"

namespace jpegdeblock {
namespace {

/// exiv2 makes all of a file anew in memory.
constexpr std::uint64_t kMostForExif = std::uint64_t{1} << 29;
constexpr tmsize_t kStripBytes = 1 << 18;
/// Above it offsets of 32 bits may not be enough for what is hard to compress.
constexpr std::uint64_t kMostForClassic = 4'000'000'000;

class TiffWriter : public PictureWriter {
  public:
    TiffWriter(AtomicFile& file, const PictureHeader& header)
        : file_(file), metadata_(*header.metadata), bytes_(size_of(header)) {
        silence();
        const int descriptor = ::dup(file.descriptor());
        tiff_ = descriptor < 0 ? nullptr
                               : TIFFFdOpen(descriptor, file.temporary_path().c_str(),
                                            bytes_ > kMostForClassic ? "w8" : "w");
        if (tiff_ == nullptr) {
            if (descriptor >= 0) ::close(descriptor);
            fail();
        }
        describe(header);
    }
    ~TiffWriter() override {
        if (tiff_) TIFFClose(tiff_);
    }

    void write_row(const std::uint8_t* pixels) override {
        // libtiff filters in the memory that it is given.
        row_.assign(pixels, pixels + TIFFScanlineSize(tiff_));
        if (TIFFWriteScanline(tiff_, row_.data(), row_number_++, 0) != 1) fail();
    }

    void finish() override {
        const bool written = TIFFWriteDirectory(tiff_) == 1 && TIFFFlush(tiff_) == 1;
        TIFFClose(tiff_);
        tiff_ = nullptr;
        if (!written) fail();
        add_exif();
        add_xmp();
    }

  private:
    static std::uint64_t size_of(const PictureHeader& header) {
        return std::uint64_t{header.pixels == PixelFormat::kGrey ? 1u : 3u} *
               static_cast<unsigned>(header.width) * static_cast<unsigned>(header.height);
    }

    /// libtiff has one handler for all files, and prints otherwise.
    static void silence() {
        TIFFSetWarningHandler(nullptr);
        TIFFSetErrorHandler(nullptr);
        Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    }

    [[noreturn]] void fail() const {
        throw Error(ErrorCode::kUnwritable,
                    "Cannot write '" + file_.temporary_path() + "' as TIFF: is there space left?");
    }

    void describe(const PictureHeader& header) {
        const bool grey = header.pixels == PixelFormat::kGrey;
        TIFFSetField(tiff_, TIFFTAG_IMAGEWIDTH, header.width);
        TIFFSetField(tiff_, TIFFTAG_IMAGELENGTH, header.height);
        TIFFSetField(tiff_, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff_, TIFFTAG_SAMPLESPERPIXEL, grey ? 1 : 3);
        TIFFSetField(tiff_, TIFFTAG_PHOTOMETRIC, grey ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
        TIFFSetField(tiff_, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff_, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
        TIFFSetField(tiff_, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
        TIFFSetField(tiff_, TIFFTAG_ZIPQUALITY, 4);
        TIFFSetField(tiff_, TIFFTAG_ROWSPERSTRIP,
                     std::max<tmsize_t>(1, kStripBytes / TIFFScanlineSize(tiff_)));
        TIFFSetField(tiff_, TIFFTAG_ORIENTATION, metadata_.orientation());
        if (metadata_.has_jfif && metadata_.density.x > 0 && metadata_.density.y > 0) {
            const int unit = metadata_.density.unit;
            TIFFSetField(tiff_, TIFFTAG_RESOLUTIONUNIT,
                         unit == 1   ? RESUNIT_INCH
                         : unit == 2 ? RESUNIT_CENTIMETER
                                     : RESUNIT_NONE);
            TIFFSetField(tiff_, TIFFTAG_XRESOLUTION, static_cast<double>(metadata_.density.x));
            TIFFSetField(tiff_, TIFFTAG_YRESOLUTION, static_cast<double>(metadata_.density.y));
        }
        const std::vector<std::uint8_t> profile = fitting_profile(header);
        if (!profile.empty())
            TIFFSetField(tiff_, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(profile.size()),
                         profile.data());
        std::string comments;
        for (const std::string& comment : metadata_.comments)
            comments += (comments.empty() ? "" : "\n") + std::string(comment.c_str());
        if (!comments.empty()) TIFFSetField(tiff_, TIFFTAG_IMAGEDESCRIPTION, comments.c_str());
        if (!metadata_.exif.empty() && bytes_ > kMostForExif)
            left_out_.push_back("its EXIF data, which are added to TIFFs of less than 512 MB");
    }

    /// EXIF's tags belong into TIFF's own directories; a TIFF has no thumbnail in JPEG. exiv2 works in
    /// memory, as it says nothing of a disk that is full: so what it cannot read leaves the file as it is,
    /// and what cannot be written is an error.
    void add_exif() {
        if (metadata_.exif.empty() || bytes_ > kMostForExif) return;
        const FileMapping tiff(file_.temporary_path());
        if (tiff.bytes() == nullptr) fail();
        try {
            Exiv2::ExifData from;
            Exiv2::ExifParser::decode(from, metadata_.exif.data(), metadata_.exif.size());
            const auto image = Exiv2::ImageFactory::open(tiff.bytes(), tiff.size());
            image->readMetadata();
            Exiv2::ExifData& to = image->exifData();
            for (const Exiv2::Exifdatum& entry : from) {
                const bool of_picture = entry.groupName() != "Thumbnail";
                const bool has_own = to.findKey(Exiv2::ExifKey(entry.key())) != to.end();
                if (of_picture && !has_own) to.add(entry);
            }
            image->writeMetadata();
            replace_file(image->io().mmap(), image->io().size());
        } catch (const Error&) {
            throw;
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            left_out_.push_back(std::string("its EXIF data, as they cannot be read: ") + error.what());
        }
    }

    void replace_file(const void* data, std::size_t bytes) {
        if (::lseek(file_.descriptor(), 0, SEEK_SET) != 0) fail();
        file_.write(data, bytes);
        if (::ftruncate(file_.descriptor(), static_cast<off_t>(bytes)) != 0) fail();
    }

    /// Last, as exiv2 would write a packet of its own.
    void add_xmp() {
        if (metadata_.xmp.empty()) return;
        TIFF* tiff = TIFFOpen(file_.temporary_path().c_str(), "r+");
        if (tiff == nullptr) fail();
        TIFFSetField(tiff, TIFFTAG_XMLPACKET, static_cast<std::uint32_t>(metadata_.xmp.size()),
                     metadata_.xmp.data());
        const bool written = TIFFRewriteDirectory(tiff) == 1;
        TIFFClose(tiff);
        if (!written) fail();
    }

    AtomicFile& file_;
    const Metadata& metadata_;
    std::uint64_t bytes_;
    TIFF* tiff_ = nullptr;
    std::uint32_t row_number_ = 0;
    std::vector<std::uint8_t> row_;
};

}  // namespace

std::unique_ptr<PictureWriter> make_tiff_writer(AtomicFile& file, const PictureHeader& header) {
    return std::make_unique<TiffWriter>(file, header);
}

}  // namespace jpegdeblock
