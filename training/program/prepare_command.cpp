// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>
#include <memory>
#include <string>

#include "prepared/dataset.h"
#include "prepared/prepare.h"
#include "program/commands.h"
#include "program/stop_signals.h"

namespace jpegdeblock::training {
namespace {

void run(const PrepareOptions& options) {
    const PrepareReport report = prepare(
        options, [](const std::string& message) { std::fprintf(stderr, "warning: %s\n", message.c_str()); },
        stop_on_signals());
    std::printf("%zu pairs written, %zu kept from before, %zu pictures skipped, in %s\n", report.written,
                report.kept, report.skipped, options.output.c_str());
    if (!report.stopped) return;
    std::fprintf(stderr, "stopped; run the same command again to go on\n");
    throw CLI::RuntimeError(130);
}

}  // namespace

void add_prepare_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "prepare",
        "Write pristine pictures as JPEGs of many qualities and store luma and residuals as MAT files");
    command->footer(
        "OUTPUT/compressedImages/NAMEqQ.mat holds Iq, luma of picture NAME at quality Q;\n"
        "OUTPUT/residualImages/NAMEqQ.mat holds Iresidual = Iq - reference, where the reference is luma of "
        "the\n"
        "same picture at quality 100: restored = Iq - Iresidual. Doubles, levels / 255, rows as in the "
        "picture.\n"
        "This is the layout of MathWorks' example 'JPEG Image Deblocking Using Deep Learning', whose luma "
        "is\n"
        "--range limited. Run the same command again to go on where it stopped.");
    const auto options = std::make_shared<PrepareOptions>();
    command->add_option("--pictures", options->pictures, "Folder of pristine pictures (with sub-folders)")
        ->required();
    command->add_option("--output", options->output, "Folder of the data set")->required();
    command->add_option("--qualities", options->qualities, "JPEG qualities (0 is the same as 1)")
        ->delimiter(',')
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    const auto range = std::make_shared<std::string>(range_text(options->range));
    command
        ->add_option("--range", *range,
                     "Scale of luma: full (0..255, what decoders and pipelines give) or limited (16..235, "
                     "MATLAB's rgb2ycbcr); a network must be used with the range it was trained with")
        ->check(CLI::IsMember({"full", "limited"}))
        ->capture_default_str();
    command->add_flag("--compress,!--no-compress", options->compress,
                      "Compress the MAT files with zlib (default: yes)");
    command->add_option("--threads", options->threads, "0: all cores")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command->add_flag("--force", options->force, "Start even if the disk may not have room for everything");
    command->callback([options, range] {
        options->range = parse_range(*range, "--range");
        run(*options);
    });
}

}  // namespace jpegdeblock::training
