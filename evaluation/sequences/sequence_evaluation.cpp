// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/sequence_evaluation.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <random>
#include <sstream>

#include "metrics/metrics.h"
#include "restore/deblocker.h"
#include "sequences/view.h"

namespace jpegdeblock {
namespace {

/// Not measured at the frame's edges, where what comes in is new.
constexpr int kBorder = 24;

double psnr_within(const LumaImage& a, const LumaImage& b) {
    const int border = std::min(kBorder, (std::min(a.width, a.height) - 8) / 2);
    const auto inner = [border](ConstPlane plane) {
        return ConstPlane{plane.row(border) + border, plane.width - 2 * border, plane.height - 2 * border,
                          plane.stride};
    };
    const ConstPlane part = inner(a.view());
    // Means need a number also for frames that are restored exactly.
    const double most = 10 * std::log10(255.0 * 255.0 * part.width * part.height / 1e-3);
    return std::min(psnr(part, inner(b.view())), most);
}

/// The sum of the absolute changes from one frame to the next where the pristine one does not change.
double change(const LumaImage& before, const LumaImage& now, const LumaImage& pristine_before,
              const LumaImage& pristine, std::size_t& count) {
    double sum = 0;
    for (std::size_t i = 0; i < now.samples.size(); ++i) {
        if (pristine_before.samples[i] != pristine.samples[i]) continue;
        sum += std::abs(int(before.samples[i]) - int(now.samples[i]));
        ++count;
    }
    return sum;
}

LumaImage rounded(int width, int height, const std::vector<float>& levels) {
    LumaImage image{width, height, {}};
    for (const float level : levels)
        image.samples.push_back(static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0f, 255.0f)));
    return image;
}

/// One way to restore a clip, and what it gave.
struct Restored {
    Restored(std::shared_ptr<const Model> model, bool temporal, const SequenceEvaluationOptions& options)
        : deblocker(std::move(model), options.precision, make_workers(options.threads),
                    {.temporal = temporal}) {}

    FrameReport restore(const LumaImage& decoded, const QuantizationTable& table) {
        before = std::move(frame);
        frame = decoded;
        return deblocker.process(decoded.view(), frame.view(), table, GridOffset());
    }

    Deblocker deblocker;
    LumaImage frame, before;
};

}  // namespace

const std::vector<SequenceKind>& sequence_kinds() {
    static const std::vector<SequenceKind> kKinds = {
        {.name = "still"},
        {.name = "pan", .x = 1.5, .y = 0.5},
        {.name = "slow", .x = 0.4, .y = 0.13},
        {.name = "rotate", .x = 1.1, .y = -0.6, .degrees = 0.4, .zoom = 0.006},
        {.name = "still, noise", .noise = 3},
        {.name = "pan, noise", .x = 1.5, .y = 0.5, .noise = 3},
        {.name = "rotate, noise", .x = 1.1, .y = -0.6, .degrees = 0.4, .zoom = 0.006, .noise = 3},
        {.name = "cut", .x = 1.5, .y = 0.5, .cut = 5},
    };
    return kKinds;
}

std::string description_of(const SequenceKind& kind) {
    std::ostringstream text;
    text.precision(2);
    if (kind.x == 0 && kind.y == 0 && kind.degrees == 0 && kind.zoom == 0)
        text << "nothing moves";
    else
        text << "moves by " << std::hypot(kind.x, kind.y) << " pixels a frame";
    if (kind.degrees != 0) text << ", turns by " << kind.degrees << " degrees";
    if (kind.zoom != 0) text << ", grows by " << 100 * kind.zoom << " %";
    if (kind.noise != 0) text << "; sensor noise of deviation " << kind.noise;
    if (kind.cut >= 0) text << "; another view from frame " << kind.cut << " on";
    return text.str();
}

