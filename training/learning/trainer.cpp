// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/trainer.h"

#include <jpegdeblock/error.h>
#include <torch/torch.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <sstream>
#include <thread>

#include "learning/checkpoint.h"
#include "learning/device.h"
#include "learning/device_restoration.h"
#include "learning/loss.h"
#include "learning/optimization.h"
#include "network/golden_sample.h"
#include "network/growth.h"
#include "network/layer_evaluation.h"
#include "network/network.h"
#include "patches/prefetcher.h"
#include "report/progress.h"
#include "report/training_curve.h"
#include "sequences/sequence_validation.h"

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
    if (n.temporal) text << " temporal";
    if (options.chroma) text << " chroma";
    if (options.expansion > 0) text << " expansion " << options.expansion;
    if (options.identity_branch) text << " identity branch";
    if (options.for_int8) text << " for int8";
    if (!options.teacher.empty()) text << " taught " << options.teacher_share;
    return text.str();
}

Network network_of(const TrainerOptions& options) {
    Network network(options.network, options.batch_norm, options.seed, options.expansion,
                    options.identity_branch);
    network.to(options.device);
    return network;
}

/// Threads that compress patches: one keeps up with a processor that trains, a GPU takes more.
int prefetching_threads(const torch::Device& device) {
    return device.is_cpu() ? 1 : std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

class Training {
  public:
    Training(const TrainerOptions& options, const std::vector<NamedPicture>& validation,
             const WorkerGroup& workers)
        : options_(options),
          workers_(workers),
          validation_(validation),
          settings_(describe_settings(options)),
          network_(network_of(options)),
          average_(copy_of(network_.parameters())),
          optimizer_(make_optimizer(options.recipe, network_)) {
        if (options.teacher.empty()) return;
        const std::shared_ptr<const Model> teacher = load_model(options.teacher);
        teacher_.emplace(teacher->network, false, options.seed);
        teacher_->load(*teacher);
        teacher_->to(options.device);
    }

    bool run(std::shared_ptr<const PatchSource> source, const std::atomic<bool>& stop);
    double time_step(const PatchSource& source);

  private:
    std::string checkpoint_path() const { return options_.output + ".checkpoint"; }
    double share_done() const;
    double learning_rate() const;
    void round_for_int8();
    void start();
    void share_start();
    void choose_precision(const TensorBatch& batch);
    TensorBatch taught(TensorBatch batch) const;
    double step(const TensorBatch& batch);
    void average_gradients();
    void update_average();
    void account(double loss, double seconds, double pixels);
    void show_progress(double pixels, ProgressBar& bar) const;
    void save();
    bool iterate(Prefetcher& batches, const std::atomic<bool>& stop, ProgressBar& bar);
    bool report_is_due() const;
    std::vector<QualityResult> validate() const;
    void show_validation(const CurvePoint& point) const;
    void report(bool validating, TrainingCurve::State state, ProgressBar& bar);
    Model exported() const;

    const TrainerOptions& options_;
    const WorkerGroup& workers_;
    const std::vector<NamedPicture>& validation_;
    std::string settings_;
    Network network_;
    std::optional<Network> teacher_;
    NamedTensors average_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
    TrainingState state_;
    std::optional<TrainingCurve> curve_;       ///< Of the leading process.
    std::optional<SequenceValidation> clips_;  ///< Of the leading process, for a temporal network.
    double reported_seconds_ = 0;
    double pixels_a_second_ = 0;
};

double Training::share_done() const {
    if (options_.steps > 0) return static_cast<double>(state_.step) / static_cast<double>(options_.steps);
    return state_.seconds / (60 * options_.minutes);
}

double Training::learning_rate() const {
    return learning_rate_at(options_.recipe, state_.step, share_done());
}

/// In every process, and when resuming too.
void Training::round_for_int8() {
    if (!options_.for_int8) return;
    const std::shared_ptr<const Model> initial =
        options_.initial_model.empty() ? nullptr : load_model(options_.initial_model);
    if (initial == nullptr || !has_int8(*initial))
        throw Error(ErrorCode::kInvalidArgument,
                    "training for int8 takes a model with an int8 form to start from: run 'jpegdeblock-train "
                    "quantize' on one and give it with --start-from");
    network_.set_activation_scales(int8_parameters(*initial).activation_scale);
}

void Training::start() {
    if (!workers_.leads()) return;
    if (options_.resume && std::filesystem::exists(checkpoint_path())) {
        state_ = load_checkpoint(checkpoint_path(), settings_, network_, average_, *optimizer_);
        std::fprintf(stderr, "resuming at step %llu after %s of training\n",
                     static_cast<unsigned long long>(state_.step), format_duration(state_.seconds).c_str());
        return;
    }
    if (!options_.initial_model.empty()) {
        const std::shared_ptr<const Model> initial = load_model(options_.initial_model);
        network_.load(initial->network == options_.network
                          ? *initial
                          : grow(*initial, options_.network, options_.seed, options_.identity_branch));
        average_ = copy_of(network_.parameters());
    }
}

/// Gives every process the state of the leading one, which alone has read files.
void Training::share_start() {
    if (workers_.size() == 1) return;
    std::ostringstream own;
    own << settings_ << " steps " << options_.steps << " minutes " << options_.minutes << " learning-rate "
        << options_.recipe.learning_rate;
    const std::string leading = workers_.broadcast(own.str());
    if (leading != own.str())
        throw Error(ErrorCode::kInvalidArgument,
                    "the processes must be started with the same options; this one was asked for: " +
                        own.str() + "; rank 0 for: " + leading);
    std::vector<torch::Tensor> tensors;
    for (const NamedTensors* list : {&network_.parameters(), &network_.buffers(), &std::as_const(average_)})
        for (const auto& [name, value] : *list) tensors.push_back(value);
    workers_.broadcast(tensors);
    const torch::Tensor state =
        torch::tensor({static_cast<double>(state_.step), state_.seconds, state_.pixels, state_.smoothed_loss},
                      torch::kDouble);
    workers_.broadcast({state});
    std::ostringstream optimizer;
    torch::save(*optimizer_, optimizer);
    const std::string bytes = workers_.broadcast(optimizer.str());
    if (workers_.leads()) return;
    const double* numbers = state.data_ptr<double>();
    state_ = {static_cast<std::uint64_t>(numbers[0]), numbers[1], numbers[2], numbers[3]};
    std::istringstream stream(bytes);
    torch::load(*optimizer_, stream, options_.device);
}

void Training::choose_precision(const TensorBatch& batch) {
    bool bfloat16 = options_.precision == TrainingPrecision::kBf16;
    if (options_.precision == TrainingPrecision::kAuto) {
        // Every process, so that all do the same; the majority decides.
        const auto time_steps = [&](bool enabled) {
            network_.set_bfloat16(enabled);
            double best = 0;
            for (int i = 0; i < 3; ++i) {  // The first builds the kernels.
                const auto start = Clock::now();
                compute_loss(options_.recipe.loss, network_, batch).value.backward();
                wait_for(options_.device);
                best = i == 1 ? seconds_since(start) : std::min(best, seconds_since(start));
            }
            optimizer_->zero_grad();
            return best;
        };
        // Statistics of batch normalisation must not see the timing runs.
        network_.set_training(false);
        const double f32 = time_steps(false), bf16 = time_steps(true);
        network_.set_training(true);
        bfloat16 = workers_.means({bf16 < f32 ? 1.0 : 0.0})[0] > 0.5;
        if (workers_.leads())
            std::fprintf(stderr, "convolutions in %s (a step takes %.0f ms in f32, %.0f ms in bf16)\n",
                         bfloat16 ? "bf16" : "f32", f32 * 1e3, bf16 * 1e3);
    }
    network_.set_bfloat16(bfloat16);
    if (teacher_) teacher_->set_bfloat16(bfloat16);
}

/// With the response that the teacher has a share in.
TensorBatch Training::taught(TensorBatch batch) const {
    // One that sees single frames knows nothing that sequences do not tell better.
    if (!teacher_ || batch.frames > 1) return batch;
    torch::NoGradGuard no_gradient;
    const torch::Tensor restored = batch.compressed + teacher_->forward(batch.compressed, batch.steps);
    batch.pristine = batch.pristine.lerp(restored, options_.teacher_share);
    return batch;
}

double Training::step(const TensorBatch& batch) {
    set_learning_rate(*optimizer_, learning_rate());
    optimizer_->zero_grad();
    const Loss loss = compute_loss(options_.recipe.loss, network_, taught(batch));
    if (!std::isfinite(loss.value.item<double>()))
        throw Error(ErrorCode::kEngine, "the loss is not finite any more at step " +
                                            std::to_string(state_.step) +
                                            "; resume from the checkpoint with a lower --learning-rate");
    loss.value.backward();
    average_gradients();
    clip_gradients(options_.recipe, network_);
    optimizer_->step();
    ++state_.step;
    update_average();
    return loss.relative.item<double>();
}

/// The loss is a mean over patches, so the mean of the gradients is that of all processes' patches.
void Training::average_gradients() {
    if (workers_.size() == 1) return;
    std::vector<torch::Tensor> gradients;
    for (const auto& [name, value] : network_.parameters()) gradients.push_back(value.grad());
    workers_.average(gradients);
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
    Model model = network_.export_model(options_.name, notes, average_, network_.buffers());
    // It has learnt with these scales, its biases too.
    if (options_.for_int8) set_int8_parameters(model, uncorrected_int8(model, network_.activation_scales()));
    return model;
}

void Training::save() {
    if (!workers_.leads()) return;
    save_checkpoint(checkpoint_path(), settings_, state_, network_, average_, *optimizer_);
    save_model(options_.output, exported());
}

std::vector<QualityResult> Training::validate() const {
    EvaluationOptions evaluation;
    evaluation.qualities = options_.validation_qualities;
    evaluation.chroma = options_.chroma;
    evaluation.threads = options_.threads;
    const Model model = exported();
    if (options_.device.is_cpu()) return evaluate(std::make_shared<Model>(model), validation_, evaluation);
    Network network(options_.network, false, options_.seed);
    network.load(model);
    network.to(options_.device);
    return evaluate(device_restoration(network), validation_, evaluation);
}

void Training::report(bool validating, TrainingCurve::State state, ProgressBar& bar) {
    CurvePoint point{.step = state_.step,
                     .seconds = state_.seconds,
                     .pixels = state_.pixels,
                     .learning_rate = learning_rate(),
                     .loss = state_.smoothed_loss};
    if (validating && !validation_.empty()) {
        point.validations = validate();
        if (clips_ && !clips_->empty())
            point.clips = clips_->measure(std::make_shared<Model>(exported()), options_.threads);
        bar.interrupt();
        show_validation(point);
    }
    curve_->add(point, state);
    reported_seconds_ = state_.seconds;
}

void Training::show_validation(const CurvePoint& point) const {
    std::fprintf(stderr, "step %llu, %s, gain on validation:", static_cast<unsigned long long>(state_.step),
                 format_duration(state_.seconds).c_str());
    for (const QualityResult& result : point.validations) {
        const Quality before = result.mean_jpeg(), after = result.mean_restored();
        std::fprintf(stderr, "  q%d %+.3f dB (PSNR-B %+.3f, SSIM %+.4f)", result.quality,
                     after.psnr - before.psnr, after.psnr_b - before.psnr_b, after.ssim - before.ssim);
    }
    std::fputc('\n', stderr);
    if (point.clips.empty()) return;
    std::fputs("  on clips, of it by the frames before:", stderr);
    for (const ClipResult& clip : point.clips)
        std::fprintf(stderr, "  %s q%d %+.3f dB (%+.3f)", clip.kind.c_str(), clip.quality,
                     clip.temporal - clip.decoded, clip.temporal - clip.single);
    std::fputc('\n', stderr);
}

bool Training::report_is_due() const {
    // Often at first, when the curve is steep.
    return state_.seconds - reported_seconds_ > std::clamp(0.02 * state_.seconds, 2.0, 60.0);
}

double Training::time_step(const PatchSource& source) {
    constexpr int kSteps = 3;
    const PatchBatch patches = source.make_batch(0);
    const TensorBatch batch = to_device(to_tensors(patches, options_.network), options_.device);
    choose_precision(batch);
    step(batch);  // Allocates the optimiser's state.
    const Clock::time_point begin = Clock::now();
    for (int i = 0; i < kSteps; ++i) step(batch);
    return seconds_since(begin) / kSteps;
}

void Training::show_progress(double pixels, ProgressBar& bar) const {
    const double left = options_.steps > 0
                            ? static_cast<double>(options_.steps - state_.step) * pixels / pixels_a_second_
                            : 60 * options_.minutes - state_.seconds;
    char text[160];
    std::snprintf(text, sizeof text, "step %llu  loss %.4f  gain %.3f dB  %.2f Mpx/s  %s left",
                  static_cast<unsigned long long>(state_.step), state_.smoothed_loss,
                  decibels_gained(state_.smoothed_loss), pixels_a_second_ / 1e6,
                  format_duration(left).c_str());
    bar.update(share_done(), text);
}

void Training::account(double loss, double seconds, double pixels) {
    state_.seconds += seconds;
    state_.pixels += pixels;
    const double blend = std::max(0.005, 1.0 / static_cast<double>(state_.step));
    state_.smoothed_loss += blend * (loss - state_.smoothed_loss);
    pixels_a_second_ = pixels_a_second_ == 0
                           ? pixels / seconds
                           : pixels_a_second_ + 0.02 * (pixels / seconds - pixels_a_second_);
}

/// Trains to the end (true) or until a process of the group is asked to stop (false).
bool Training::iterate(Prefetcher& batches, const std::atomic<bool>& stop, ProgressBar& bar) {
    Clock::time_point saved = Clock::now(), validated = saved;
    bool precision_chosen = false, stopping = false;
    while (share_done() < 1) {
        if (stopping) return false;
        const Clock::time_point begin = Clock::now();
        const PatchBatch patches = batches.next();
        const TensorBatch batch = to_device(to_tensors(patches, options_.network), options_.device);
        if (!precision_chosen) {
            choose_precision(batch);
            precision_chosen = true;
        }
        const double loss = step(batch);
        // The same in every process, so that they agree on learning rate and end.
        const std::vector<double> means = workers_.means({loss, seconds_since(begin), stop ? 1.0 : 0.0});
        const double pixels = static_cast<double>(patches.compressed.size()) * workers_.size();
        account(means[0], means[1], pixels);
        stopping = means[2] > 0;
        if (!workers_.leads()) continue;

        show_progress(pixels, bar);
        if (seconds_since(saved) > 60 * options_.checkpoint_minutes) {
            save();
            saved = Clock::now();
        }
        const bool validation_is_due = seconds_since(validated) > 60 * options_.validation_minutes;
        if (validation_is_due || report_is_due())
            report(validation_is_due, TrainingCurve::State::kRunning, bar);
        if (validation_is_due) validated = Clock::now();
    }
    return true;
}

bool Training::run(std::shared_ptr<const PatchSource> source, const std::atomic<bool>& stop) {
    round_for_int8();
    start();
    share_start();
    if (workers_.leads()) {
        const bool temporal = options_.network.temporal;
        curve_.emplace(options_.output, options_.name,
                       TrainingCurve::Validation{options_.validation_qualities, temporal}, state_.step);
        if (temporal) clips_.emplace(validation_);
        if (clips_ && clips_->empty() && !validation_.empty())
            std::fprintf(
                stderr,
                "warning: no picture to validate on has %d pixels a side, which clips take; what the "
                "frames before give is not measured\n",
                kSmallestRendered);
    }
    reported_seconds_ = state_.seconds;
    const auto processes = static_cast<std::uint64_t>(workers_.size());
    Prefetcher batches(std::move(source),
                       state_.step * processes + static_cast<std::uint64_t>(workers_.rank()), processes,
                       prefetching_threads(options_.device));
    ProgressBar bar;
    bool done = false;
    try {
        done = iterate(batches, stop, bar);
    } catch (const LostWorkerError&) {
        save();
        throw;
    }
    save();
    if (!workers_.leads()) return done;
    if (!done) {
        curve_->draw(TrainingCurve::State::kStopped);
        bar.interrupt();
        std::fprintf(stderr, "stopped; saved '%s', go on with --resume\n", checkpoint_path().c_str());
        return false;
    }
    report(true, TrainingCurve::State::kDone, bar);
    Network best(options_.network, false, options_.seed);
    best.load(exported());
    save_golden(golden_path(options_.output), make_golden(best));
    return true;
}

void set_up_torch(const TrainerOptions& options) {
    if (options.threads > 0) torch::set_num_threads(options.threads);
    at::globalContext().setFlushDenormal(true);
    set_up_device(options.device);
#ifdef __GLIBC__
    // Activations are made anew in each step; given back to the system in between, a tenth of the time would
    // go into clearing pages.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace

bool train(const TrainerOptions& options, std::shared_ptr<const PatchSource> source,
           const std::vector<NamedPicture>& validation, const std::atomic<bool>& stop,
           const WorkerGroup& workers) {
    set_up_torch(options);
    return Training(options, validation, workers).run(std::move(source), stop);
}

double time_step(const TrainerOptions& options, const PatchSource& source) {
    set_up_torch(options);
    const WorkerGroup alone;
    return Training(options, {}, alone).time_step(source);
}

}  // namespace jpegdeblock::training
