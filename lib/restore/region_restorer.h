// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <jpegdeblock/engine.h>
#include <jpegdeblock/jpeg_coefficients.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/progressive.h>
#include <jpegdeblock/quantization.h>

#include "restore/block_grid.h"
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

/// Restores planes or regions of them with one network. A region's samples are those that restoring the whole
/// plane gives, bit for bit: parts as wide as the plane are rows of the whole plane's computation; narrower
/// ones are computed both ways the first time a width is used, and are given up if they differ.
class RegionRestorer {
  public:
    using Duration = std::chrono::nanoseconds;

    RegionRestorer(std::shared_ptr<const Model> model, Precision precision, std::shared_ptr<Workers> workers);

    const Engine& engine() const { return engine_; }

    /// The network's halo in blocks, rounded up.
    int margin() const { return margin_; }

    /// Prepares for planes on this grid. What other sizes needed is freed.
    void adapt_to(const BlockGrid& grid);

    /// For the grid adapted to.
    const RegionPlanner& planner() const { return planner_; }

    /// The frames to come are whole blocks of this component; null: their coefficients are unknown.
    void use_coefficients(const JpegComponent* component) { component_ = component; }
    const JpegComponent* coefficients() const { return component_; }

    /// Restores the region's needed blocks. decoded and restored may be the same memory only where the region
    /// is the whole plane.
    void restore(const Region& region, const RestorationKey& key, ConstPlane decoded, Plane restored);

    /// What restore will take, as far as earlier calls tell; nothing where they do not.
    std::optional<Duration> predicted(const Region& region) const;

    /// The highest RegionPlanner::cost that is expected to fit into that time; nothing where nobody knows.
    std::optional<int> affordable(Duration time) const;

    /// To be called when the prediction kept everything from being restored. It is trusted a little less
    /// then, so that one slow moment does not stop the restoration for good.
    void doubt_prediction() { nanoseconds_per_block_ *= 0.97; }

  private:
    Engine& engine_for(int width);
    /// Leaves the residual of the region's needed rows in the rows of its part in `residual`, in units of
    /// units_in_levels_.
    void estimate(const Region& region, const RestorationKey& key, ConstPlane decoded,
                  std::vector<float>& residual);
    void add(const Region& region, const RestorationKey& key, ConstPlane decoded, Plane restored);
    /// Whether it is unknown yet if parts of the region's width give what the whole plane gives.
    bool needs_check(const Region& region) const;
    /// Whether residual_, of `wide`, and that of `narrow` are the same in the blocks needed.
    bool gives_the_same(const Region& narrow, const Region& wide, const RestorationKey& key,
                        ConstPlane decoded);
    void learn_time(double nanoseconds, int blocks);

    std::shared_ptr<const Model> model_;
    std::shared_ptr<Workers> workers_;
    Engine engine_;  ///< For whole planes.
    int margin_;
    float units_in_levels_;
    const JpegComponent* component_ = nullptr;
    RegionPlanner planner_;
    std::map<int, std::unique_ptr<Engine>> engines_;   ///< For parts of the plane, by their width.
    std::map<int, bool> width_trusted_;                ///< The widths that were checked.
    bool prepared_ = false;                            ///< engine_ has run on this grid.
    std::vector<float> residual_, residual_to_check_;  ///< Rows adjacent.
    std::vector<std::uint8_t> limited_;   ///< The part in limited range, for networks that were trained so.
    double nanoseconds_per_block_ = 0.0;  ///< 0: unknown.
};

}  // namespace jpegdeblock
