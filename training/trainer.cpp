// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trainer.h"

#include <jpegdeblock/error.h>
#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checkpoint.h"
#include "golden_sample.h"
#include "loss.h"
#include "network.h"
#include "network_growth.h"
#include "optimization.h"
#include "prefetcher.h"
#include "progress.h"

namespace jpegdeblock::training {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double decibels_gained(double relative_error) {
    return -10 * std::log10(relative_error);
}

NamedTensors copy_of(const NamedTensors& tensors) {
    NamedTensors result;
    for (const auto& [name, value] : tensors) result.emplace_back(name, value.detach().clone());
    return result;
}

/// What a checkpoint must have in common with the training that resumes it. The length may change.
std::string describe_settings(const TrainerOptions& options) {
    const NetworkDescription& n = options.network;
    std::ostringstream text;
    text << (n.architecture == Architecture::kGrid ? "grid" : "dncnn") << " scale " << n.scale << " channels "
         << n.channels << " depth " << n.depth << " conditioned " << n.conditioned << " phase-bias "
         << n.phase_bias << " skip-interval " << n.skip_interval << " condition-width " << n.condition_width
         << " batch-norm " << options.batch_norm << " seed " << options.seed;
    if (options.recipe.optimizer == OptimizerKind::kSgd)
        text << " sgd momentum " << options.recipe.momentum << " weight-decay "
             << options.recipe.weight_decay;
    if (options.recipe.optimizer == OptimizerKind::kMuon)
        text << " muon momentum " << options.recipe.momentum;
    if (options.recipe.loss == LossKind::kHalfSquared) text << " half-squared loss";
    if (n.range == LumaRange::kLimited) text << " limited range";
    if (options.chroma) text << " chroma";
    return text.str();
}

class Training {
  public:
    Training(const TrainerOptions& options, const std::vector<NamedPicture>& validation)
        : options_(options),
          validation_(validation),
          settings_(describe_settings(options)),
          network_(options.network, options.batch_norm, options.seed),
          average_(copy_of(network_.parameters())),
          optimizer_(make_optimizer(options.recipe, network_)) {}

    bool run(std::shared_ptr<const PatchSource> source, const std::atomic<bool>& stop);
    double time_step(const PatchSource& source);

  private:
    std::string checkpoint_path() const { return options_.output + ".checkpoint"; }
    double share_done() const;
    double learning_rate() const;
    void start();
    void choose_precision(const TensorBatch& batch);
    double step(const TensorBatch& batch);
    void update_average();
    void save();
    void validate_now(ProgressBar& bar);
    void log_curve(const std::string& validation_columns);
    Model exported() const;

