// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include "restore/deblocker.h"

namespace jpegdeblock {

/// The Deblockers that a model takes for the planes of one stream: one for each component and field, as they
/// differ in content, and may in their tables, so that each needs its own memory of earlier ones.
class StreamDeblockers {
  public:
    /// None: converts to false.
    StreamDeblockers() = default;

    /// Sets an engine up. Errors: as Deblocker's constructor.
    StreamDeblockers(std::shared_ptr<const Model> model, Precision precision,
                     std::shared_ptr<Workers> workers);

    explicit operator bool() const { return model_ != nullptr; }

    const std::shared_ptr<const Model>& model() const { return model_; }

    /// The arithmetic in use.
    Precision precision() const { return precision_; }

    /// The one for a component (0..3) of whole frames or first fields (field 0), or of second fields (1).
    Deblocker& at(int component, int field, const DeblockerOptions& options);

    /// Forgets what earlier frames taught.
    void forget_stream();

    /// The next frame does not follow the last one.
    void forget_frame_before();

  private:
    template <typename Act>
    void for_each(Act act);

    static constexpr std::size_t kComponents = 4;
    static constexpr std::size_t kFields = 2;

    std::shared_ptr<const Model> model_;
    Precision precision_ = Precision::kAuto;
    std::shared_ptr<Workers> workers_;
    std::array<std::array<std::unique_ptr<Deblocker>, kComponents>, kFields> deblockers_;
    std::unique_ptr<Deblocker> first_;  ///< Made to see that it works, not yet anybody's.
};

}  // namespace jpegdeblock
