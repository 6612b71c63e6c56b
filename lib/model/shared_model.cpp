// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>

#include <filesystem>
#include <mutex>
#include <tuple>

#include "model/model.h"

#include "log/message.h"

namespace jpegdeblock {

namespace {

/// Canonical path, inode, size, modification time in seconds and nanoseconds. The inode tells a file that was
/// replaced by one of the same size within the clock's resolution, or with its time kept.
using FileIdentity = std::tuple<std::string, ino_t, off_t, time_t, long>;

struct Cache {
    std::mutex mutex;
    std::map<FileIdentity, std::weak_ptr<const Model>> models;
};

}  // namespace

std::shared_ptr<const Model> load_shared_model(const std::string& path) {
    static Cache cache;
    // Held while loading, so that threads that ask for the same file load it once.
    const std::lock_guard lock(cache.mutex);
    std::erase_if(cache.models, [](const auto& entry) { return entry.second.expired(); });

    std::error_code error;
    const std::string canonical = std::filesystem::canonical(path, error).string();
    struct stat status;
    if (error || ::stat(canonical.c_str(), &status) != 0) return load_model(path);
    const FileIdentity identity(canonical, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                                status.st_mtim.tv_nsec);
    std::weak_ptr<const Model>& cached = cache.models[identity];
    if (std::shared_ptr<const Model> model = cached.lock()) return model;
    std::shared_ptr<const Model> model = load_model(path);
    log(LogLevel::kInfo, [&] { return "Loaded the model '" + path + "'."; });
    cached = model;
    return model;
}

}  // namespace jpegdeblock
