// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <jpegdeblock/export.h>

namespace jpegdeblock {

/// A network with its weights. Immutable once loaded; share it between threads and pictures' restorers.
struct Model;

/// Reads and checks a model file. Errors: kNotFound, kUnreadable; kInvalidFile for a file that is
/// none, or inconsistent; kUnsupported for a format version newer than this library's.
JPEGDEBLOCK_API std::shared_ptr<const Model> load_model(const std::string& path);

/// load_model through a cache for the whole process: as long as somebody holds a model, a further load of the
/// same unchanged file (same path, inode, size and modification time) gives the same object. Thread safe.
JPEGDEBLOCK_API std::shared_ptr<const Model> load_shared_model(const std::string& path);

/// Names of presets, cheapest first: fast, balanced, best, dncnn. (Not all need be installed.)
JPEGDEBLOCK_API const std::vector<std::string>& preset_names();

/// The path of an installed model: $JPEGDEBLOCK_MODEL_PATH (colon-separated folders) first, then the
/// folder it was installed to. Errors: kNotFound lists the folders looked in and the models that are there;
/// kInvalidArgument for a name that is empty or has a slash.
JPEGDEBLOCK_API std::string find_model(const std::string& name);

/// The path of a preset's installed model for videos, whose network is shown the frames before: the model
/// "NAME-temporal" where that is installed, else as find_model.
JPEGDEBLOCK_API std::string find_video_model(const std::string& name);

/// Loads a preset's model for videos, as load_shared_model loads find_video_model's file. Frames of which
/// nothing is found in the frame before are restored by the preset's model for pictures, where that is
/// installed, as if they were pictures. Errors: as find_video_model and load_model. Thread safe.
JPEGDEBLOCK_API std::shared_ptr<const Model> load_video_model(const std::string& name);

/// Arithmetic of the convolutions.
enum class Precision {
    kAuto,  ///< What this CPU does fastest among those the model carries.
    kF32,
    kBf16,  ///< bfloat16 weights and activations, f32 sums. Needs AVX-512 (emulated below AVX512_BF16).
    kInt8   ///< u8 activations, s8 weights; for models that carry them, on x86 CPUs, best with VNNI.
};

/// "auto", "f32", "bf16", "int8".
JPEGDEBLOCK_API const char* name_of(Precision precision);

/// Threads that run an engine's work. The caller's thread is one of them; no other thread spins or runs while
/// nothing is to be done. May be shared by engines: their calls then take turns, in the order
/// in which they came.
/// Thread safe.
class Workers;

/// threads: 1.. ; 0 = as many as the process may run on (sched_getaffinity).
JPEGDEBLOCK_API std::shared_ptr<Workers> make_workers(int threads);

/// The process's workers of that number of threads: the same object as long as somebody holds it, so that the
/// streams of one process take turns at the processors instead of crowding them. With one thread, which is
/// always the caller's, each call gives its own.
JPEGDEBLOCK_API std::shared_ptr<Workers> shared_workers(int threads);

/// What a preset has to keep up with.
struct StreamSpeed {
    int width = 0;
    int height = 0;
    double frames_per_second = 0.0;  ///< 0: it may take as long as it needs.
    bool follows =
        false;  ///< The frames before help (PictureOptions::temporal): networks for videos are meant.

    bool operator==(const StreamSpeed&) const = default;
};

/// The name of the best installed preset that keeps up with a stream on this machine in that precision and
/// with those workers, following its blocks included, with some time left for the decoder; the fastest where
/// none does. Without a frame rate the best. "dncnn" only where it is the only one. Models that cannot be
/// used (broken, or without the precision) do not count.
///
/// With a frame rate: runs each candidate on a small plane, cheapest first until one is too slow, which takes
/// some milliseconds for each; remembers the times as long as the process lives, so that what was measured
/// costs no engine again. Thread safe.
/// Errors: as find_model and load_model, and kUnsupported for the precision, where no preset can be used.
JPEGDEBLOCK_API std::string choose_preset(const StreamSpeed& stream, Precision precision,
                                          const std::shared_ptr<Workers>& workers);

/// Whether choose_preset will find anything to choose from, before the stream is known. Builds no engine.
/// Thread safe. Errors: as choose_preset.
JPEGDEBLOCK_API void check_presets(Precision precision);

}  // namespace jpegdeblock
