// SPDX-License-Identifier: LGPL-2.1-or-later
#include "workers/gloo_connection.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

// Without it, LibTorch's header of the Gloo back end is empty.
#define USE_C10D_GLOO

#include <memory>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace jpegdeblock::training {
namespace {

/// Runs what may lose another process; says what happened.
template <typename Work>
auto reporting_loss(const std::string& doing, const Work& work) {
    const auto lost = [&doing](const std::string& reason) {
        return LostWorkerError(doing + ": a process of the group is lost or does not answer (" + reason +
                               "); start all of them again, with --resume to go on from the checkpoint");
    };
    try {
        return work();
    } catch (const c10::Error& error) {
        throw lost(error.what_without_backtrace());
    } catch (const std::exception& error) {
        throw lost(error.what());
    }
}

/// This machine's address on the way to the leader: where the others can reach it. The host's own name would
/// often resolve to the loopback address, which other machines cannot reach.
std::string own_address(const WorkerEnvironment& environment) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;  // Connecting sends nothing; it only picks the route.
    addrinfo* found = nullptr;
    const int failure = getaddrinfo(environment.leader_address.c_str(),
                                    std::to_string(environment.leader_port).c_str(), &hints, &found);
    if (failure != 0)
        throw Error(ErrorCode::kInvalidArgument, "the environment's MASTER_ADDR '" +
                                                     environment.leader_address +
                                                     "' has no address: " + gai_strerror(failure));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    for (const addrinfo* entry = addresses.get(); entry != nullptr; entry = entry->ai_next) {
        const int descriptor = socket(entry->ai_family, entry->ai_socktype, entry->ai_protocol);
        if (descriptor < 0) continue;
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        char text[NI_MAXHOST];
        const bool known = connect(descriptor, entry->ai_addr, entry->ai_addrlen) == 0 &&
                           getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
                           getnameinfo(reinterpret_cast<sockaddr*>(&own), size, text, sizeof text, nullptr, 0,
                                       NI_NUMERICHOST) == 0;
        close(descriptor);
        if (known) return text;
    }
    throw LostWorkerError("no network leads to MASTER_ADDR '" + environment.leader_address + "'");
}

/// Later LibTorch asks for libuv unless told not to, which Debian's is built without.
template <typename Options>
void do_without_libuv(Options& options) {
    if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

}  // namespace

WorkerGroup::Connection::Connection(const WorkerEnvironment& environment, std::chrono::seconds timeout) {
    const std::string address = own_address(environment);
    reporting_loss(
        "joining process " + std::to_string(environment.rank) + " of " + std::to_string(environment.size) +
            " at " + environment.leader_address + ":" + std::to_string(environment.leader_port),
        [&] {
            c10d::TCPStoreOptions meeting;
            meeting.port = static_cast<std::uint16_t>(environment.leader_port);
            meeting.isServer = environment.rank == 0 && !environment.store_is_served;
            meeting.numWorkers = static_cast<std::size_t>(environment.size);
            meeting.waitWorkers = !environment.store_is_served;
            meeting.timeout = timeout;
            do_without_libuv(meeting);
            const auto store = c10::make_intrusive<c10d::PrefixStore>(
                "jpegdeblock/" + environment.attempt,
                c10::make_intrusive<c10d::TCPStore>(environment.leader_address, meeting));
            const auto options = c10d::ProcessGroupGloo::Options::create(timeout);
            const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
            options->devices.push_back(interface != nullptr
                                           ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                           : c10d::ProcessGroupGloo::createDeviceForHostname(address));
            group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store, environment.rank, environment.size,
                                                                 options);
        });
}

WorkerGroup::Connection::~Connection() = default;

void WorkerGroup::Connection::sum(torch::Tensor& tensor) {
    std::vector<torch::Tensor> tensors = {tensor};
    reporting_loss("averaging over the processes", [&] { group_->allreduce(tensors)->wait(); });
}

void WorkerGroup::Connection::broadcast(torch::Tensor& tensor) {
    std::vector<torch::Tensor> tensors = {tensor};
    reporting_loss("receiving from rank 0", [&] { group_->broadcast(tensors)->wait(); });
}

}  // namespace jpegdeblock::training
