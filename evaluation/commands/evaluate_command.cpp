// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands/commands.h"
#include "commands/model_argument.h"
#include "commands/sequences.h"
#include "model/atomic_file.h"
#include "pictures/jpegs.h"
#include "pictures/pictures.h"
#include "report/evaluation.h"
#include "report/evaluation_report.h"
#include "report/examples.h"
#include "report/figures.h"
#include "report/no_reference.h"
#include "report/progress.h"
#include "report/rate_distortion.h"
#include "report/text_file.h"

namespace jpegdeblock {
namespace {

struct EvaluateArguments {
    EvaluationOptions options;
    std::string model;
    std::string folder;
    std::string json;
    std::string report;
    std::string save_folder;
    std::string precision = "f32";
    std::string idct = "islow";
    bool unbounded = false;
    bool no_reference = false;
    bool sequences = false;
    SequenceArguments of_sequences;
    int crop = 0;
};

nlohmann::json figures(const std::vector<QualityResult>& results, const EvaluateArguments& arguments) {
    nlohmann::json all = figures(results);
    all["model"] = arguments.model;
    all["folder"] = arguments.folder;
    all["precision"] = arguments.precision;
    return all;
}

void print_table(const std::vector<QualityResult>& results) {
    std::printf(
        "quality  bit/px |    PSNR restored    gain |  PSNR-B restored    gain |    SSIM restored     gain | "
        "worse\n");
    for (const QualityResult& result : results) {
        const Quality jpeg = result.mean_jpeg(), restored = result.mean_restored();
        std::printf("%7d %7.3f | %7.3f %8.3f %+7.3f | %7.3f %8.3f %+7.3f | %7.4f %8.4f %+8.4f | %5d\n",
                    result.quality, result.mean_bits_per_pixel(), jpeg.psnr, restored.psnr,
                    restored.psnr - jpeg.psnr, jpeg.psnr_b, restored.psnr_b, restored.psnr_b - jpeg.psnr_b,
                    jpeg.ssim, restored.ssim, restored.ssim - jpeg.ssim, result.pictures_worse());
    }
}

/// How often the table was found in the pixels as it was.
void print_found_tables(const std::vector<QualityResult>& results) {
    int exact = 0;
    std::size_t pictures = 0;
    std::printf("quantization tables found exactly, of %zu:", results.front().pictures.size());
    for (const QualityResult& result : results) {
        std::printf(" %d (quality %d)", result.tables_exact(), result.quality);
        exact += result.tables_exact();
        pictures += result.pictures.size();
    }
    std::printf("; %.1f %% of all\n", 100.0 * exact / static_cast<double>(pictures));
}

void print_saving(const std::vector<QualityResult>& results) {
    if (const std::optional<double> rate = mean_of(picture_rates(results)))
        std::printf("saves %.1f %% of the bytes at equal PSNR (BD-rate %+.1f %%, mean of the pictures)\n",
                    -100 * *rate, 100 * *rate);
}

/// What to say in the report of how it was measured.
std::vector<std::pair<std::string, std::string>> settings(const EvaluateArguments& arguments,
                                                          const Model& model) {
    char cost[64];
    std::snprintf(cost, sizeof cost, "%.1f thousand multiply-adds a pixel",
                  macs_per_pixel(model.network) / 1e3);
    std::vector<std::pair<std::string, std::string>> lines = {
        {"Model", arguments.model},
        {"Network", cost},
        {"Pictures", arguments.folder},
        {"Arithmetic", arguments.precision},
        {"Inverse DCT", arguments.idct},
        {"Quantization table", arguments.options.estimate_table ? "found in the pixels" : "the JPEG's"},
        {"Within its intervals", arguments.unbounded ? "no (--unbounded)" : "yes"}};
    if (arguments.options.restoration.strength != 1)
        lines.emplace_back("Strength", std::to_string(arguments.options.restoration.strength));
    if (arguments.crop > 0)
        lines.emplace_back("Left out", std::to_string(arguments.crop) + " rows and columns at top and left");
    return lines;
}

// Without the first `pixels` rows and columns.
LumaImage cropped(const LumaImage& luma, int pixels) {
    LumaImage result{luma.width - pixels, luma.height - pixels, {}};
    for (int y = pixels; y < luma.height; ++y)
        result.samples.insert(result.samples.end(), luma.view().row(y) + pixels,
                              luma.view().row(y) + luma.width);
    return result;
}

// NAME-qQ.jpg as it was evaluated and NAME-qQ-restored.png; folders in the name become dashes.
void save(const RestoredPicture& picture, const std::string& folder) {
    std::filesystem::create_directories(folder);
    std::string name = std::filesystem::path(picture.name).replace_extension().string();
    std::replace(name.begin(), name.end(), '/', '-');
    const std::string path =
        (std::filesystem::path(folder) / (name + "-q" + std::to_string(picture.quality))).string();
    AtomicFile jpeg(path + ".jpg");
    jpeg.write(picture.jpeg.data(), picture.jpeg.size());
    jpeg.commit();
    save_luma(path + "-restored.png", picture.restored);
}

void run_without_reference(const EvaluateArguments& arguments) {
    const auto model = load_model_argument(arguments.model, is_jpeg_stream(arguments.folder));
    const std::vector<NamedJpeg> jpegs = list_jpegs(arguments.folder);
    ProgressBar bar;
    const auto warn = [&bar](const std::string& reason) {
        bar.interrupt();
        std::fprintf(stderr, "warning: left out: %s\n", reason.c_str());
    };
    const auto progress = [&bar](int done, int total) {
        bar.update(static_cast<double>(done) / total, std::to_string(done) + " of " + std::to_string(total));
    };
    const NoReferenceResult result =
        evaluate_without_reference(model, arguments.options.precision, arguments.options.threads,
                                   arguments.options.restoration, jpegs, warn, progress);
    bar.interrupt();
    if (result.pictures.empty())
        throw Error(ErrorCode::kInvalidFile, "no JPEG of '" + arguments.folder + "' can be read");
    std::printf("%zu JPEGs, luma: blocking effect %.3f before, %.3f after (mean, squared levels)\n",
                result.pictures.size(), result.mean_before(), result.mean_after());
    if (result.pairs > 0)
        std::printf(
            "%d pairs of frames, %.1f %% stand still: flicker %.3f before, %.3f after (squared levels)\n",
            result.pairs, 100 * result.flicker.still_samples / result.flicker.samples,
            result.flicker.mean_before(), result.flicker.mean_after());
    if (!arguments.json.empty()) write_text_file(arguments.json, figures(result).dump(1) + '\n');
}

void run(EvaluateArguments& arguments) {
    EvaluationOptions& options = arguments.options;
    options.precision = arguments.precision == "bf16"   ? Precision::kBf16
                        : arguments.precision == "int8" ? Precision::kInt8
                                                        : Precision::kF32;
    options.idct = arguments.idct == "ifast"   ? IdctMethod::kIfast
                   : arguments.idct == "float" ? IdctMethod::kFloat
                                               : IdctMethod::kIslow;
    options.restoration.bounded = !arguments.unbounded;
    if (arguments.no_reference) return run_without_reference(arguments);
    if (arguments.sequences || arguments.of_sequences.is_clip) {
        SequenceArguments& of_sequences = arguments.of_sequences;
        of_sequences.options = {options.qualities, options.precision, options.threads};
        of_sequences.precision = arguments.precision;
        of_sequences.model = arguments.model;
        of_sequences.path = arguments.folder;
        of_sequences.json = arguments.json;
        of_sequences.report = arguments.report;
        return evaluate_sequences(of_sequences);
    }
    const auto model = load_model_argument(arguments.model);
    std::vector<NamedPicture> pictures;
    for (const std::string& path : list_pictures(arguments.folder)) {
        try {
            const std::string name =
                std::filesystem::path(path).lexically_relative(arguments.folder).string();
            for (const NamedPicture& picture : load_for_evaluation(path, name, options.chroma))
                pictures.push_back({picture.name, cropped(picture.luma, arguments.crop)});
        } catch (const Error& error) {
            std::fprintf(stderr, "warning: left out: %s\n", error.what());
        }
    }
    if (pictures.empty())
        throw Error(ErrorCode::kInvalidFile, "no picture of '" + arguments.folder + "' can be read");
    ProgressBar bar;
    std::function<void(const RestoredPicture&)> keep;
    if (!arguments.save_folder.empty())
        keep = [&](const RestoredPicture& picture) { save(picture, arguments.save_folder); };
    const auto progress = [&bar](int done, int total) {
        bar.update(static_cast<double>(done) / total, std::to_string(done) + " of " + std::to_string(total));
    };
    const auto results = evaluate(model, pictures, options, progress, keep);
    bar.interrupt();
    std::printf("%zu %s, means\n", pictures.size(), options.chroma ? "planes of chroma" : "pictures, luma");
    print_table(results);
    if (options.estimate_table) print_found_tables(results);
    print_saving(results);
    if (!arguments.json.empty()) write_text_file(arguments.json, figures(results, arguments).dump(1) + '\n');
    if (arguments.report.empty()) return;
    // At the lowest quality, where there is most to see.
    const auto lowest = std::min_element(
        results.begin(), results.end(),
        [](const QualityResult& a, const QualityResult& b) { return a.quality < b.quality; });
    constexpr std::size_t kExamples = 3;
    write_text_file(
        arguments.report,
        report_page({model->name, options.chroma, settings(arguments, *model), results,
                     find_examples(model, pictures, options, results,
                                   static_cast<std::size_t>(lowest - results.begin()), kExamples)}));
    std::printf("wrote %s\n", arguments.report.c_str());
}

}  // namespace

void add_evaluate_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "evaluate", "Measure a model: PSNR, PSNR-B and SSIM of a folder's pictures as JPEG and restored");
    const auto arguments = std::make_shared<EvaluateArguments>();
    EvaluationOptions& options = arguments->options;
    command
        ->add_option("model", arguments->model,
                     "Model file (.safetensors), or an installed model's name: of a preset, which for "
                     "--sequences, --clip and a stream is that for videos, or of another one")
        ->required();
    command
        ->add_option("pictures", arguments->folder,
                     "Folder of pristine pictures (with sub-folders); others with --no-reference and --clip")
        ->required();
    add_planes_option(*command, options.chroma);
    command->add_option("--qualities", options.qualities, "JPEG qualities")
        ->delimiter(',')
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    CLI::Option* no_reference =
        command->add_flag("--no-reference", arguments->no_reference,
                          "The pictures are JPEGs of which no original exists, or a file of JPEGs that "
                          "follow each other (a stream of Motion JPEG): measure luma's blocking effect (Yim "
                          "and Bovik) and, over the frames of a clip in a folder or stream, its flicker, "
                          "before and after; a model for videos is shown the frames before");
    SequenceArguments& sequences = arguments->of_sequences;
    CLI::Option* rendered = command->add_flag("--sequences", arguments->sequences,
                                              "Of a model for videos: measure what the frames before give, "
                                              "on clips rendered from the pictures at half "
                                              "their size: still, in motion, with noise, with a cut");
    CLI::Option* clip = command->add_flag(
        "--clip", sequences.is_clip,
        "The same on one clip: 'pictures' are its pristine frames in the order of their names, or a "
        "YUV4MPEG2 file (.y4m)");
    clip->excludes(rendered);
    command->add_option(
        "--single", sequences.single,
        "--sequences, --clip: model that restores each frame by itself, to compare with (default: "
        "the same). One of the same shape restores frames of which nothing was followed, as in videos");
    command->add_option("--frames", sequences.frames, "--sequences, --clip: most frames of a clip")
        ->check(CLI::Range(2, 100000))
        ->capture_default_str();
    command
        ->add_option("--clips", sequences.pictures, "--sequences: pictures to render clips of, evenly chosen")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command->add_option("--json", arguments->json, "Write all figures, picture by picture, to this file");
    command->add_option("--report", arguments->report,
                        "Write a page with all figures, charts and cut-outs of the pictures that gained most "
                        "and least to this HTML file");
    command->add_option("--save-pictures", arguments->save_folder,
                        "Write the JPEGs (NAME-qQ.jpg) and what was restored from them "
                        "(NAME-qQ-restored.png) to this folder");
    command->add_option("--precision", arguments->precision, "Arithmetic of the engine")
        ->check(CLI::IsMember({"f32", "bf16", "int8"}))
        ->capture_default_str();
    command->add_option("--idct", arguments->idct, "Inverse DCT that decodes the JPEGs")
        ->check(CLI::IsMember({"islow", "ifast", "float"}))
        ->capture_default_str();
    command->add_option("--strength", options.restoration.strength, "Share of the residual that is added")
        ->check(CLI::Range(0.0, 2.0))
        ->capture_default_str();
    command->add_flag("--unbounded", arguments->unbounded,
                      "Do not keep the result within the quantization intervals");
    command->add_flag(
        "--estimate", options.estimate_table,
        "Find the quantization table from the pixels, as the filter element does, instead of the JPEG's");
    command
        ->add_option(
            "--crop", arguments->crop,
            "Leave out so many rows and columns at top and left: a picture that was a JPEG itself keeps that "
            "JPEG's grid, and written again on the same grid at a like quality it hardly changes")
        ->check(CLI::Range(0, 7))
        ->capture_default_str();
    command->add_option("--threads", options.threads, "0: all cores")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    for (const char* name :
         {"--planes", "--qualities", "--report", "--save-pictures", "--idct", "--estimate", "--crop"})
        no_reference->excludes(command->get_option(name));
    for (CLI::Option* option : {rendered, clip}) {
        option->excludes(no_reference);
        for (const char* name :
             {"--planes", "--save-pictures", "--idct", "--strength", "--unbounded", "--estimate", "--crop"})
            option->excludes(command->get_option(name));
    }
    command->callback([arguments] { run(*arguments); });
}

}  // namespace jpegdeblock
