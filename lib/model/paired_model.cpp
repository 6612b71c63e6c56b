// SPDX-License-Identifier: LGPL-2.1-or-later
#include <map>
#include <mutex>
#include <utility>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "log/message.h"

namespace jpegdeblock {
namespace {

/// A pair keeps both of its models, so that nobody else has their addresses while it is in use.
using Pair = std::pair<const Model*, const Model*>;

struct Cache {
    std::mutex mutex;
    std::map<Pair, std::weak_ptr<const Model>> models;
};

bool takes_the_place_of(const Model& other, const Model& temporal) {
    NetworkDescription wanted = temporal.network;
    wanted.temporal = false;
    return temporal.network.temporal && other.network == wanted;
}

/// Keeps the model that it was made of.
struct PairedModel : Model {
    std::shared_ptr<const Model> temporal;
};

}  // namespace

std::shared_ptr<const Model> paired(const std::shared_ptr<const Model>& temporal,
                                    const std::shared_ptr<const Model>& without_history) {
    if (!without_history || !takes_the_place_of(*without_history, *temporal)) return temporal;
    static Cache cache;
    const std::lock_guard lock(cache.mutex);
    std::erase_if(cache.models, [](const auto& entry) { return entry.second.expired(); });
    std::weak_ptr<const Model>& cached = cache.models[{temporal.get(), without_history.get()}];
    if (std::shared_ptr<const Model> model = cached.lock()) return model;
    auto pair = std::make_shared<PairedModel>();
    static_cast<Model&>(*pair) = *temporal;
    pair->without_history = without_history;
    pair->temporal = temporal;
    cached = pair;
    return pair;
}

std::shared_ptr<const Model> load_video_model(const std::string& name) {
    std::shared_ptr<const Model> model = load_shared_model(find_video_model(name));
    if (!model->network.temporal) return model;
    try {
        return paired(model, load_shared_model(find_model(name)));
    } catch (const Error& error) {
        // It is not needed.
        log(LogLevel::kDebug, [&] {
            return "The model for videos '" + model->name +
                   "' restores all frames by itself: " + error.what();
        });
        return model;
    }
}

}  // namespace jpegdeblock
