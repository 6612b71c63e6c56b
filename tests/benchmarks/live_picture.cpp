// SPDX-License-Identifier: LGPL-2.1-or-later
#include "live_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "metrics/metrics.h"

namespace jpegdeblock {
namespace {

struct Strip {
    double brightness, sharpness;
};

Strip strip_of(ConstPlane plane, int first, int last) {
    double sum = 0, differences = 0;
    for (int y = first; y < last; ++y)
        for (int x = 1; x < plane.width; ++x) {
            sum += plane.row(y)[x];
            differences += std::abs(plane.row(y)[x] - plane.row(y)[x - 1]);
        }
    const double samples = static_cast<double>(last - first) * (plane.width - 1);
    return {sum / samples, differences / samples};
}

/// What each strip is too bright by, and its sharpness in % of the original's.
std::vector<Strip> strips_of(ConstPlane shown, ConstPlane original) {
    std::vector<Strip> strips;
    for (int first = 0; first < shown.height; first += LivePicture::kStripRows) {
        const int last = std::min(first + LivePicture::kStripRows, shown.height);
        const Strip is = strip_of(shown, first, last), was = strip_of(original, first, last);
        strips.push_back(
            {is.brightness - was.brightness, 100 * is.sharpness / std::max(was.sharpness, 1e-9)});
    }
    return strips;
}

}  // namespace

void LivePicture::add(int index, ConstPlane luma) {
    // The oldest frame's memory is used again.
    auto node =
        frames_.size() < most_frames_ ? decltype(frames_)::node_type() : frames_.extract(frames_.begin());
    Frame frame = node ? std::move(node.mapped()) : Frame();
    frame.width = luma.width;
    frame.height = luma.height;
    frame.samples.clear();
    for (int y = 0; y < luma.height; ++y)
        frame.samples.insert(frame.samples.end(), luma.row(y), luma.row(y) + luma.width);
    frames_[index] = std::move(frame);
}

LivePicture::Figures LivePicture::compare_with(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> original{std::istreambuf_iterator<char>(file), {}};
    Figures figures;
    std::vector<Strip> before;
    int index_before = 0;
    std::size_t changes = 0;
    for (const auto& [index, frame] : frames_) {
        const int count = static_cast<int>(original.size() / frame.samples.size());
        if (count == 0 || original.size() % frame.samples.size() != 0)
            throw std::runtime_error("'" + path + "' does not hold whole frames of this size");
        const int period = std::max(1, 2 * count - 2), place = index % period;
        const std::size_t number = static_cast<std::size_t>(place < count ? place : period - place);
        const ConstPlane was = {original.data() + number * frame.samples.size(), frame.width, frame.height,
                                frame.width};
        const ConstPlane is = {frame.samples.data(), frame.width, frame.height, frame.width};
        figures.psnr += psnr(was, is);
        ++figures.frames;
        std::vector<Strip> strips = strips_of(is, was);
        if (index == index_before + 1 && before.size() == strips.size()) {
            for (std::size_t i = 0; i < strips.size(); ++i) {
                figures.brightness += std::abs(strips[i].brightness - before[i].brightness);
                figures.sharpness += std::abs(strips[i].sharpness - before[i].sharpness);
            }
            changes += strips.size();
        }
        before = std::move(strips);
        index_before = index;
    }
    figures.psnr /= std::max(1, figures.frames);
    figures.brightness /= static_cast<double>(std::max<std::size_t>(1, changes));
    figures.sharpness /= static_cast<double>(std::max<std::size_t>(1, changes));
    return figures;
}

}  // namespace jpegdeblock
