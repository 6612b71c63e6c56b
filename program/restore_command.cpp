// SPDX-License-Identifier: LGPL-2.1-or-later

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/model.h>

#include "commands.h"
#include "engine/workers.h"
#include "report/progress.h"
#include "restore_picture.h"

namespace jpegdeblock {
namespace {

std::atomic<bool> stop_requested = false;

extern "C" void request_stop(int) {
    if (stop_requested.exchange(true)) std::_Exit(130);
}

struct RestoreArguments {
    std::vector<std::string> inputs;
    std::string output;
    std::string format = "png";
    std::string preset = "best";
    std::string model;
    std::string planes = "all";
    std::string shard;
    RestoreOptions options;
    int jobs = 0;
    bool overwrite = false;
    bool quiet = false;
};

/// All pictures of a run, which workers take one by one.
class Run {
  public:
    Run(const RestoreArguments& arguments, PictureList list)
        : arguments_(arguments),
          jobs_(std::move(list.jobs)),
          unreadable_(std::move(list.unreadable)),
          started_(std::chrono::steady_clock::now()) {
        for (const PictureJob& job : jobs_) all_bytes_ += job.bytes;
    }

    /// The exit status.
    int run() {
        for (const UnreadableFolder& folder : unreadable_)
            say("skipped the folder '" + folder.path + "': " + folder.reason + ".");
        take_away_what_is_there();
        const int cores = processors();
        const int wanted = arguments_.jobs > 0 ? arguments_.jobs : cores;
        const int threads = std::clamp(static_cast<int>(jobs_.size()), 1, wanted);
        const auto luma =
            load_shared_model(arguments_.model.empty() ? find_model(arguments_.preset) : arguments_.model);
        const auto chroma = arguments_.planes == "all" ? load_shared_model(find_model("chroma")) : nullptr;
        std::vector<std::unique_ptr<FileRestorer>> restorers;
        for (int i = 0; i < threads; ++i)
            restorers.push_back(std::make_unique<FileRestorer>(
                std::make_unique<BandRestorer>(luma, chroma, Precision::kAuto,
                                               make_workers(std::max(1, cores / threads))),
                arguments_.options, stop_requested));
        Stage stage;
        stage.tasks = static_cast<int>(jobs_.size());
        stage.work = [&](int job, int worker) {
            restore(jobs_[static_cast<std::size_t>(job)], *restorers[static_cast<std::size_t>(worker)]);
        };
        make_workers(threads)->run({&stage, 1});
        return finish();
    }

  private:
    void take_away_what_is_there() {
        if (arguments_.overwrite) return;
        std::erase_if(jobs_, [&](const PictureJob& job) {
            std::error_code error;
            if (!std::filesystem::exists(job.result, error)) return false;
            ++present_;
            all_bytes_ -= job.bytes;
            return true;
        });
    }

    void restore(const PictureJob& job, FileRestorer& restorer) {
        if (stop_requested) return;
        double counted = 0, megapixels = 0;
        const auto progress = [&](double share, double megapixels_done) {
            const std::scoped_lock lock(mutex_);
            done_bytes_ += (share - counted) * static_cast<double>(job.bytes);
            counted = share;
            megapixels_ += megapixels_done - std::exchange(megapixels, megapixels_done);
            show();
        };
        try {
            const RestoredFile restored = restorer.restore(job, progress);
            const std::scoped_lock lock(mutex_);
            ++restored_;
            add(restored);
            for (const std::string& note : restored.notes) say("'" + job.source + "': " + note);
        } catch (const Stopped&) {
        } catch (const std::exception& error) {
            const std::scoped_lock lock(mutex_);
            ++failed_;
            megapixels_ -= megapixels;
            say("skipped '" + job.source + "': " + error.what());
            done_bytes_ += (1 - counted) * static_cast<double>(job.bytes);
            show();
        }
    }

    void add(const RestoredFile& restored) {
        reading_ += restored.seconds_reading;
        restoring_ += restored.seconds_restoring;
        writing_ += restored.seconds_writing;
        show();
    }

    void say(const std::string& sentence) {
        bar_.interrupt();
        std::fprintf(stderr, "%s\n", sentence.c_str());
    }

    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    }

    void show() {
        if (arguments_.quiet || all_bytes_ == 0) return;
        const double share = std::min(1.0, done_bytes_ / static_cast<double>(all_bytes_)), past = seconds();
        char text[128];
        std::snprintf(text, sizeof text, "%zu of %zu pictures, %.1f megapixels/s, %s left",
                      restored_ + failed_, jobs_.size(), megapixels_ / past,
                      share > 0 ? format_duration(past / share - past).c_str() : "?");
        bar_.update(share, text);
    }

