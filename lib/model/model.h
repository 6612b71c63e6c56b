// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <jpegdeblock/model.h>
#include <jpegdeblock/quantization.h>

#include "model/safetensors.h"

namespace jpegdeblock {

/// The two families of networks. Both estimate the residual of luma: Y' = Y + strength * residual.
enum class Architecture {
    kDncnn,  ///< Zhang et al., "Beyond a Gaussian Denoiser", IEEE TIP 2017: full resolution, blind.
    kGrid    ///< Made for the 8x8 JPEG grid: pixel-unshuffle, told the quantization table.
};

/// Which scale of luma a network was trained on.
enum class LumaRange {
    kFull,    ///< JPEG luma as decoders give it, 0..255.
    kLimited  ///< BT.601 studio range, 16..235 (MATLAB's rgb2ycbcr).
};

/// The shape of a network. Layers are numbered 0 .. depth-1; every one is a 3x3 convolution with
/// stride 1 and zero padding of 1.
///
///   x      = (Y - input_offset) * input_scale, pixel-unshuffled by `scale`: sample (x, y) goes to
///            channel (y % scale) * scale + x % scale; with `temporal` then the history, unshuffled likewise
///   h[0]   = relu(a[0] * (W[0] * x + phase) + b[0])
///   h[l]   = relu(a[l] * (W[l] * h[l-1]) + b[l] + skip),  l = 1 .. depth-2;
///            skip = h[l - skip_interval] where skip_interval > 0 and l is a multiple of it, else 0
///   r      = W[depth-1] * h[depth-2] + bias[depth-1], pixel-shuffled by `scale`
///   residual in levels = r * output_scale * (conditioned ? low_frequency_step(table) : 1)
///
/// b[l] = bias[l] + shift[l](table); a[l] = 1 + gain[l](table); without conditioning gain and shift are 0.
/// phase is a bias for each channel and each position within the 8x8 block: phase[c][y % p][x % p] with
/// p = 8 / scale at unshuffled position (x, y) counted from the start of a block; 0 without phase_bias.
/// The history of a sample is what the frames before tell of it, -127/128 .. 127/128, 0: nothing
/// (project_history, restore/projection.h).
/// [gain, shift] = M1 * relu(M0 * z + m0) + m1, z[i] = log(step[i]) / 2 - 1, steps in row order; for each
/// layer l = 0 .. depth-2 first the gains of its channels, then the shifts.
struct NetworkDescription {
    Architecture architecture = Architecture::kGrid;
    int scale = 2;             ///< Pixel-unshuffle factor: 1, 2, 4 or 8 (dncnn: 1).
    int channels = 32;         ///< Of every hidden layer, 1..256.
    int depth = 10;            ///< Number of convolutions, 2..64.
    bool conditioned = true;   ///< Told the quantization table (dncnn: false).
    bool phase_bias = true;    ///< Bias for each position of the block (dncnn: false).
    int skip_interval = 2;     ///< 0: no skips (dncnn: 0).
    int condition_width = 64;  ///< Hidden units of the conditioning perceptron, 1..1024.
    float input_offset = 128.0f;
    float input_scale = 1.0f / 128.0f;
    float output_scale = 1.0f;
    LumaRange range = LumaRange::kFull;
    bool temporal = false;  ///< Shown the history (grid, conditioned, input_offset 128, input_scale 1/128).