    const TrainerOptions& options_;
    const std::vector<NamedPicture>& validation_;
    std::string settings_;
    Network network_;
    NamedTensors average_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
    TrainingState state_;
    double pixels_a_second_ = 0;
};

double Training::share_done() const {
    if (options_.steps > 0) return static_cast<double>(state_.step) / static_cast<double>(options_.steps);
    return state_.seconds / (60 * options_.minutes);
}

double Training::learning_rate() const {
    return learning_rate_at(options_.recipe, state_.step, share_done());
}

void Training::start() {
    if (options_.resume && std::filesystem::exists(checkpoint_path())) {
        state_ = load_checkpoint(checkpoint_path(), settings_, network_, average_, *optimizer_);
        std::fprintf(stderr, "resuming at step %llu after %s of training\n",
                     static_cast<unsigned long long>(state_.step), format_duration(state_.seconds).c_str());
        return;
    }
    if (!options_.initial_model.empty()) {
        const std::shared_ptr<const Model> initial = load_model(options_.initial_model);
        network_.load(initial->network == options_.network ? *initial
                                                           : grow(*initial, options_.network, options_.seed));
        average_ = copy_of(network_.parameters());
    }
}

void Training::choose_precision(const TensorBatch& batch) {
    bool bfloat16 = options_.precision == TrainingPrecision::kBf16;
    if (options_.precision == TrainingPrecision::kAuto) {
        const auto time_steps = [&](bool enabled) {
            network_.set_bfloat16(enabled);
            double best = 0;
            for (int i = 0; i < 3; ++i) {  // The first builds the kernels.
                const auto start = Clock::now();
                compute_loss(options_.recipe.loss, network_, batch).value.backward();
                best = i == 1 ? seconds_since(start) : std::min(best, seconds_since(start));
            }
            optimizer_->zero_grad();
            return best;
        };
        // Statistics of batch normalisation must not see the timing runs.
        network_.set_training(false);
        const double f32 = time_steps(false), bf16 = time_steps(true);
        network_.set_training(true);
        bfloat16 = bf16 < f32;
        std::fprintf(stderr, "convolutions in %s (a step takes %.0f ms in f32, %.0f ms in bf16)\n",
                     bfloat16 ? "bf16" : "f32", f32 * 1e3, bf16 * 1e3);
    }
    network_.set_bfloat16(bfloat16);
}

double Training::step(const TensorBatch& batch) {
    set_learning_rate(*optimizer_, learning_rate());
    optimizer_->zero_grad();
    const Loss loss = compute_loss(options_.recipe.loss, network_, batch);
    if (!std::isfinite(loss.value.item<double>()))
        throw Error(ErrorCode::kEngine, "the loss is not finite any more at step " +
                                            std::to_string(state_.step) +
                                            "; resume from the checkpoint with a lower --learning-rate");
    loss.value.backward();
    clip_gradients(options_.recipe, network_);
    optimizer_->step();
    ++state_.step;
    update_average();
    return loss.relative.item<double>();
}

void Training::update_average() {
    torch::NoGradGuard no_gradient;
    // Follows closely at first, when the weights are still far from good.
    const double n = static_cast<double>(state_.step);
    const double decay = std::min(options_.recipe.average_decay, (1 + n) / (10 + n));
    for (std::size_t i = 0; i < average_.size(); ++i)
        average_[i].second.lerp_(network_.parameters()[i].second, 1 - decay);
}

Model Training::exported() const {
    std::map<std::string, std::string> notes = options_.notes;
    notes["training_steps"] = std::to_string(state_.step);
    notes["training_seconds"] = std::to_string(static_cast<long>(state_.seconds));
    notes["training_pixels"] = std::to_string(static_cast<long long>(state_.pixels));
    notes["training_seed"] = std::to_string(options_.seed);
    return network_.export_model(options_.name, notes, average_, network_.buffers());
}

void Training::save() {
    save_checkpoint(checkpoint_path(), settings_, state_, network_, average_, *optimizer_);
    save_model(options_.output, exported());
}

void Training::log_curve(const std::string& validation_columns) {
    const std::string path = options_.output + ".csv";
    const bool fresh = !std::filesystem::exists(path);
    std::ofstream curve(path, std::ios::app);
    if (fresh) {
        curve << "step,seconds,pixels,learning_rate,loss,gain_db";
        for (const int quality : options_.validation_qualities)
            curve << ",psnr_gain_q" << quality << ",psnr_b_gain_q" << quality << ",ssim_gain_q" << quality;
        curve << '\n';
    }
    curve << state_.step << ',' << state_.seconds << ',' << state_.pixels << ',' << learning_rate() << ','
          << state_.smoothed_loss << ',' << decibels_gained(state_.smoothed_loss) << validation_columns
          << '\n';
    if (!curve.flush()) throw Error(ErrorCode::kUnwritable, "cannot write the training curve '" + path + "'");
}

void Training::validate_now(ProgressBar& bar) {
    if (validation_.empty()) {
        log_curve("");
        return;
    }
    EvaluationOptions evaluation;
    evaluation.qualities = options_.validation_qualities;
    evaluation.chroma = options_.chroma;
    evaluation.threads = options_.threads;
    const auto results = evaluate(std::make_shared<Model>(exported()), validation_, evaluation);
    std::ostringstream columns;
    bar.interrupt();
    std::fprintf(stderr, "step %llu, %s, gain on validation:", static_cast<unsigned long long>(state_.step),
                 format_duration(state_.seconds).c_str());
    for (const QualityResult& result : results) {
        const Quality before = result.mean_jpeg(), after = result.mean_restored();
        std::fprintf(stderr, "  q%d %+.3f dB (PSNR-B %+.3f, SSIM %+.4f)", result.quality,
                     after.psnr - before.psnr, after.psnr_b - before.psnr_b, after.ssim - before.ssim);
        columns << ',' << after.psnr - before.psnr << ',' << after.psnr_b - before.psnr_b << ','
                << after.ssim - before.ssim;
    }
    std::fputc('\n', stderr);
    log_curve(columns.str());
}

double Training::time_step(const PatchSource& source) {
    constexpr int kSteps = 3;
    const PatchBatch patches = source.make_batch(0);
    const TensorBatch batch = to_tensors(patches, options_.network);
    choose_precision(batch);
    step(batch);  // Allocates the optimiser's state.
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < kSteps; ++i) step(batch);
    return seconds_since(begin) / kSteps;
}