    int finish() {
        bar_.interrupt();
        const double past = seconds(), busy = std::max(1e-9, reading_ + restoring_ + writing_);
        if (!arguments_.quiet) {
            std::printf("%zu restored, %zu there already, %zu skipped\n", restored_, present_,
                        failed_ + unreadable_.size());
            if (restored_ > 0)
                std::printf(
                    "%.1f megapixels in %.1f s: %.2f pictures and %.2f megapixels a second; of the time "
                    "%.0f %% read, %.0f %% restored, %.0f %% wrote\n",
                    megapixels_, past, static_cast<double>(restored_) / past, megapixels_ / past,
                    100 * reading_ / busy, 100 * restoring_ / busy, 100 * writing_ / busy);
        }
        if (stop_requested) say("stopped; the same command goes on where it was");
        return failed_ > 0 || !unreadable_.empty() || stop_requested ? 1 : 0;
    }

    const RestoreArguments& arguments_;
    std::vector<PictureJob> jobs_;
    std::vector<UnreadableFolder> unreadable_;
    std::chrono::steady_clock::time_point started_;
    std::mutex mutex_;  ///< For all below.
    ProgressBar bar_{10};
    std::size_t restored_ = 0, present_ = 0, failed_ = 0;
    std::uint64_t all_bytes_ = 0;
    double done_bytes_ = 0, megapixels_ = 0, reading_ = 0, restoring_ = 0, writing_ = 0;
};

std::string scratch_folder() {
    const char* folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/var/tmp";
}

void run(RestoreArguments& arguments) {
    RestoreOptions& options = arguments.options;
    options.format = arguments.format == "jpeg"   ? FileFormat::kJpeg
                     : arguments.format == "tiff" ? FileFormat::kTiff
                                                  : FileFormat::kPng;
    options.scratch_folder = scratch_folder();
    const Shard shard = arguments.shard.empty() ? Shard() : parse_shard(arguments.shard).value();
    PictureList list;
    try {
        list = list_jobs(arguments.inputs, arguments.output, options.format, shard);
    } catch (const Error& error) {
        throw CLI::ValidationError("pictures", error.what());
    }
    std::signal(SIGINT, request_stop);
    std::signal(SIGTERM, request_stop);
    const int status = Run(arguments, std::move(list)).run();
    if (status != 0) throw CLI::RuntimeError(status);
}

}  // namespace

void add_restore_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("restore", "Restore JPEGs into PNG, TIFF or JPEG files");
    const auto arguments = std::make_shared<RestoreArguments>();
    RestoreOptions& options = arguments->options;
    command->add_option("pictures", arguments->inputs, "JPEG files, and folders of them (with sub-folders)")
        ->required();
    command->add_option("-o,--output", arguments->output, "Folder for the results, made where it is missing")
        ->required();
    command->add_option("--format", arguments->format, "Format of the results: png, tiff or jpeg")
        ->check(CLI::IsMember({"png", "tiff", "jpeg"}))
        ->capture_default_str();
    command->add_option("--quality", options.jpeg_quality, "Quality of JPEG results, which are 4:4:4")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command->add_option("--preset", arguments->preset, "Network: fast, balanced, best or dncnn")
        ->check(CLI::IsMember(preset_names()))
        ->capture_default_str();
    command->add_option("--model", arguments->model,
                        "Model file (.safetensors) for luma, in place of a preset");
    command->add_option("--planes", arguments->planes, "Planes to restore: luma, or all for chroma too")
        ->check(CLI::IsMember({"luma", "all"}))
        ->capture_default_str();
    command->add_option("--strength", options.restoration.strength, "Share of the estimated error to remove")
        ->check(CLI::Range(0.0, 2.0))
        ->capture_default_str();
    command
        ->add_option("--compare", options.restoration.compare,
                     "This left share of each picture stays as decoded, to see before and after side by side")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("-j,--jobs", arguments->jobs, "Pictures to work at at once; 0: one for each core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command
        ->add_option("--shard", arguments->shard,
                     "K/N: only the K-th of N equal parts of the pictures, for N machines")
        ->check([](const std::string& text) {
            return parse_shard(text) ? std::string() : "expected K/N with 1 <= K <= N, not '" + text + "'";
        });
    command->add_flag("--damaged", options.take_damaged,
                      "Restore what is left of damaged pictures, which are skipped otherwise");
    command->add_flag("--overwrite", arguments->overwrite,
                      "Restore anew what is there already, which is left as it is otherwise");
    command->add_flag("-q,--quiet", arguments->quiet, "Say only what is wrong");
    command->callback([arguments] { run(*arguments); });
}

}  // namespace jpegdeblock
