// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdlib>
#include <stdexcept>

#include "failing_malloc.h"

#pragma weak failing_malloc_callers
#pragma weak failing_malloc_arm
#pragma weak failing_malloc_disarm

namespace jpegdeblock::test {

/// Lets one allocation after the other fail, each in a run of its own, until a run needs none more. Of many
/// it takes all of the first twenty and then ever fewer; all with JPEGDEBLOCK_EVERY_ALLOCATION in the
/// environment.
class FailingAllocations {
  public:
    /// callers: as failing_malloc_callers().
    explicit FailingAllocations(const char* callers = "") {
        if (failing_malloc_arm == nullptr) throw std::runtime_error("Preload libfailing_malloc.so.");
        failing_malloc_callers(callers);
    }

    /// While it lives, the allocation of the present number fails.
    class Armed {
      public:
        explicit Armed(FailingAllocations& all) : all_(all) {
            failing_malloc_arm(all_.number_, all_.all_after_);
        }
        ~Armed() { all_.counted_ = failing_malloc_disarm(); }
        Armed(const Armed&) = delete;
        Armed& operator=(const Armed&) = delete;

      private:
        FailingAllocations& all_;
    };

    /// The next number's turn; false: the last run was over before its number. all_after: others fail after
    /// it, too.
    bool next(bool all_after) {
        all_after_ = all_after;
        if (is_done()) return false;
        static const bool every = std::getenv("JPEGDEBLOCK_EVERY_ALLOCATION") != nullptr;
        number_ += every ? 1 : 1 + number_ / 20;
        return true;
    }

    /// Whether the last run was over before its number.
    bool is_done() const { return number_ > 0 && counted_ < number_; }

    long number() const { return number_; }

    [[nodiscard]] Armed arm() { return Armed(*this); }

  private:
    long number_ = 0;
    long counted_ = 0;
    bool all_after_ = false;
};

}  // namespace jpegdeblock::test
