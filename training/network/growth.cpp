// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/growth.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>

namespace jpegdeblock::training {
namespace {

/// Of He's deviation: what a new channel's weights beside the identity start with, as in Network.
constexpr double kShareBesideIdentity = 1.0 / 3;

void require(bool fits, const Model& model, const std::string& what) {
    if (!fits)
        throw Error(ErrorCode::kInvalidArgument,
                    "the network to be trained cannot start from model '" + model.name + "': " + what);
}

void require_growth(const Model& model, const NetworkDescription& to) {
    const NetworkDescription& from = model.network;
    NetworkDescription same = to;
    same.channels = from.channels;
    same.depth = from.depth;
    same.condition_width = from.condition_width;
    same.temporal = to.temporal && from.temporal;
    require(same == from, model,
            "more than channels, depth, the conditioning's width and what it is shown of the frames before "
            "differ (compare 'inspect')");
    require(
        to.channels >= from.channels && to.depth >= from.depth && to.condition_width >= from.condition_width,
        model,
        "it has " + std::to_string(to.channels) + " channels and " + std::to_string(to.depth) +
            " layers, the model more: " + std::to_string(from.channels) + " and " +
            std::to_string(from.depth));
    const int interval = from.skip_interval;
    require(to.depth == from.depth || interval == 0 ||
                ((to.depth - from.depth) % interval == 0 && (from.depth - 2) % interval == 0),
            model,
            "with a skip every " + std::to_string(interval) +
                " layers as many, or a multiple, must be added after a layer in which a skip ends");
}

class Growth {
  public:
    Growth(const Model& model, const NetworkDescription& description, std::uint64_t seed,
           bool identity_branch)
        : from_(model), identity_branch_(identity_branch), generator_(seed) {
        result_.name = model.name;
        result_.network = description;
    }

    Model grow() {
        const NetworkDescription& to = result_.network;
        for (int layer = 0; layer < to.depth; ++layer) grow_layer(layer);
        const int period = 8 / to.scale;
        if (to.phase_bias) copy_into(add("phase_bias", {to.channels, period, period}), "phase_bias");
        if (to.conditioned) grow_conditioning();
        return std::move(result_);
    }

  private:
    Tensor& add(const std::string& name, std::vector<std::int64_t> shape) {
        return result_.tensors[name] = make_tensor(DataType::kF32, std::move(shape));
    }

    void copy_into(Tensor& to, const std::string& name) {
        const Tensor& from = from_.tensor(name);
        std::copy_n(from.as<float>(), from.elements(), to.as<float>());
    }

    void randomize(Tensor& tensor, double deviation) {
        std::normal_distribution<float> normal(0.0f, static_cast<float>(deviation));
        for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] = normal(generator_);
    }

    bool is_new(int layer) const {
        return layer >= from_.network.depth - 1 && layer < result_.network.depth - 1;
    }
    /// The layer of the smaller network; not for new ones.
    int old_layer(int layer) const {
        return layer == result_.network.depth - 1 ? from_.network.depth - 1 : layer;
    }

    void grow_layer(int layer) {
        const NetworkDescription& to = result_.network;
        const int in = input_channels(to, layer), out = output_channels(to, layer);
        const std::string name = "layers." + std::to_string(layer);
        Tensor& weight = add(name + ".weight", {out, in, 3, 3});
        Tensor& bias = add(name + ".bias", {out});
        const bool last = layer == to.depth - 1;
        const bool branch = identity_branch_ && layer > 0 && !last;
        if (!last) randomize(weight, std::sqrt(2.0 / (9.0 * in)) * (branch ? kShareBesideIdentity : 1.0));
        if (branch) add_identity(weight, out);
        if (is_new(layer)) {
            make_identity(weight, layer, in, out);
            return;
        }
        const std::string old_name = "layers." + std::to_string(old_layer(layer));
        const Tensor& old = from_.tensor(old_name + ".weight");
        const auto old_out = static_cast<int>(old.shape[0]), old_in = static_cast<int>(old.shape[1]);
        float* w = weight.as<float>();
        for (int o = 0; o < old_out; ++o)
            for (int i = 0; i < in; ++i)
                for (int k = 0; k < 9; ++k)
                    w[(o * in + i) * 9 + k] = i < old_in ? old.as<float>()[(o * old_in + i) * 9 + k] : 0.0f;
        copy_into(bias, old_name + ".bias");
    }

    void add_identity(Tensor& weight, int channels) {
        for (int c = 0; c < channels; ++c) weight.as<float>()[(c * channels + c) * 9 + 4] += 1.0f;
    }

    /// Activations are not negative, so that relu(x) = x.
    void make_identity(Tensor& weight, int layer, int in, int out) {
        const int interval = result_.network.skip_interval;
        float* w = weight.as<float>();
        if (interval > 0) {
            // The skip carries the old layer's activations past the group; the last layer in it adds nothing.
            if (layer % interval == 0) std::fill_n(w, weight.elements(), 0.0f);
            return;
        }
        const int kept = from_.network.channels;
        for (int o = 0; o < std::min(kept, out); ++o)
            for (int i = 0; i < in; ++i)
                for (int k = 0; k < 9; ++k) w[(o * in + i) * 9 + k] = o == i && k == 4 ? 1.0f : 0.0f;
    }

    void grow_conditioning() {
        const NetworkDescription &from = from_.network, &to = result_.network;
        Tensor& hidden = add("condition.0.weight", {to.condition_width, 64});
        randomize(hidden, std::sqrt(2.0 / 64));
        copy_into(hidden, "condition.0.weight");
        copy_into(add("condition.0.bias", {to.condition_width}), "condition.0.bias");
        const int rows = 2 * to.channels * (to.depth - 1);
        Tensor& weight = add("condition.1.weight", {rows, to.condition_width});
        Tensor& bias = add("condition.1.bias", {rows});
        for (int layer = 0; layer < to.depth - 1; ++layer) {
            if (is_new(layer)) continue;  // Gains of 1, shifts of 0.
            for (int part = 0; part < 2; ++part)
                for (int channel = 0; channel < from.channels; ++channel) {
                    const int row = (2 * layer + part) * to.channels + channel;
                    const int old = (2 * layer + part) * from.channels + channel;
                    bias.as<float>()[row] = from_.tensor("condition.1.bias").as<float>()[old];
                    std::copy_n(from_.tensor("condition.1.weight").as<float>() + old * from.condition_width,
                                from.condition_width, weight.as<float>() + row * to.condition_width);
                }
        }
    }

    const Model& from_;
    bool identity_branch_;
    Model result_;
    std::mt19937_64 generator_;
};

}  // namespace

Model grow(const Model& model, const NetworkDescription& description, std::uint64_t seed,
           bool identity_branch) {
    require_growth(model, description);
    return Growth(model, description, seed, identity_branch).grow();
}

}  // namespace jpegdeblock::training
