// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/picture.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

#include "engine/engine.h"

namespace jpegdeblock {

/// How a Deblocker works. All may be changed between frames.
struct DeblockerOptions {
    /// Share of the residual that is added, 0..2. 1: as trained. 0: the plane passes unchanged.
    float strength = 1.0f;
    /// Keep each DCT coefficient of the result within the interval that quantization allows:
    /// the decoded coefficient +- half a step.
    bool bounded = true;
    /// IJG quality 1..100 to assume where no table is given; 0: estimate it from the pixels.
    int quality = 0;
    /// Copy tiles from the last frame's result where the input that they depend on has not changed. The
    /// result is the same. Frames are kept for it from the second in a row on that has the same size, grid,
    /// table and options, so that the third may be the first to reuse anything, and a picture that stands
    /// alone takes no memory for it; off saves the memory of two frames (of a JPEG's luma: three bytes a
    /// sample) in streams too, and that of the parts computed by themselves.
    bool reuse_unchanged = true;
    /// Show a temporal network what the frames before tell (lib/temporal). Frames are then those of a video,
    /// in the order in which they are shown. Other networks do without, as do JPEGs of which scans are
    /// missing. What is fed back is the whole restoration, whatever the strength. Needs twelve bytes more for
    /// each sample. With reuse_unchanged a tile that is computed again, as one beside it changed, sees what
    /// it has become; without it all tiles do in each frame, so that the result is not the same then.
    bool temporal = false;
};

/// Restores the luma of one stream of decoded JPEG frames. Keeps memory and what it learnt of the stream
/// between frames. Not thread safe; one for each stream. Large planes are restored band by band: beside what
/// is kept for reuse the working memory is at most about 128 MB, or a byte for each sample.
///
///     auto model = load_shared_model(find_model("balanced"));
///     Deblocker deblocker(model, Precision::kAuto, make_workers(0));
///     deblocker.process(decoded, restored);
class Deblocker {
  public:
    /// Errors: as Engine's constructor.
    Deblocker(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers,
              const DeblockerOptions& options = {});
    ~Deblocker();
    Deblocker(const Deblocker&) = delete;
    Deblocker& operator=(const Deblocker&) = delete;

    /// Errors: kInvalidArgument names the option, its value and its range; the old options stay.
    void set_options(const DeblockerOptions& options);
    const DeblockerOptions& options() const;

    /// Restores `decoded` into `restored`, of equal size (else Error(kInvalidArgument)); both may be the same
    /// memory. table: the true quantization table where known. offset: where the grid lies; unless given, it
    /// is found together with the table, or (0, 0) where that need not be found. Frames may change in size
    /// from call to call; that allocates.
    ///
    /// Where no table can be found a network that needs one lets the frame pass unchanged; one that does
    /// without (dncnn) restores it all the same, unbounded.
    ///
    /// A table so fine that nothing can be gained that anybody sees (IJG quality 95 and above, and whatever
    /// has no coarser steps) lets the frame pass unchanged, at no cost; the report names its source all the
    /// same. Towards it, from quality 93 on, the strength fades. Networks of LumaRange::kLimited see the
    /// plane scaled to 16..235 and rounded; their residual is scaled back.
    ///
    /// time_left: where less time is left than the frame is expected to take, the strips of the picture in
    /// which most has changed, or that have waited longest, are restored first, and what does not fit passes
    /// as decoded; it is caught up on with the next frames. The expectation comes from earlier frames, so
    /// that the first may take longer. Zero or less passes all that would have to be computed.
    ///
    /// shown: when the frame is shown, for options().temporal: one that is not shown after the frame before
    /// does not follow it. Where time is short what does not fit takes the frame before, moved and projected
    /// onto its own quantization intervals, where its blocks have been followed.
    FrameReport process(ConstPlane decoded, Plane restored,
                        const std::optional<QuantizationTable>& table = std::nullopt,
                        std::optional<GridOffset> offset = std::nullopt,
                        std::optional<std::chrono::nanoseconds> time_left = std::nullopt,
                        std::optional<std::chrono::nanoseconds> shown = std::nullopt);

    /// Decodes and restores the luma of a JPEG that JpegReader read. restored: the component's top left part
    /// that is wanted, at most its width and height (else Error(kInvalidArgument)). Knows what process()
    /// above can only guess: the table, and each coefficient's interval, also in blocks that the picture's
    /// edge cuts; where scans are missing yet, the steps are effective_steps(). At strength 0 and where the
    /// table is too fine (see above) the result is decode_component's. Unchanged tiles are those whose
    /// coefficients are unchanged. time_left, shown: as above.
    FrameReport process(const JpegComponent& luma, Plane restored,
                        std::optional<std::chrono::nanoseconds> time_left = std::nullopt,
                        std::optional<std::chrono::nanoseconds> shown = std::nullopt);

    /// Forgets what was learnt from earlier frames (a flush, a new stream).
    void reset();

    /// The next frame does not follow the last one (options().temporal): a gap, a discontinuity.
    void forget_frame_before();

    const Engine& engine() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace jpegdeblock
