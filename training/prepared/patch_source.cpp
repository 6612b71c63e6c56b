// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/patch_source.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <random>
#include <thread>

#include "patches/patch_orientation.h"
#include "patches/random_draws.h"

namespace jpegdeblock::training {
namespace {

// What a generator is for; that of the patches of the pair at place i of a chunk: kPatches + i.
constexpr std::uint32_t kOrderOfPairs = 0, kOrderOfPatches = 1, kPatches = 2;

// std::shuffle may differ between libraries; a resumed training must not.
template <typename T>
void shuffle(std::vector<T>& values, std::mt19937_64& generator) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[generator() % i]);
}

template <typename Work>
void for_each_parallel(std::size_t count, std::size_t threads, const Work& work) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(count, threads); ++i)
        workers.emplace_back([&] {
            for (std::size_t index = next++; index < count; index = next++) work(index);
        });
}

}  // namespace

/// A pair of files as planes in levels.
struct PreparedPatchSource::Planes {
    int width = 0, height = 0;
    std::vector<float> compressed, pristine;
};

/// The shuffled patches of some pairs.
struct PreparedPatchSource::Chunk {
    std::vector<float> compressed, pristine;
};

PreparedPatchSource::PreparedPatchSource(const std::string& dataset, const PreparedPatchOptions& options,
                                         std::function<void(const std::string&)> warn)
    : options_(options), warn_(std::move(warn)) {
    if (options.batch < 1 || options.side < 1 || options.patches_per_pair < 1 || options.pairs_at_once < 1 ||
        options.threads < 1)
        throw Error(ErrorCode::kInvalidArgument,
                    "patches a step, side, patches a picture and threads must be at least 1");
    PairList list = list_pairs(dataset);
    if (list.unpaired > 0)
        warn_(std::to_string(list.unpaired) + " files of '" + dataset +
              "' have no counterpart of their name in the other folder and are left out");
    pairs_ = std::move(list.pairs);
    range_ = dataset_range(dataset, pairs_);
}

PreparedPatchSource::~PreparedPatchSource() {
    chunks_.clear();  // Waits for reading threads, which use the other members.
}

std::uint64_t PreparedPatchSource::patches_per_epoch() const {
    return pairs_.size() * static_cast<std::uint64_t>(options_.patches_per_pair);
}

std::uint64_t PreparedPatchSource::chunks_per_epoch() const {
    const auto size = static_cast<std::uint64_t>(options_.pairs_at_once);
    return (pairs_.size() + size - 1) / size;
}

PatchBatch PreparedPatchSource::make_batch(std::uint64_t index) const {
    const auto side = static_cast<std::size_t>(options_.side);
    const std::size_t pixels = side * side;
    const std::uint64_t chunk_patches = static_cast<std::uint64_t>(options_.pairs_at_once) *
                                        static_cast<std::uint64_t>(options_.patches_per_pair);
    PatchBatch batch;
    batch.count = options_.batch;
    batch.side = options_.side;
    batch.compressed.resize(pixels * static_cast<std::size_t>(batch.count));
    batch.pristine.resize(batch.compressed.size());
    std::shared_ptr<const Chunk> current;
    std::uint64_t current_number = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch.count); ++i) {
        const std::uint64_t patch = index * static_cast<std::uint64_t>(batch.count) + i;
        const std::uint64_t within_epoch = patch % patches_per_epoch();
        const std::uint64_t number =
            patch / patches_per_epoch() * chunks_per_epoch() + within_epoch / chunk_patches;
        if (!current || number != current_number) {
            current = chunk(number);
            current_number = number;
        }
        const auto from = static_cast<std::ptrdiff_t>(within_epoch % chunk_patches * pixels);
        const auto to = static_cast<std::ptrdiff_t>(i * pixels);
        const auto count = static_cast<std::ptrdiff_t>(pixels);
        std::copy_n(current->compressed.begin() + from, count, batch.compressed.begin() + to);
        std::copy_n(current->pristine.begin() + from, count, batch.pristine.begin() + to);
    }
    return batch;
}

std::shared_ptr<const PreparedPatchSource::Chunk> PreparedPatchSource::chunk(std::uint64_t number) const {
    ChunkFuture wanted;
    std::vector<ChunkFuture> dropped;  // Destroyed after the lock: a future waits for its thread.
    {
        const std::lock_guard lock(mutex_);
        wanted = request(number);
        request(number + 1);
        for (auto entry = chunks_.begin(); entry != chunks_.end();)
            if (entry->first != number && entry->first != number + 1) {
                dropped.push_back(std::move(entry->second));
                entry = chunks_.erase(entry);
            } else {
                ++entry;
            }
    }
    return wanted.get();
}

PreparedPatchSource::ChunkFuture PreparedPatchSource::request(std::uint64_t number) const {
    const auto found = chunks_.find(number);
    if (found != chunks_.end()) return found->second;
    ChunkFuture future = std::async(std::launch::async, [this, number] { return load_chunk(number); });
    chunks_.emplace(number, future);
    return future;
}

