// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "workers/worker_group.h"

namespace c10d {
class ProcessGroupGloo;
}

namespace jpegdeblock::training {

/// The group's connections: c10d's Gloo back end, met over c10d's TCPStore.
class WorkerGroup::Connection {
  public:
    Connection(const WorkerEnvironment& environment, std::chrono::seconds timeout);
    ~Connection();

    /// Replaces a contiguous tensor by its sum over the processes.
    void sum(torch::Tensor& tensor);
    /// Replaces a contiguous tensor by rank 0's.
    void broadcast(torch::Tensor& tensor);

  private:
    c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

}  // namespace jpegdeblock::training
