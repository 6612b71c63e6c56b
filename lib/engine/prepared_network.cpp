// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/prepared_network.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "engine/folding.h"
#include "engine/onednn.h"

namespace jpegdeblock {

namespace {

using dnnl::memory;

constexpr memory::data_type type_of(float) {
    return memory::data_type::f32;
}

constexpr memory::data_type type_of(std::int8_t) {
    return memory::data_type::s8;
}

template <typename Weight>
memory to_layout(const std::vector<Weight>& weights, const ConvolutionShape& shape,
                 const memory::desc& layout, dnnl::stream& stream) {
    const memory::desc plain({shape.output_channels, shape.input_channels, shape.kernel, shape.kernel},
                             type_of(Weight{}), memory::format_tag::oihw);
    memory source(plain, cpu_engine(), const_cast<Weight*>(weights.data()));
    memory result(layout, cpu_engine());
    dnnl::reorder(source, result).execute(stream, source, result);
    return result;
}

template <typename Weight>
std::array<memory, kBandHeights> to_layouts(const std::vector<Weight>& weights, const LayerLayout& layout,
                                            dnnl::stream& stream) {
    std::array<memory, kBandHeights> result;
    for (int height = 0; height < kBandHeights; ++height)
        result[height] = height > 0 && layout.weights[height] == layout.weights[0]
                             ? result[0]
                             : to_layout(weights, layout.shape, layout.weights[height], stream);
    return result;
}

memory to_memory(const std::vector<float>& values, const memory::desc& layout) {
    memory result(layout, cpu_engine());
    std::copy(values.begin(), values.end(), static_cast<float*>(result.get_data_handle()));
    return result;
}

memory bias_memory(const std::vector<float>& bias) {
    return to_memory(
        bias, {{static_cast<memory::dim>(bias.size())}, memory::data_type::f32, memory::format_tag::x});
}

/// other: the layer as it is prepared for another table; nullptr: it is not.
PreparedLayer prepare_int8_layer(const Model& model, const Conditioning& conditioning, int layer,
                                 const LayerLayout& layout, const PreparedLayer* other,
                                 dnnl::stream& stream) {
    PreparedLayer result;
    if (other != nullptr) {
        result.weights = other->weights;
        result.weight_sums = other->weight_sums;
    } else {
        const std::vector<std::int8_t> weights = int8_weights(model, layer, layout.shape);
        result.weights = to_layouts(weights, layout, stream);
        result.weight_sums = sums_of_outputs(weights, layout.shape);
    }
    const Int8Modulation modulation =
        fold_int8_modulation(model, conditioning, layer, layout.shape, result.weight_sums);
    const onednn::OutputScaling& scaling = layout.shape.scaling;
    result.bias = bias_memory(onednn::call_bias(scaling, modulation.gain, modulation.bias));
    if (!layout.factors.is_zero())
        result.factors = to_memory(onednn::call_factors(scaling, modulation.gain), layout.factors);
    return result;
}

PreparedLayer prepare_layer(const Model& model, const Conditioning& conditioning, int layer,
                            const LayerLayout& layout, const PreparedLayer* other, dnnl::stream& stream) {
    const ConvolutionShape& shape = layout.shape;
    PreparedLayer result;
    if (shape.weights_type == memory::data_type::s8) {
        result = prepare_int8_layer(model, conditioning, layer, layout, other, stream);
    } else {
        const FoldedLayer<float> folded = fold_layer(model, conditioning, layer, shape);
        result.weights = to_layouts(folded.weights, layout, stream);
        result.bias = bias_memory(folded.bias);
    }
    if (shape.addend) {
        result.addend = memory(layout.addend, cpu_engine());
        fold_phase_bias(model, conditioning, shape, onednn::dimensions_of(layout.addend)[2],
                        static_cast<float*>(result.addend.get_data_handle()));
    }
    return result;
}

/// Remembers prepared networks for as long as somebody holds them.
class Cache {
  public:
    struct Key {
        const Model* model;  ///< Lives as long as the network, so no other model has this address.
        std::optional<QuantizationTable> table;  ///< Nothing for unconditioned networks.
        std::vector<LayerLayout> layouts;

        bool operator==(const Key&) const = default;
    };

    std::shared_ptr<const PreparedNetwork> find(const Key& key) {
        std::lock_guard lock(mutex_);
        std::erase_if(entries_, [](const Entry& entry) { return entry.network.expired(); });
        for (const Entry& entry : entries_)
            if (entry.key == key) return entry.network.lock();
        return nullptr;
    }

    /// The network for some table.
    std::shared_ptr<const PreparedNetwork> find_similar(const Key& key) {
        std::lock_guard lock(mutex_);
        for (const Entry& entry : entries_)
            if (entry.key.model == key.model && entry.key.layouts == key.layouts)
                if (auto network = entry.network.lock()) return network;
        return nullptr;
    }

    void add(Key key, const std::shared_ptr<const PreparedNetwork>& network) {
        std::lock_guard lock(mutex_);
        entries_.push_back({std::move(key), network});
    }

  private:
    struct Entry {
        Key key;
        std::weak_ptr<const PreparedNetwork> network;
    };

    std::mutex mutex_;
    std::vector<Entry> entries_;
};

}  // namespace

std::shared_ptr<const PreparedNetwork> prepare_network(const std::shared_ptr<const Model>& model,
                                                       const QuantizationTable& table,
                                                       const std::vector<LayerLayout>& layouts) {
    static Cache cache;
    Cache::Key key{model.get(), std::nullopt, layouts};
    if (model->network.conditioned) key.table = table;
    if (auto found = cache.find(key)) return found;

    const Conditioning conditioning = evaluate_conditioning(*model, table);
    const std::shared_ptr<const PreparedNetwork> similar = cache.find_similar(key);
    auto network = std::make_shared<PreparedNetwork>();
    network->model = model;
    with_onednn("prepare the weights of the model '" + model->name + "'", [&] {
        dnnl::stream stream(cpu_engine());
        for (int layer = 0; layer < model->network.depth; ++layer)
            network->layers.push_back(prepare_layer(*model, conditioning, layer, layouts[layer],
                                                    similar ? &similar->layers[layer] : nullptr, stream));
        stream.wait();
    });
    cache.add(std::move(key), network);
    return network;
}

}  // namespace jpegdeblock