std::shared_ptr<const PreparedPatchSource::Chunk> PreparedPatchSource::load_chunk(
    std::uint64_t number) const {
    const std::uint64_t epoch = number / chunks_per_epoch();
    std::vector<std::size_t> order(pairs_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 pair_generator = generator_of(options_.seed, epoch, kOrderOfPairs);
    shuffle(order, pair_generator);
    const auto size = static_cast<std::size_t>(options_.pairs_at_once);
    // From here on the chunk's own pairs come first.
    std::rotate(order.begin(),
                order.begin() + static_cast<std::ptrdiff_t>(number % chunks_per_epoch() * size), order.end());
    const std::size_t own = std::min(size, order.size() - number % chunks_per_epoch() * size);
    const std::vector<std::shared_ptr<const Planes>> planes = load_planes(order, own);

    const auto per_pair = static_cast<std::size_t>(options_.patches_per_pair);
    const auto side = static_cast<std::size_t>(options_.side);
    std::vector<std::size_t> places(planes.size() * per_pair);
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::mt19937_64 patch_generator = generator_of(options_.seed, number, kOrderOfPatches);
    shuffle(places, patch_generator);
    auto chunk = std::make_shared<Chunk>();
    chunk->compressed.resize(places.size() * side * side);
    chunk->pristine.resize(chunk->compressed.size());
    for_each_parallel(planes.size(), static_cast<std::size_t>(options_.threads), [&](std::size_t pair) {
        const Planes& source = *planes[pair];
        std::mt19937_64 generator =
            generator_of(options_.seed, number, kPatches + static_cast<std::uint32_t>(pair));
        for (std::size_t i = 0; i < per_pair; ++i) {
            const auto draw = [&](int count) {
                return static_cast<int>(generator() % static_cast<std::uint64_t>(count));
            };
            const int left = draw(source.width - options_.side + 1);
            const int top = draw(source.height - options_.side + 1);
            const int orientation = draw(8);
            const std::size_t at = places[pair * per_pair + i] * side * side;
            copy_patch(source.compressed.data(), source.width, left, top, options_.side, orientation,
                       &chunk->compressed[at]);
            copy_patch(source.pristine.data(), source.width, left, top, options_.side, orientation,
                       &chunk->pristine[at]);
        }
    });
    return chunk;
}

std::vector<std::shared_ptr<const PreparedPatchSource::Planes>> PreparedPatchSource::load_planes(
    const std::vector<std::size_t>& order, std::size_t count) const {
    const auto load = [&](std::size_t place) -> std::shared_ptr<const Planes> {
        const PreparedPair& pair = pairs_[order[place]];
        try {
            return std::make_shared<Planes>(read_planes(pair));
        } catch (const std::exception& error) {
            report(pair.compressed, error.what());
            return nullptr;
        }
    };
    std::vector<std::shared_ptr<const Planes>> planes(count);
    for_each_parallel(count, static_cast<std::size_t>(options_.threads),
                      [&](std::size_t i) { planes[i] = load(i); });
    std::shared_ptr<const Planes> substitute;
    for (const auto& usable : planes)
        if (usable) substitute = usable;
    for (std::size_t place = count; !substitute && place < order.size(); ++place) substitute = load(place);
    if (!substitute)
        throw Error(ErrorCode::kInvalidFile, "none of the " + std::to_string(pairs_.size()) +
                                                 " pairs of prepared pictures can be used; the first is '" +
                                                 pairs_.front().compressed + "'");
    for (auto plane = planes.rbegin(); plane != planes.rend(); ++plane) {
        if (!*plane) *plane = substitute;
        substitute = *plane;
    }
    return planes;
}

PreparedPatchSource::Planes PreparedPatchSource::read_planes(const PreparedPair& pair) const {
    const MatMatrix compressed = read_mat_matrix(pair.compressed, kCompressedVariable);
    const MatMatrix residual = read_mat_matrix(pair.residual, kResidualVariable);
    const std::string size = std::to_string(compressed.columns) + "x" + std::to_string(compressed.rows);
    if (residual.rows != compressed.rows || residual.columns != compressed.columns)
        throw Error(ErrorCode::kInvalidFile,
                    "the compressed picture has " + size + " pixels, but its residual " +
                        std::to_string(residual.columns) + "x" + std::to_string(residual.rows));
    const auto side = static_cast<std::size_t>(options_.side);
    if (compressed.rows < side || compressed.columns < side)
        throw Error(ErrorCode::kInvalidFile, "the picture has " + size + " pixels, less than a patch of " +
                                                 std::to_string(side) + "x" + std::to_string(side));
    Planes planes{static_cast<int>(compressed.columns), static_cast<int>(compressed.rows), {}, {}};
    planes.compressed.resize(compressed.values.size());
    planes.pristine.resize(compressed.values.size());
    for (std::size_t y = 0; y < compressed.rows; ++y)
        for (std::size_t x = 0; x < compressed.columns; ++x) {
            const double luma = compressed.at(y, x), difference = residual.at(y, x);
            if (!(luma >= 0 && luma <= 1 && std::abs(difference) <= 1))
                throw Error(ErrorCode::kInvalidFile, "it has the value " + std::to_string(luma) +
                                                         " and the residual " + std::to_string(difference) +
                                                         ", expected levels / 255 in 0..1 and -1..1");
            const std::size_t at = y * compressed.columns + x;
            planes.compressed[at] = static_cast<float>(255 * luma);
            planes.pristine[at] = static_cast<float>(255 * (luma - difference));
        }
    return planes;
}

void PreparedPatchSource::report(const std::string& file, const std::string& problem) const {
    const std::lock_guard lock(mutex_);
    if (reported_.insert(file).second) warn_("not used: '" + file + "': " + problem);
}

}  // namespace jpegdeblock::training
