// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/stream_deblockers.h"

#include <utility>

namespace jpegdeblock {

StreamDeblockers::StreamDeblockers(std::shared_ptr<const Model> model, Precision precision,
                                   std::shared_ptr<Workers> workers)
    : model_(std::move(model)),
      workers_(std::move(workers)),
      first_(std::make_unique<Deblocker>(model_, precision, workers_)) {
    precision_ = first_->engine().precision();
}

Deblocker& StreamDeblockers::at(int component, int field, const DeblockerOptions& options) {
    std::unique_ptr<Deblocker>& deblocker = deblockers_.at(field).at(component);
    if (!deblocker) {
        deblocker = first_ ? std::move(first_) : std::make_unique<Deblocker>(model_, precision_, workers_);
    }
    deblocker->set_options(options);
    return *deblocker;
}

template <typename Act>
void StreamDeblockers::for_each(Act act) {
    for (const auto& field : deblockers_) {
        for (const std::unique_ptr<Deblocker>& deblocker : field) {
            if (deblocker) {
                act(*deblocker);
            }
        }
    }
}

void StreamDeblockers::forget_stream() {
    for_each([](Deblocker& deblocker) { deblocker.reset(); });
}

void StreamDeblockers::forget_frame_before() {
    for_each([](Deblocker& deblocker) { deblocker.forget_frame_before(); });
}

}  // namespace jpegdeblock
