// SPDX-License-Identifier: LGPL-2.1-or-later
#include "program/stop_signals.h"

#include <csignal>
#include <cstdlib>

namespace jpegdeblock::training {
namespace {

std::atomic<bool> stop_requested = false;

extern "C" void request_stop(int) {
    if (stop_requested.exchange(true)) std::_Exit(130);
}

}  // namespace

const std::atomic<bool>& stop_on_signals() {
    std::signal(SIGINT, request_stop);
    std::signal(SIGTERM, request_stop);
    return stop_requested;
}

}  // namespace jpegdeblock::training
