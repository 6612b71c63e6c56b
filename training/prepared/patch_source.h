// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "model/model.h"
#include "patches/patch_source.h"
#include "prepared/dataset.h"

namespace jpegdeblock::training {

struct PreparedPatchOptions {
    int batch = 64;
    int side = 50;
    int patches_per_pair = 128;  ///< A pair's patches in an epoch.
    /// Pairs that are read and shuffled together; bounds the memory: a pair's patches take 8 bytes a pixel.
    int pairs_at_once = 32;
    int threads = 4;  ///< That read files.
    std::uint64_t seed = 1;
};

/// Patches out of a data set that `prepare` (or MathWorks' deblocking example) wrote. An epoch takes
/// patches_per_pair patches at random places out of each pair of files, in random order, each in one of eight
/// orientations. The pairs of an epoch are shuffled and read a few at a time, ahead of need; the patches of
/// those are shuffled again. Files that cannot be used are reported once, and others stand in for them.
class PreparedPatchSource : public PatchSource {
  public:
    /// Throws Error(kNotFound) where there is no data set, Error(kInvalidArgument) for options below 1.
    PreparedPatchSource(const std::string& dataset, const PreparedPatchOptions& options,
                        std::function<void(const std::string&)> warn);
    ~PreparedPatchSource() override;

    /// Throws Error(kInvalidFile) when no file of those needed can be used.
    PatchBatch make_batch(std::uint64_t index) const override;

    std::uint64_t patches_per_epoch() const;
    std::size_t pairs() const { return pairs_.size(); }
    LumaRange range() const { return range_; }

  private:
    struct Planes;
    struct Chunk;
    using ChunkFuture = std::shared_future<std::shared_ptr<const Chunk>>;

    std::uint64_t chunks_per_epoch() const;
    std::shared_ptr<const Chunk> chunk(std::uint64_t number) const;
    ChunkFuture request(std::uint64_t number) const;
    std::shared_ptr<const Chunk> load_chunk(std::uint64_t number) const;
    /// The first `count` pairs of `order`; where one cannot be used, another of `order` stands in.
    std::vector<std::shared_ptr<const Planes>> load_planes(const std::vector<std::size_t>& order,
                                                           std::size_t count) const;
    Planes read_planes(const PreparedPair& pair) const;
    void report(const std::string& file, const std::string& problem) const;

    std::vector<PreparedPair> pairs_;
    PreparedPatchOptions options_;
    std::function<void(const std::string&)> warn_;
    LumaRange range_;
    mutable std::mutex mutex_;  // Guards what follows.
    mutable std::map<std::uint64_t, ChunkFuture> chunks_;
    mutable std::set<std::string> reported_;
};

}  // namespace jpegdeblock::training
