// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore_picture.h"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include <jpegdeblock/error.h>

#include "full_rows.h"

namespace jpegdeblock {
namespace {

namespace fs = std::filesystem;

/// More coefficients, in bytes, are kept in a file: those of some 45 megapixels of 4:2:0.
constexpr std::uint64_t kMostInMemory = std::uint64_t{128} << 20;
/// Larger pictures are restored one at a time, whatever --jobs says.
constexpr std::int64_t kLargePicture = std::int64_t{64} << 20;
/// libjpeg takes no larger picture.
constexpr std::uint64_t kMostSamples = std::uint64_t{4} * 65535 * 65535;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

PixelFormat pixels_of(const JpegPicture& picture, FileFormat format) {
    switch (layout_of(picture)) {
        case PictureLayout::kGrey:
            return PixelFormat::kGrey;
        case PictureLayout::kRgb:
            return PixelFormat::kRgb;
        default:
            return format == FileFormat::kJpeg ? PixelFormat::kYCbCr : PixelFormat::kRgb;
    }
}

void copy_times(const std::string& source, const AtomicFile& result) {
    struct stat status {};
    if (::stat(source.c_str(), &status) != 0) return;
    const timespec times[2] = {status.st_atim, status.st_mtim};
    ::futimens(result.descriptor(), times);
}

std::mutex large_picture;

}  // namespace

FileRestorer::FileRestorer(std::unique_ptr<BandRestorer> restorer, const RestoreOptions& options,
                           const std::atomic<bool>& stop)
    : restorer_(std::move(restorer)), options_(options), stop_(stop) {
    reader_.set_most_samples(kMostSamples);
    reader_.keep_in_file(options.scratch_folder, kMostInMemory);
}

/// JPEGs of tables alone may stand before the picture that needs them (ITU-T T.81, B.4 and B.5).
std::span<const std::uint8_t> FileRestorer::picture_behind_tables(std::span<const std::uint8_t> bytes) {
    reader_.forget_tables();
    for (;;) {
        const std::span<const std::uint8_t> rest = without_empty_jpeg(bytes);
        if (rest.empty() || rest.size() == bytes.size()) return bytes;
        try {
            reader_.read(bytes.first(bytes.size() - rest.size()), "It");
        } catch (const Error&) {
            // It has none, then.
        }
        bytes = rest;
    }
}

RestoredFile FileRestorer::restore(const PictureJob& job, const Progress& progress) {
    RestoredFile restored;
    auto start = std::chrono::steady_clock::now();
    const std::vector<std::uint8_t> all = read_file(job.source);
    const std::span<const std::uint8_t> bytes = picture_behind_tables(all);
    const Metadata metadata = read_metadata(bytes, "It");
    std::unique_lock<std::mutex> alone(large_picture, std::defer_lock);
    if (static_cast<std::int64_t>(metadata.width) * metadata.height > kLargePicture) alone.lock();
    const JpegPicture& picture = reader_.read(bytes, "It");
    if (picture.components.empty()) throw Error(ErrorCode::kInvalidFile, "It holds nothing but tables.");
    if (picture.damaged) {
        if (!options_.take_damaged)
            throw Error(ErrorCode::kInvalidFile,
                        "It is damaged: " + picture.damage + ". --damaged restores what is left of it.");
        restored.notes.push_back("It is damaged: " + picture.damage + ".");
    }
    restored.megapixels = static_cast<double>(picture.width) * picture.height / 1e6;
    restored.seconds_reading = seconds_since(start);

    const fs::path folder = fs::path(job.result).parent_path();
    if (!folder.empty()) fs::create_directories(folder);
    AtomicFile file(job.result);
    const PictureHeader header = {picture.width, picture.height, pixels_of(picture, options_.format),
                                  &metadata, options_.jpeg_quality};
    const std::unique_ptr<PictureWriter> writer = make_writer(options_.format, file, header);
    FullRows rows(header.pixels == PixelFormat::kRgb,
                  [&](const std::uint8_t* row) { writer->write_row(row); });
    start = std::chrono::steady_clock::now();
    restorer_->restore(picture, options_.restoration, [&](const Picture& band, int first_row) {
        if (stop_) throw Stopped();
        const auto writing = std::chrono::steady_clock::now();
        rows.add(band);
        reader_.release_memory();
        restored.seconds_writing += seconds_since(writing);
        const double share = static_cast<double>(first_row + band.components[0].height) / picture.height;
        progress(share, share * restored.megapixels);
    });
    restored.seconds_restoring = seconds_since(start) - restored.seconds_writing;
    start = std::chrono::steady_clock::now();
    rows.finish();
    writer->finish();
    copy_times(job.source, file);
    file.commit();
    restored.seconds_writing += seconds_since(start);
    for (const std::string& what : writer->left_out())
        restored.notes.push_back("The result is without " + what + ".");
    return restored;
}

}  // namespace jpegdeblock
