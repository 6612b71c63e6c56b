// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_source.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

#include "patches/jpeg_degradation.h"
#include "patches/random_draws.h"
#include "sequences/view.h"

namespace jpegdeblock::training {
namespace {

using Generator = std::mt19937_64;

/// How the picture before the camera moves: by so much from frame to frame, pixels of the frame.
struct Motion {
    double x = 0, y = 0;
    double turn = 0;  ///< Radians.
    double zoom = 1;
    double shake = 0;  ///< Deviation, pixels.
    bool whole_pixels = false;
};

double signed_logarithmic(Generator& generator, double low, double high) {
    const double size = std::exp(uniform(generator, std::log(low), std::log(high)));
    return happens(generator, 0.5) ? size : -size;
}

Motion draw_motion(Generator& generator) {
    Motion motion;
    const double kind = uniform(generator, 0, 1);
    if (kind < 0.25) return motion;
    if (kind < 0.35) {
        motion.whole_pixels = true;
        (happens(generator, 0.7) ? motion.y : motion.x) = uniform_int(generator, -12, 12);
        return motion;
    }
    motion.x = signed_logarithmic(generator, 0.05, 6);
    motion.y = signed_logarithmic(generator, 0.05, 4);
    if (happens(generator, 0.45)) {
        motion.turn = uniform(generator, -0.012, 0.012);
        motion.zoom = 1 + uniform(generator, -0.01, 0.01);
    }
    if (happens(generator, 0.25)) motion.shake = uniform(generator, 0.1, 1);
    return motion;
}

/// A view of a picture that moves.
class Camera {
  public:
    Camera(const std::vector<PictureSet>& sets, const Motion& motion, int side, int frames,
           Generator& generator)
        : picture_(&pick_picture(sets, generator)), motion_(motion), side_(side) {
        const double reach = side + frames * 2.0 * std::max(std::abs(motion.x), std::abs(motion.y)) * 0.5;
        const double largest = std::min(picture_->width, picture_->height) / reach;
        view_.scale =
            motion.whole_pixels ? 1 : std::clamp(uniform(generator, 1.2, 2.1), 1.0, std::max(1.0, largest));
        view_.angle = std::numbers::pi / 2 * uniform_int(generator, 0, 3);
        mirrored_ = happens(generator, 0.5);
        const double margin = view_.scale * reach / 2;
        const auto middle = [&](int size) {
            const double free = std::max(0.0, size / 2.0 - margin);
            return size / 2.0 + uniform(generator, -free, free);
        };
        view_.x = middle(picture_->width);
        view_.y = middle(picture_->height);
        if (motion.whole_pixels) {
            // The corners of the frame's pixels are those of the picture's.
            view_.x = std::floor(view_.x) + (side % 2) / 2.0;
            view_.y = std::floor(view_.y) + (side % 2) / 2.0;
        }
        // The middle of the sequence lies there.
        move(-(frames - 1) / 2.0);
    }

    void frame(Generator& generator, std::vector<float>& levels) {
        View view = view_;
        if (motion_.shake > 0) {
            std::normal_distribution<double> shake(0, motion_.shake);
            const double x = shake(generator), y = shake(generator);
            view_.place(x, y, view.x, view.y);
        }
        if (motion_.whole_pixels)
            copy(view, levels);
        else
            render_view(*picture_, view, side_, side_, levels.data());
        if (mirrored_)
            for (int y = 0; y < side_; ++y) {
                const auto row = levels.begin() + std::ptrdiff_t{y} * side_;
                std::reverse(row, row + side_);
            }
        move(1);
    }

  private:
    void move(double frames) {
        const double x = motion_.x * frames, y = motion_.y * frames;
        double to_x, to_y;
        view_.place(motion_.whole_pixels ? std::round(x) : x, motion_.whole_pixels ? std::round(y) : y, to_x,
                    to_y);
        view_.x = motion_.whole_pixels ? std::round(2 * to_x) / 2 : to_x;
        view_.y = motion_.whole_pixels ? std::round(2 * to_y) / 2 : to_y;
        view_.angle += motion_.turn * frames;
        view_.scale *= std::pow(motion_.zoom, frames);
    }

    void copy(const View& view, std::vector<float>& levels) const {
        float* to = levels.data();
        const ConstPlane plane = picture_->view();
        for (int y = 0; y < side_; ++y)
            for (int x = 0; x < side_; ++x) {
                double from_x, from_y;
                view.place(x + 0.5 - side_ / 2.0, y + 0.5 - side_ / 2.0, from_x, from_y);
                const int row = std::clamp(static_cast<int>(std::floor(from_y)), 0, picture_->height - 1);
                const int column = std::clamp(static_cast<int>(std::floor(from_x)), 0, picture_->width - 1);
                *to++ = plane.row(row)[column];
            }
    }

