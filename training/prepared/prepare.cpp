// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/prepare.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "pictures/color_jpeg.h"
#include "pictures/pictures.h"
#include "prepared/dataset.h"
#include "report/progress.h"

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;

constexpr int kReferenceQuality = 100;

/// MATLAB's rgb2ycbcr for 8-bit pixels: ITU-R BT.601, section 2.5, rounded to levels.
LumaImage limited_luma(const RgbPicture& picture) {
    LumaImage luma{picture.width, picture.height, {}};
    luma.samples.reserve(picture.samples.size() / 3);
    for (std::size_t i = 0; i < picture.samples.size(); i += 3) {
        const std::uint8_t* rgb = &picture.samples[i];
        const double value = 16 + (65.481 * rgb[0] + 128.553 * rgb[1] + 24.966 * rgb[2]) / 255;
        luma.samples.push_back(static_cast<std::uint8_t>(value + 0.5));
    }
    return luma;
}

MatMatrix to_matrix(const LumaImage& luma) {
    MatMatrix matrix{static_cast<std::size_t>(luma.height), static_cast<std::size_t>(luma.width), {}};
    matrix.values.resize(luma.samples.size());
    for (std::size_t y = 0; y < matrix.rows; ++y)
        for (std::size_t x = 0; x < matrix.columns; ++x)
            matrix.at(y, x) = luma.samples[y * matrix.columns + x] / 255.0;
    return matrix;
}

MatMatrix difference(MatMatrix compressed, const MatMatrix& reference) {
    for (std::size_t i = 0; i < compressed.values.size(); ++i) compressed.values[i] -= reference.values[i];
    return compressed;
}

std::string gigabytes(std::uint64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
    return text;
}

void create_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw Error(ErrorCode::kUnwritable,
                    "cannot create the folder '" + folder.string() + "': " + error.message());
}

std::uint64_t free_bytes(fs::path folder) {
    std::error_code error;
    folder = fs::absolute(folder);
    while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
    const auto space = fs::space(folder, error);
    return error ? 0 : space.available;
}

bool exists(const PreparedPair& pair) {
    std::error_code error;
    return fs::exists(pair.compressed, error) && fs::exists(pair.residual, error);
}

/// A kill may have left files that a failing disk cut short; looking at the headers is cheap.
bool complete(const PreparedPair& pair, const MatSize& size) {
    if (!exists(pair)) return false;
    try {
        return read_mat_size(pair.compressed, kCompressedVariable) == size &&
               read_mat_size(pair.residual, kResidualVariable) == size;
    } catch (const Error&) {
        return false;
    }
}

class Preparation {
  public:
    Preparation(const PrepareOptions& options, const std::function<void(const std::string&)>& warn,
                const std::atomic<bool>& stop);
    PrepareReport run();

  private:
    void check_disk() const;
    void describe() const;
    void work();
    void process(std::size_t index);
    void write_pair(const PreparedPair& pair, const MatMatrix& compressed, const MatMatrix& reference) const;
    void show_progress();

    PrepareOptions options_;
    const std::function<void(const std::string&)>& warn_;
    const std::atomic<bool>& stop_;
    std::vector<std::string> paths_;
    std::vector<std::string> names_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;  // Guards the rest.
    std::exception_ptr failure_;
    PrepareReport report_;
    std::size_t pictures_done_ = 0;
    ProgressBar bar_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

Preparation::Preparation(const PrepareOptions& options, const std::function<void(const std::string&)>& warn,
                         const std::atomic<bool>& stop)
    : options_(options), warn_(warn), stop_(stop) {
    if (options_.qualities.empty())
        throw Error(ErrorCode::kInvalidArgument, "--qualities needs at least one quality");
    for (const int quality : options_.qualities)
        if (quality < 0 || quality > 100)
            throw Error(ErrorCode::kInvalidArgument,
                        "--qualities has " + std::to_string(quality) + ", expected 0..100");
    const std::set<int> sorted(options_.qualities.begin(), options_.qualities.end());
    options_.qualities.assign(sorted.begin(), sorted.end());
    if (const auto existing = load_description(options_.output)) {
        if (existing->range != options_.range)
            throw Error(ErrorCode::kInvalidArgument,
                        "'" + options_.output + "' holds a data set of " + range_text(existing->range) +
                            " luma range; give --range " + range_text(existing->range) +
                            " or another --output");
        if (existing->pictures != options_.pictures)
            throw Error(ErrorCode::kInvalidArgument, "'" + options_.output +
                                                         "' holds a data set of the pictures in '" +
                                                         existing->pictures + "'; give another --output");
    }
    paths_ = list_pictures(options_.pictures);
    names_ = picture_names(options_.pictures, paths_);
}

void Preparation::check_disk() const {
    std::uint64_t needed = 0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
        const auto size = picture_size(paths_[i]);
        if (!size) continue;
        for (const int quality : options_.qualities) {
            if (exists(pair_paths(options_.output, names_[i], quality))) continue;
            needed += pair_bytes_at_most(size->width, size->height);
            ++pairs;
        }
    }
    const std::uint64_t available = free_bytes(options_.output);
    std::fprintf(stderr, "%zu pictures, %zu pairs of files to write: at most %s of disk; %s are free\n",
                 paths_.size(), pairs, gigabytes(needed).c_str(), gigabytes(available).c_str());
    if (needed > available && !options_.force)
        throw Error(ErrorCode::kUnwritable,
                    "the data set may take " + gigabytes(needed) + " but '" + options_.output +
                        "' has only " + gigabytes(available) +
                        " free; make room, give fewer --qualities, or --force to start all the same "
                        "(of photographs, compressed files take about a sixth of it)");
}

