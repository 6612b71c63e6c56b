// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/error.h>
#include <torch/torch.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace jpegdeblock::training {

/// Which of how many processes this one is, and where rank 0 listens.
struct WorkerEnvironment {
    int rank = 0;
    int size = 1;
    std::string leader_address;
    int leader_port = 0;
    /// torchrun's own agent listens at that port already.
    bool store_is_served = false;
    /// How often torchrun has started the processes anew; keeps their messages apart.
    std::string attempt = "0";
};

/// Reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT (and torchrun's TORCHELASTIC_USE_AGENT_STORE and
/// TORCHELASTIC_RESTART_COUNT); without WORLD_SIZE, or with 1: one process. Throws Error(kInvalidArgument)
/// that names the variable which is missing or wrong.
WorkerEnvironment read_worker_environment();

/// Another process of the group is gone, or did not answer in time.
class LostWorkerError : public Error {
  public:
    explicit LostWorkerError(const std::string& message) : Error(ErrorCode::kEngine, message) {}
};

/// Processes, on one machine or many, that train one network together: each computes the gradients of its own
/// patches, and they meet to average them (c10d's Gloo back end, over TCP). All must call the same members in
/// the same order; each call waits for the others and throws LostWorkerError when one is lost.
class WorkerGroup {
  public:
    /// This process alone; nothing is sent.
    WorkerGroup();
    /// Waits until all have joined. Throws LostWorkerError when they have not within the time-out,
    /// Error(kUnsupported) where this build has no Gloo.
    WorkerGroup(const WorkerEnvironment& environment, std::chrono::seconds timeout);
    ~WorkerGroup();
    WorkerGroup(WorkerGroup&&) noexcept;
    WorkerGroup& operator=(WorkerGroup&&) noexcept;

    int rank() const { return rank_; }
    int size() const { return size_; }
    /// Whether this process is the one that writes files and reports.
    bool leads() const { return rank_ == 0; }

    /// Replaces tensors (of one type) by their means over the processes, the same bits in each.
    void average(const std::vector<torch::Tensor>& tensors) const;
    /// The means of numbers over the processes.
    std::vector<double> means(const std::vector<double>& values) const;
    /// Replaces tensors (of one type) by those of rank 0.
    void broadcast(const std::vector<torch::Tensor>& tensors) const;
    /// Rank 0's text or bytes.
    std::string broadcast(const std::string& text) const;

  private:
    class Connection;

    int rank_ = 0;
    int size_ = 1;
    std::unique_ptr<Connection> connection_;
};

}  // namespace jpegdeblock::training