    const LumaImage* picture_;
    Motion motion_;
    int side_;
    View view_;
    bool mirrored_ = false;
};

/// An ellipse of another picture that moves on its own.
class Object {
  public:
    Object(const std::vector<PictureSet>& sets, int side, int frames, Generator& generator)
        : side_(side), wide_(side / 8 * 5) {
        if (!happens(generator, 0.3)) {  // Else it stands while the rest moves.
            step_x_ = signed_logarithmic(generator, 0.1, 6);
            step_y_ = signed_logarithmic(generator, 0.1, 6);
        }
        x_ = uniform(generator, 0.2, 0.8) * side - step_x_ * frames / 2;
        y_ = uniform(generator, 0.2, 0.8) * side - step_y_ * frames / 2;
        radius_x_ = uniform(generator, 0.08, 0.3) * side;
        radius_y_ = uniform(generator, 0.08, 0.3) * side;
        texture_.resize(static_cast<std::size_t>(wide_) * static_cast<std::size_t>(wide_));
        Camera(sets, Motion(), wide_, frames, generator).frame(generator, texture_);
    }

    void cover(std::vector<float>& frame) {
        for (int y = 0; y < side_; ++y)
            for (int x = 0; x < side_; ++x) {
                const double u = (x - x_) / radius_x_, v = (y - y_) / radius_y_;
                if (u * u + v * v >= 1) continue;
                const double from_x = std::clamp(x - x_ + wide_ / 2.0, 0.0, wide_ - 2.0);
                const double from_y = std::clamp(y - y_ + wide_ / 2.0, 0.0, wide_ - 2.0);
                const int left = static_cast<int>(from_x), top = static_cast<int>(from_y);
                const auto across = static_cast<float>(from_x - left),
                           down = static_cast<float>(from_y - top);
                const float* row = texture_.data() + std::ptrdiff_t{top} * wide_ + left;
                frame[static_cast<std::size_t>(y * side_ + x)] = std::lerp(
                    std::lerp(row[0], row[1], across), std::lerp(row[wide_], row[wide_ + 1], across), down);
            }
        x_ += step_x_;
        y_ += step_y_;
    }

  private:
    int side_;
    int wide_;                    ///< Pixels a side of the texture: more than two of the longest radius.
    std::vector<float> texture_;  ///< Moves with it; between its pixels bilinear.
    double x_ = 0, y_ = 0, step_x_ = 0, step_y_ = 0, radius_x_ = 0, radius_y_ = 0;
};

/// Of a sensor.
struct Noise {
    double deviation = 0;
    bool grows_with_light = false;

    void add(Generator& generator, std::vector<float>& frame) const {
        if (deviation == 0) return;
        std::normal_distribution<float> normal(0, static_cast<float>(deviation));
        for (float& level : frame)
            level += normal(generator) * (grows_with_light ? std::sqrt(std::max(level, 4.0f) / 128) : 1.0f);
    }
};

std::uint8_t to_byte(float level) {
    return static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0f, 255.0f));
}

/// The table with each step times `factor`.
QuantizationTable scaled(const QuantizationTable& table, double factor) {
    QuantizationTable result;
    for (std::size_t i = 0; i < 64; ++i)
        result.step[i] =
            static_cast<std::uint16_t>(std::clamp(std::lround(table.step[i] * factor), 1L, 255L));
    return result;
}

/// One sequence, frame after frame.
class Sequence {
  public:
    Sequence(const std::vector<PictureSet>& sets, int side, int frames,
             const QualityDistribution& distribution, Generator& generator)
        : sets_(sets), side_(side), frames_(frames), generator_(generator) {
        camera_.emplace(sets, draw_motion(generator), side, frames, generator);
        if (happens(generator, 0.3)) object_.emplace(sets, side, frames, generator);
        QualityDistribution qualities = distribution;
        if (happens(generator, 0.4)) {
            noise_.deviation = uniform(generator, 0.5, 6);
            noise_.grows_with_light = happens(generator, 0.5);
            if (happens(generator, 0.7)) qualities.low_share = 0.1;
        }
        if (happens(generator, 0.05)) cut_ = uniform_int(generator, 1, frames - 1);
        if (happens(generator, 0.05)) repeated_ = uniform_int(generator, 1, frames - 1);
        if (happens(generator, 0.03)) flash_ = uniform_int(generator, 1, frames - 1);
        if (happens(generator, 0.08)) exposure_step_ = uniform(generator, 0.93, 1.07);
        if (happens(generator, 0.05)) exposure_jump_ = uniform(generator, 0.7, 1.3);
        if (happens(generator, 0.06)) {
            next_scene_.emplace(sets, draw_motion(generator), side, frames, generator);
            next_share_ = uniform(generator, -0.2, 0.6);
            next_share_step_ = uniform(generator, 0.03, 0.2);
        }
        table_ = draw_table(qualities, generator);
        table_varies_ = happens(generator, 0.3);
    }

