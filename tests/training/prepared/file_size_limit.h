// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/resource.h>

#include <csignal>

/// While it lives, files of this process cannot grow beyond `bytes`: writing more fails, as on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : former_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &former_limit_);
        const rlimit limit{bytes, former_limit_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &former_limit_);
        std::signal(SIGXFSZ, former_handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit former_limit_{};
    void (*former_handler_)(int);
};