void Preparation::describe() const {
    DatasetDescription description{options_.pictures, options_.range, options_.qualities};
    if (const auto existing = load_description(options_.output)) {
        std::set<int> all(existing->qualities.begin(), existing->qualities.end());
        all.insert(options_.qualities.begin(), options_.qualities.end());
        description.qualities.assign(all.begin(), all.end());
    }
    save_description(options_.output, description);
}

void Preparation::write_pair(const PreparedPair& pair, const MatMatrix& compressed,
                             const MatMatrix& reference) const {
    const std::vector<MatText> texts = {{kRangeVariable, range_text(options_.range)}};
    write_mat(pair.residual, kResidualVariable, difference(compressed, reference), texts, options_.compress);
    write_mat(pair.compressed, kCompressedVariable, compressed, texts, options_.compress);
}

void Preparation::process(std::size_t index) {
    const RgbPicture picture = load_rgb(paths_[index]);
    const MatSize size{static_cast<std::size_t>(picture.height), static_cast<std::size_t>(picture.width)};
    MatMatrix reference;
    for (const int quality : options_.qualities) {
        if (stop_ || failed_) return;
        const PreparedPair pair = pair_paths(options_.output, names_[index], quality);
        const bool keep = complete(pair, size);
        if (!keep) {
            if (reference.values.empty())
                reference = to_matrix(compressed_luma(picture, kReferenceQuality, options_.range));
            write_pair(pair, to_matrix(compressed_luma(picture, quality, options_.range)), reference);
        }
        const std::lock_guard lock(mutex_);
        ++(keep ? report_.kept : report_.written);
        show_progress();
    }
}

void Preparation::show_progress() {
    const double total = static_cast<double>(paths_.size() * options_.qualities.size());
    const double share =
        static_cast<double>(report_.written + report_.kept + report_.skipped * options_.qualities.size()) /
        total;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    bar_.update(share, std::to_string(pictures_done_) + "/" + std::to_string(paths_.size()) + " pictures  " +
                           std::to_string(report_.skipped) + " skipped  " +
                           format_duration(seconds / std::max(share, 1e-9) - seconds) + " left");
}

void Preparation::work() {
    for (std::size_t index = next_++; index < paths_.size() && !stop_ && !failed_; index = next_++) {
        try {
            process(index);
            const std::lock_guard lock(mutex_);
            ++pictures_done_;
        } catch (const Error& error) {
            const std::lock_guard lock(mutex_);
            if (error.code() == ErrorCode::kUnwritable) {
                failed_ = true;
                failure_ = std::current_exception();
                return;
            }
            ++report_.skipped;
            bar_.interrupt();
            warn_("skipped '" + paths_[index] + "': " + error.what());
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failed_ = true;
            failure_ = std::current_exception();
            return;
        }
    }
}

PrepareReport Preparation::run() {
    check_disk();
    create_folder(fs::path(options_.output) / kCompressedFolder);
    create_folder(fs::path(options_.output) / kResidualFolder);
    describe();
    if (options_.compress && !can_compress_mat(options_.output)) {
        warn_("this machine's MAT library cannot compress: the files are written uncompressed");
        options_.compress = false;
    }
    {
        const std::size_t threads = options_.threads > 0 ? static_cast<std::size_t>(options_.threads)
                                                         : std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < std::min(threads, paths_.size()); ++i)
            workers.emplace_back([this] { work(); });
    }
    if (failure_) std::rethrow_exception(failure_);
    if (report_.skipped == paths_.size())
        throw Error(ErrorCode::kInvalidFile, "none of the " + std::to_string(paths_.size()) +
                                                 " pictures in '" + options_.pictures + "' can be used");
    report_.stopped = stop_;
    return report_;
}

}  // namespace

std::uint64_t pair_bytes_at_most(int width, int height) {
    // zlib adds at most a few bytes to 16 KiB of what it cannot compress (zlib's deflateBound); headers, the
    // text and the file system's rounding come on top.
    const std::uint64_t bytes = 8 * static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    return 2 * (bytes + bytes / 1000 + 8192);
}

LumaImage compressed_luma(const RgbPicture& picture, int quality, LumaRange range) {
    const std::vector<std::uint8_t> jpeg = encode_color_jpeg(picture, quality);
    if (range == LumaRange::kFull) return decode_jpeg_luma(jpeg);
    return limited_luma(decode_color_jpeg(jpeg));
}

PrepareReport prepare(const PrepareOptions& options, const std::function<void(const std::string&)>& warn,
                      const std::atomic<bool>& stop) {
    return Preparation(options, warn, stop).run();
}

}  // namespace jpegdeblock::training