    bool operator==(const NetworkDescription&) const = default;
};

/// Channels into / out of layer l (0 .. depth-1) of a network.
int input_channels(const NetworkDescription& network, int layer);
int output_channels(const NetworkDescription& network, int layer);

/// Multiply-adds that the convolutions need for each pixel of luma.
double macs_per_pixel(const NetworkDescription& network);

/// Receptive field on each side, in pixels of luma: scale * depth. A region of the residual made of whole
/// scale x scale cells (those that unshuffling makes one position of) depends on no sample farther away from
/// it.
int halo(const NetworkDescription& network);

/// A network with its weights. Immutable once loaded; share it between threads and engines through
/// shared_ptr<const Model>.
///
/// Tensors (all F32): layers.L.weight [out, in, 3, 3], layers.L.bias [out] for each layer L;
/// phase_bias [channels, 8/scale, 8/scale]; condition.0.weight [condition_width, 64], condition.0.bias
/// [condition_width], condition.1.weight [2 * channels * (depth - 1), condition_width], condition.1.bias
/// [2 * channels * (depth - 1)].
///
/// A model that can also run in int8 has these F32 tensors besides, all or none, scales > 0:
/// int8.layers.L.weight_scale [out] and int8.layers.L.bias_correction [out] for each layer L, and
/// int8.layers.L.activation_scale [] for each hidden one, L = 0 .. depth-2. input_offset is then an integer
/// 0..255. The quantized weights are the same for every table; a and b depend on it:
///
///   w8[l]   = clamp(round(W[l] / weight_scale[l]), -127, 127)
///   real[0] = a[0] * (weight_scale[0] * sum(w8 * x) + phase) + b[0]
///   real[l] = a[l] * weight_scale[l] * activation_scale[l-1] * sum(w8 * h8[l-1]) + b[l]
///   h8[l]   = clamp(round((real[l] + skip) / activation_scale[l]), 0, 255);
///             skip = activation_scale[l - skip_interval] * h8[l - skip_interval]
///   r       = real[depth-1], where a = 1
///
/// with bias_correction[l] added to b[l] and rounding to nearest, ties to even. What lies outside of the
/// plane counts as input_offset in layer 0, as 0 in the others. On CPUs without VNNI the engine enlarges the
/// weight_scale of channels in which two products could exceed 16 bits.
struct Model {
    std::string name;  ///< For people: "balanced"; from the file's metadata.
    NetworkDescription network;
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> notes;  ///< Other metadata: how it was trained, licence, ...
    /// Of a temporal network: what restores planes of which nothing was followed (paired()). Null: itself.
    /// No part of a file.
    std::shared_ptr<const Model> without_history = nullptr;

    /// The tensor of that name. Errors: kInvalidFile when absent (never for those that load_model checked).
    const Tensor& tensor(const std::string& tensor_name) const;
};

/// The gains and shifts of a network for a table.
struct Conditioning {
    std::vector<float> gain;   ///< a[l][c] = 1 + gain of the formula above, at l * channels + c.
    std::vector<float> shift;  ///< shift[l][c] alone, without bias, at l * channels + c.
};

/// Whether a model that validate accepts carries what int8 takes.
bool has_int8(const Model& model);

/// Evaluates the perceptron, in double. Without conditioning: gains of 1, shifts of 0. `model` is one that
/// validate accepts. Errors: kInvalidArgument for a step of 0.
Conditioning evaluate_conditioning(const Model& model, const QuantizationTable& table);

/// Throws Error(kInvalidFile) when description and tensors do not fit, a weight is not finite, or a
/// field is out of range. `origin` names the model in the message. load_model and save_model call it.
void validate(const Model& model, const std::string& origin);

/// A temporal model that leaves planes of which nothing was followed to another one; the same object each
/// time as long as somebody holds it. `temporal` itself where the other is null, or a network of another
/// shape. Thread safe.
std::shared_ptr<const Model> paired(const std::shared_ptr<const Model>& temporal,
                                    const std::shared_ptr<const Model>& without_history);

/// Checks and writes a model file, atomically. Errors: as validate and write_safetensors, and
/// kInvalidArgument for a note that has the name of a field of the format.
void save_model(const std::string& path, const Model& model);

/// What a network must compute, stored beside a model as NAME.golden.safetensors by the trainer.
struct Golden {
    int width = 0, height = 0;       ///< Multiples of 8.
    std::vector<std::uint8_t> luma;  ///< width * height.
    QuantizationTable table;
    std::vector<float> residual;  ///< width * height, in levels, as the reference evaluates in f32.
    /// What the network is shown of the frames before, width * height, 128 + 128 * history; empty: nothing.
    std::vector<std::uint8_t> history = {};
};
/// Errors as load_model / save_model.
Golden load_golden(const std::string& path);
void save_golden(const std::string& path, const Golden& golden);
/// "x/balanced.safetensors" -> "x/balanced.golden.safetensors".
std::string golden_path(const std::string& model_path);

}  // namespace jpegdeblock