bool Training::run(std::shared_ptr<const PatchSource> source, const std::atomic<bool>& stop) {
    start();
    Prefetcher batches(std::move(source), state_.step);
    ProgressBar bar;
    Clock::time_point saved = Clock::now(), validated = saved;
    bool precision_chosen = false;
    while (share_done() < 1) {
        if (stop) {
            save();
            bar.interrupt();
            std::fprintf(stderr, "stopped; saved '%s', go on with --resume\n", checkpoint_path().c_str());
            return false;
        }
        const Clock::time_point begin = Clock::now();
        const PatchBatch patches = batches.next();
        const TensorBatch batch = to_tensors(patches, options_.network);
        if (!precision_chosen) {
            choose_precision(batch);
            precision_chosen = true;
        }
        const double loss = step(batch);
        const double seconds = seconds_since(begin);
        const double pixels = static_cast<double>(patches.compressed.size());
        state_.seconds += seconds;
        state_.pixels += pixels;
        const double blend = std::max(0.005, 1.0 / static_cast<double>(state_.step));
        state_.smoothed_loss += blend * (loss - state_.smoothed_loss);
        pixels_a_second_ = pixels_a_second_ == 0
                               ? pixels / seconds
                               : pixels_a_second_ + 0.02 * (pixels / seconds - pixels_a_second_);

        const double share = share_done();
        const double left =
            options_.steps > 0 ? static_cast<double>(options_.steps - state_.step) * pixels / pixels_a_second_
                               : 60 * options_.minutes - state_.seconds;
        char text[160];
        std::snprintf(text, sizeof text, "step %llu  loss %.4f  gain %.3f dB  %.2f Mpx/s  %s left",
                      static_cast<unsigned long long>(state_.step), state_.smoothed_loss,
                      decibels_gained(state_.smoothed_loss), pixels_a_second_ / 1e6,
                      format_duration(left).c_str());
        bar.update(share, text);
        if (seconds_since(saved) > 60 * options_.checkpoint_minutes) {
            save();
            saved = Clock::now();
        }
        if (seconds_since(validated) > 60 * options_.validation_minutes) {
            validate_now(bar);
            validated = Clock::now();
        }
    }
    save();
    validate_now(bar);
    Network best(options_.network, false, options_.seed);
    best.load(exported());
    save_golden(golden_path(options_.output), make_golden(best));
    return true;
}

void set_up_torch(const TrainerOptions& options) {
    if (options.threads > 0) torch::set_num_threads(options.threads);
    at::globalContext().setFlushDenormal(true);
}

}  // namespace

bool train(const TrainerOptions& options, std::shared_ptr<const PatchSource> source,
           const std::vector<NamedPicture>& validation, const std::atomic<bool>& stop) {
    set_up_torch(options);
    return Training(options, validation).run(std::move(source), stop);
}

double time_step(const TrainerOptions& options, const PatchSource& source) {
    set_up_torch(options);
    return Training(options, {}).time_step(source);
}

}  // namespace jpegdeblock::training
