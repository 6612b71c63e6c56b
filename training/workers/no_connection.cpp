// SPDX-License-Identifier: LGPL-2.1-or-later
#include "workers/gloo_connection.h"

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

namespace jpegdeblock::training {

WorkerGroup::Connection::Connection(const WorkerEnvironment& environment, std::chrono::seconds) {
    throw Error(ErrorCode::kUnsupported,
                "the environment asks for " + std::to_string(environment.size) +
                    " processes (WORLD_SIZE), but this program was built without Gloo; install "
                    "libgloo-dev and build it again");
}
WorkerGroup::Connection::~Connection() = default;
void WorkerGroup::Connection::sum(torch::Tensor&) {}
void WorkerGroup::Connection::broadcast(torch::Tensor&) {}

}  // namespace jpegdeblock::training
