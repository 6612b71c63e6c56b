// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/progressive.h>
#include <jpegdeblock/quantization.h>
#include "engine/engine.h"
#include "model/model.h"

#include "engine/windows.h"
#include "grid/block_grid.h"
#include "restore/decoded_frame.h"
#include "restore/regions.h"

namespace jpegdeblock {

/// What the result of a restoration depends on, beside the decoded samples.
struct RestorationKey {
    BlockGrid grid;
    QuantizationTable table;  ///< As the network is told.
    float strength = 1.0f;
    bool bounded = true;
    ScanState state{};  ///< Of a JPEG's luma: decides, with its table, what the result may be.

    bool operator==(const RestorationKey&) const = default;
};

/// Whether the DC coefficients of a JPEG's component have arrived; without them there is nothing that could
/// be restored.
bool has_dc(const JpegComponent& component);

/// What restoring all blocks of a component depends on. strength: as the user asked; the key's is 0 where the
/// component is to be left as it decodes.
RestorationKey key_of(const JpegComponent& component, float strength, bool bounded);

/// Restores planes or regions of them with one network. A region's samples are those that restoring the whole
/// plane gives, bit for bit: parts as wide as the plane are rows of the whole plane's computation; narrower
/// ones are computed both ways the first time a width is used, and are given up if they differ.
///
/// Large planes are restored band by band, so that the memory for activations, the residual and decoded
/// samples does not grow with them.
class RegionRestorer {
  public:
    using Duration = std::chrono::nanoseconds;

    /// How much memory all that a band takes may have, in bytes.
    struct MemoryLimit {
        std::size_t whole = std::size_t{128} << 20;  ///< What needs no more is restored at once.
        std::size_t band = std::size_t{64} << 20;    ///< Else each band gets so much,
        double band_for_sample = 1.0;                ///< or so much for each sample of the plane.
    };

    RegionRestorer(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers);
    RegionRestorer(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers,
                   const MemoryLimit& limit);

    const Engine& engine() const { return engine_; }

    /// The network's halo in blocks, rounded up.
    int margin() const { return margin_; }

    /// Prepares for planes on this grid. What other sizes needed is freed.
    void adapt_to(const BlockGrid& grid);

    /// For the grid adapted to.
    const RegionPlanner& planner() const { return planner_; }

    /// Restores the region's needed blocks. The decoded samples may lie in the memory of restored only where
    /// the region is the whole plane. restored: the plane, or of a JPEG its top left part that is wanted.
    /// history: of the whole plane, what the network is shown of the frames before (Engine); without samples:
    /// nothing. full: with samples, a plane as restored, for what strength 1 gives, whatever the key says.
    void restore(const Region& region, const RestorationKey& key, const DecodedFrame& decoded, Plane restored,
                 ConstPlane history = {}, Plane full = {});

    /// Writes the blocks of which `passed` is not 0 as they were decoded.
    void pass(const BlockMap& passed, const BlockGrid& grid, const DecodedFrame& decoded, Plane restored);

    /// What restore will take, as far as earlier calls tell; nothing where they do not.
    std::optional<Duration> predicted(const Region& region, bool has_history) const;

    /// The highest RegionPlanner::cost that is expected to fit into that time; nothing where nobody knows.
    std::optional<int> affordable(Duration time) const;

    /// To be called when the prediction kept everything from being restored. It is trusted a little less
    /// then, so that one slow moment does not stop the restoration for good.
    void doubt_prediction() { nanoseconds_per_block_ *= 0.97; }

  private:
    /// Decoded samples of a part of the plane. Outside of the rows asked for they mean nothing.
    struct Part {
        BlockRectangle blocks;
        ConstPlane samples;
    };

    /// Samples copied or decoded for a part, eight rows for each row of blocks.
    struct Copy {
        std::vector<std::uint8_t> samples;
        BlockRectangle blocks;
        BlockRows valid;  ///< Of the plane's rows of blocks.
    };

    int block_rows_that_fit(const BlockGrid& grid) const;
    Engine& engine_for(int width);
    /// The samples of `blocks`, as far as restoring the rows of `needed` takes them.
    Part take_part(const BlockRectangle& blocks, const BlockRectangle& needed, const BlockGrid& grid,
                   const DecodedFrame& decoded, bool in_place);
    ConstPlane read_copy(const BlockRectangle& blocks, BlockRows rows, const BlockGrid& grid,
                         const DecodedFrame& decoded);
    /// Leaves the residual of the rows of `needed` in the part's rows of `residual`, in units of
    /// units_in_levels_.
    void estimate(const Part& part, const BlockRectangle& needed, const RestorationKey& key,
                  ConstPlane history, std::vector<float>& residual);
    void add(const Part& part, const BlockRectangle& needed, const RestorationKey& key,
             const JpegComponent* component, float share, Plane restored);
    /// Whether it is unknown yet if parts of the region's width give what the whole plane gives.
    bool needs_check(const Region& region, bool has_history) const;
    /// Whether residual_, of `wide`, and that of its columns `narrow` are the same in the blocks needed.
    bool gives_the_same(const BlockRectangle& narrow, const Part& wide, const BlockRectangle& needed,
                        const RestorationKey& key, ConstPlane history);
    void learn_time(double nanoseconds, int blocks);

    std::shared_ptr<const Model> model_;
    std::shared_ptr<Workers> workers_;
    Engine engine_;  ///< For whole planes.
    MemoryLimit limit_;
    int margin_;
    float units_in_levels_;
    RegionPlanner planner_;
    Windows bands_;                                   ///< Of the plane, in rows of blocks.
    std::map<int, std::unique_ptr<Engine>> engines_;  ///< For parts of the plane, by their width.
    /// The widths that were checked, with a history and without, as that may be another network's.
    std::map<std::pair<int, bool>, bool> width_trusted_;
    bool prepared_ = false;                            ///< engine_ has run on this grid.
    std::vector<float> residual_, residual_to_check_;  ///< Rows adjacent.
    Copy copy_;
    std::vector<std::uint8_t> limited_;   ///< The part in limited range, for networks that were trained so.
    double nanoseconds_per_block_ = 0.0;  ///< 0: unknown.
};

}  // namespace jpegdeblock