Clip render_clip(const LumaImage& picture, const std::string& name, const SequenceKind& kind, int frames,
                 int longest_side) {
    if (std::min(picture.width, picture.height) < kSmallestRendered)
        throw Error(ErrorCode::kInvalidArgument, "'" + name + "' has " + std::to_string(picture.width) + "x" +
                                                     std::to_string(picture.height) +
                                                     " pixels; a clip takes a picture of at least " +
                                                     std::to_string(kSmallestRendered) + " a side");
    const auto side = [longest_side](int pixels) { return std::min(pixels / 2, longest_side) / 8 * 8; };
    const int width = side(picture.width), height = side(picture.height);
    Clip clip{name, {}, {}};
    std::vector<float> levels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    std::mt19937 generator(7);
    for (int frame = 0; frame < frames; ++frame) {
        const double time = frame - (frames - 1) / 2.0;
        View view{picture.width / 2.0, picture.height / 2.0, 2.0, 0};
        view.angle = kind.degrees * frame * std::numbers::pi / 180;
        if (kind.cut >= 0 && frame >= kind.cut) view.angle += std::numbers::pi;
        view.scale /= 1 + kind.zoom * frame;
        view.place(kind.x * time, kind.y * time, view.x, view.y);
        render_view(picture, view, width, height, levels.data());
        clip.pristine.push_back(rounded(width, height, levels));
        if (kind.noise == 0) continue;
        std::normal_distribution<float> noise(0, static_cast<float>(kind.noise));
        for (float& level : levels) level += noise(generator);
        clip.captured.push_back(rounded(width, height, levels));
    }
    return clip;
}

std::vector<ClipResult> evaluate_sequences(
    const std::shared_ptr<const Model>& single, const std::shared_ptr<const Model>& temporal,
    const std::vector<Clip>& clips, const std::string& kind, const SequenceEvaluationOptions& options,
    const std::function<void(const ClipResult& result, const ClipFrame& before, const ClipFrame& last)>&
        done) {
    std::vector<ClipResult> results;
    for (const int quality : options.qualities)
        for (const Clip& clip : clips) {
            Restored alone(single, false, options), followed(temporal, true, options);
            ClipResult result{.clip = clip.name,
                              .kind = kind,
                              .quality = quality,
                              .worst = std::numeric_limits<double>::max()};
            const QuantizationTable table = ijg_luma_table(quality);
            LumaImage decoded, decoded_before;
            const int first_counted = std::min(kFirstCounted, static_cast<int>(clip.pristine.size()) - 1);
            int counted = 0;
            std::size_t standing = 0, compared = 0;
            for (std::size_t i = 0; i < clip.pristine.size(); ++i) {
                const LumaImage& pristine = clip.pristine[i];
                const LumaImage& captured = clip.captured.empty() ? pristine : clip.captured[i];
                decoded_before = std::move(decoded);
                decoded = decode_jpeg_luma(encode_grey_jpeg(captured.view(), table));
                alone.restore(decoded, table);
                const FrameReport report = followed.restore(decoded, table);
                const double one = psnr_within(pristine, alone.frame),
                             many = psnr_within(pristine, followed.frame);
                result.gains.push_back(many - one);
                if (i == 0) {
                    result.first_single = one;
                    result.first_temporal = many;
                    continue;
                }
                result.worst = std::min(result.worst, many - one);
                std::size_t unused = 0;
                const LumaImage& pristine_before = clip.pristine[i - 1];
                compared += pristine.samples.size();
                result.flicker_decoded +=
                    change(decoded_before, decoded, pristine_before, pristine, standing);
                result.flicker_single += change(alone.before, alone.frame, pristine_before, pristine, unused);
                result.flicker_temporal +=
                    change(followed.before, followed.frame, pristine_before, pristine, unused);
                if (static_cast<int>(i) < first_counted) continue;
                ++counted;
                result.decoded += psnr_within(pristine, decoded);
                result.single += one;
                result.temporal += many;
                const int blocks = report.tiles_computed + report.tiles_passed + report.tiles_reused;
                result.followed += static_cast<double>(report.tiles_followed) / std::max(blocks, 1);
            }
            for (double* mean : {&result.decoded, &result.single, &result.temporal, &result.followed})
                *mean /= std::max(counted, 1);
            result.standing =
                static_cast<double>(standing) / static_cast<double>(std::max<std::size_t>(compared, 1));
            for (double* mean : {&result.flicker_decoded, &result.flicker_single, &result.flicker_temporal})
                *mean /= static_cast<double>(std::max<std::size_t>(standing, 1));
            results.push_back(result);
            if (done)
                done(result, {clip.pristine.end()[-2], decoded_before, alone.before, followed.before},
                     {clip.pristine.back(), decoded, alone.frame, followed.frame});
        }
    return results;
}

}  // namespace jpegdeblock