    /// Adds the next frame to the batch.
    void next(std::vector<float>& pristine, std::vector<float>& compressed,
              std::vector<QuantizationTable>& tables) {
        if (frame_ == 0 || frame_ != repeated_) render();
        const QuantizationTable table =
            table_varies_ ? scaled(table_, std::exp(uniform(generator_, -0.25, 0.25))) : table_;
        std::vector<std::uint8_t> bytes(captured_.size());
        std::transform(captured_.begin(), captured_.end(), bytes.begin(), to_byte);
        if (frame_ == 0)
            pristine.insert(pristine.end(), bytes.begin(), bytes.end());
        else
            pristine.insert(pristine.end(), clean_.begin(), clean_.end());
        degrade_luma(bytes.data(), side_, side_, table, bytes.data());
        compressed.insert(compressed.end(), bytes.begin(), bytes.end());
        tables.push_back(table);
        ++frame_;
    }

  private:
    void render() {
        if (frame_ == cut_) {
            camera_.emplace(sets_, draw_motion(generator_), side_, frames_, generator_);
            object_.reset();
            next_scene_.reset();
        }
        clean_.resize(static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_));
        camera_->frame(generator_, clean_);
        if (object_) object_->cover(clean_);
        if (next_scene_) fade();
        exposure_ *= exposure_step_;
        if (frame_ == frames_ / 2) exposure_ *= exposure_jump_;
        for (float& level : clean_)
            level = std::clamp(static_cast<float>(exposure_) * level + (frame_ == flash_ ? 60.0f : 0.0f),
                               0.0f, 255.0f);
        captured_ = clean_;
        noise_.add(generator_, captured_);
    }

    /// Of the next scene each frame shows more.
    void fade() {
        next_frame_.resize(clean_.size());
        next_scene_->frame(generator_, next_frame_);
        const auto share = static_cast<float>(std::clamp(next_share_, 0.0, 1.0));
        for (std::size_t i = 0; i < clean_.size(); ++i)
            clean_[i] = std::lerp(clean_[i], next_frame_[i], share);
        next_share_ += next_share_step_;
    }

    const std::vector<PictureSet>& sets_;
    int side_, frames_;
    Generator& generator_;
    std::optional<Camera> camera_;
    std::optional<Object> object_;
    Noise noise_;
    int frame_ = 0, cut_ = -1, repeated_ = -1, flash_ = -1;
    double exposure_ = 1, exposure_step_ = 1, exposure_jump_ = 1;
    std::optional<Camera> next_scene_;
    double next_share_ = 0, next_share_step_ = 0;
    QuantizationTable table_;
    bool table_varies_ = false;
    std::vector<float> clean_, captured_, next_frame_;
};

}  // namespace

SequenceSource::SequenceSource(std::vector<PictureSet> sets, int count, int side, int frames,
                               const QualityDistribution& distribution, std::uint64_t seed)
    : sets_(std::move(sets)),
      count_(count),
      side_(side),
      frames_(frames),
      distribution_(distribution),
      seed_(seed) {
    if (side < 8 || side % 8 != 0 || frames < 2)
        throw Error(ErrorCode::kInvalidArgument,
                    "sequences of " + std::to_string(frames) + " frames of " + std::to_string(side) +
                        " pixels a side: expected at least 2 frames and a multiple of 8");
}

PatchBatch SequenceSource::make_batch(std::uint64_t index) const {
    std::vector<Generator> generators;
    std::vector<Sequence> sequences;
    generators.reserve(static_cast<std::size_t>(count_));
    for (int i = 0; i < count_; ++i) {
        generators.push_back(
            generator_of(seed_, index * static_cast<std::uint64_t>(count_) + static_cast<std::uint64_t>(i)));
        sequences.emplace_back(sets_, side_, frames_, distribution_, generators.back());
    }
    PatchBatch batch;
    batch.count = count_;
    batch.side = side_;
    batch.frames = frames_;
    for (int frame = 0; frame < frames_; ++frame)
        for (Sequence& sequence : sequences) sequence.next(batch.pristine, batch.compressed, batch.tables);
    return batch;
}

SequencesAndPatches::SequencesAndPatches(std::shared_ptr<const PatchSource> sequences,
                                         std::shared_ptr<const PatchSource> patches, double share_of_patches)
    : sequences_(std::move(sequences)), patches_(std::move(patches)), share_(share_of_patches) {}

PatchBatch SequencesAndPatches::make_batch(std::uint64_t index) const {
    // Evenly spread: of the batches before this one so many were of patches.
    const auto patches_before = [this](std::uint64_t batches) {
        return static_cast<std::uint64_t>(share_ * static_cast<double>(batches));
    };
    const std::uint64_t before = patches_before(index);
    return patches_before(index + 1) > before ? patches_->make_batch(before)
                                              : sequences_->make_batch(index - before);
}

}  // namespace jpegdeblock::training
