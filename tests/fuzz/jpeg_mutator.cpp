// SPDX-License-Identifier: LGPL-2.1-or-later
// A mutator that knows what a JPEG consists of (ITU-T T.81, annex B): a chain of markers, most of them with a
// segment of a stated length, and data between them. It keeps the chain while it changes what a decoder
// depends on: lengths, tables, the frame header, scans' headers, restarts, the order of segments.
#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>
#include <random>

#include "fuzzer.h"

namespace jpegdeblock::fuzz {
namespace {

constexpr std::size_t kMostPayload = 65533;

struct Part {
    std::optional<std::uint8_t> marker;  ///< None: bytes before the first marker.
    Bytes payload;                       ///< Of its segment, without the length.
    int length_error = 0;                ///< What the stated length exceeds the true one by.
    Bytes data;                          ///< What follows, up to the next marker.
};

bool has_segment(std::uint8_t marker) {
    return marker != 0x01 && (marker < 0xd0 || marker > 0xd9);
}

bool is_frame_header(std::uint8_t marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

std::vector<Part> parts_of(const Bytes& jpeg) {
    std::vector<Part> parts(1);
    for (std::size_t at = 0; at < jpeg.size();) {
        const bool is_marker =
            jpeg[at] == 0xff && at + 1 < jpeg.size() && jpeg[at + 1] != 0 && jpeg[at + 1] != 0xff;
        if (!is_marker) {
            parts.back().data.push_back(jpeg[at++]);
            continue;
        }
        Part& part = parts.emplace_back();
        part.marker = jpeg[at + 1];
        at += 2;
        if (!has_segment(*part.marker) || at + 2 > jpeg.size()) continue;
        const std::size_t length = static_cast<std::size_t>(jpeg[at] << 8 | jpeg[at + 1]);
        const std::size_t begin = at + 2;
        const std::size_t end = std::min(jpeg.size(), std::max(begin, at + length));
        part.payload.assign(jpeg.begin() + static_cast<std::ptrdiff_t>(begin),
                            jpeg.begin() + static_cast<std::ptrdiff_t>(end));
        part.length_error = static_cast<int>(length) - static_cast<int>(part.payload.size() + 2);
        at = end;
    }
    return parts;
}

/// Not by insert(): GCC 14 takes it for a write beyond the end here.
void append(Bytes& bytes, const Bytes& more) {
    std::copy(more.begin(), more.end(), std::back_inserter(bytes));
}

Bytes joined(const std::vector<Part>& parts) {
    Bytes jpeg;
    for (const Part& part : parts) {
        if (part.marker) {
            jpeg.push_back(0xff);
            jpeg.push_back(*part.marker);
            if (has_segment(*part.marker)) {
                const auto length =
                    static_cast<unsigned>(static_cast<int>(part.payload.size()) + 2 + part.length_error);
                jpeg.push_back(static_cast<std::uint8_t>(length >> 8));
                jpeg.push_back(static_cast<std::uint8_t>(length));
                append(jpeg, part.payload);
            }
        }
        append(jpeg, part.data);
    }
    return jpeg;
}

class Mutator {
  public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    unsigned below(std::size_t end) { return static_cast<unsigned>(random_() % end); }

    void mutate(std::vector<Part>& parts) {
        Part& part = parts[below(parts.size())];
        const std::size_t index = static_cast<std::size_t>(&part - parts.data());
        switch (below(14)) {
            case 0:
                mutate_bytes(part.payload, kMostPayload);
                break;
            case 1:
                mutate_bytes(part.data, part.data.size() + 64);
                break;
            case 2:
                parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(index));
                if (parts.empty()) parts.emplace_back();
                break;
            case 3:
                insert(parts, Part(part));
                break;
            case 4:
                std::swap(part, parts[below(parts.size())]);
                break;
            case 5:
                part.length_error =
                    below(3) == 0 ? static_cast<int>(below(65536)) - 32768 : static_cast<int>(below(9)) - 4;
                break;
            case 6:
                change_tables(parts);
                break;
            case 7:
                change_frame_header(parts);
                break;
            case 8:
                change_scan(parts);
                break;
            case 9:
                change_restarts(parts);
                break;
            case 10:
                insert(parts, usual_part());
                break;
            case 11:
                part.data.resize(below(part.data.size() + 1));
                break;
            case 12:
                if (part.marker) part.marker = static_cast<std::uint8_t>(0xc0 + below(0x40));
                break;
            default:
                parts.resize(1 + below(parts.size()));
        }
    }

    void insert(std::vector<Part>& parts, Part part) {
        parts.insert(parts.begin() + below(parts.size() + 1), std::move(part));
    }

  private:
    void mutate_bytes(Bytes& bytes, std::size_t most) {
        const std::size_t size = bytes.size();
        bytes.resize(std::min(std::max(size, std::size_t{1}) + 64, most));
        bytes.resize(LLVMFuzzerMutate(bytes.data(), std::min(size, bytes.size()), bytes.size()));
    }

    /// One of the parts whose marker fits.
    template <typename Fits>
    Part* some(std::vector<Part>& parts, Fits fits) {
        std::vector<Part*> found;
        for (Part& part : parts)
            if (part.marker && !part.payload.empty() && fits(*part.marker)) found.push_back(&part);
        return found.empty() ? nullptr : found[below(found.size())];
    }

    std::uint8_t telling_byte() {
        constexpr std::array<std::uint8_t, 8> kBytes = {0, 1, 2, 0x10, 0x7f, 0x80, 0xfe, 0xff};
        return below(2) == 0 ? kBytes[below(kBytes.size())] : static_cast<std::uint8_t>(random_());
    }

    void set_some(Bytes& bytes, std::size_t first, std::size_t last) {
        last = std::min(last, bytes.size());
        if (first < last) bytes[first + below(last - first)] = telling_byte();
    }

    void change_tables(std::vector<Part>& parts) {
        Part* part = some(parts, [](std::uint8_t m) { return m == 0xdb || m == 0xc4 || m == 0xcc; });
        if (part == nullptr) return;
        const bool is_huffman = *part->marker == 0xc4;
        switch (below(4)) {
            case 0:  // Which table, and its precision or class.
                part->payload[0] = static_cast<std::uint8_t>(below(8) | below(4) << 4);
                break;
            case 1:  // How many codes of each length; the first steps.
                set_some(part->payload, 1, 17);
                break;
            case 2:
                set_some(part->payload, is_huffman ? 17 : 1, part->payload.size());
                break;
            default: {  // Another table in the same segment.
                const Bytes copy = part->payload;
                if (copy.size() < kMostPayload / 2)
                    part->payload.insert(part->payload.end(), copy.begin(), copy.end());
            }
        }
    }

    void change_frame_header(std::vector<Part>& parts) {
        Part* part = some(parts, is_frame_header);
        if (part == nullptr || part->payload.size() < 6) return;
        Bytes& header = part->payload;  // Precision, height, width, components: 3 bytes each.
        switch (below(6)) {
            case 0: {
                constexpr std::array<std::uint8_t, 7> kKinds = {0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xca, 0xcb};
                part->marker = kKinds[below(kKinds.size())];
                break;
            }
            case 1:
            case 2: {  // A size: small, or one that only a liar has.
                const unsigned size = below(4) == 0 ? below(65536) : below(130);
                const std::size_t at = below(2) == 0 ? 1 : 3;
                header[at] = static_cast<std::uint8_t>(size >> 8);
                header[at + 1] = static_cast<std::uint8_t>(size);
                break;
            }
            case 3:  // Sampling.
                if (header.size() > 7)
                    header[std::min<std::size_t>(7 + 3 * below(4), header.size() - 1)] =
                        static_cast<std::uint8_t>((1 + below(4)) << 4 | (1 + below(4)));
                break;
            case 4:  // The number of components.
                header[5] = static_cast<std::uint8_t>(below(6));
                header.resize(6 + 3u * header[5], 0x11);
                part->length_error = 0;
                break;
            default:
                set_some(header, 0, header.size());
        }
    }

    void change_scan(std::vector<Part>& parts) {
        Part* part = some(parts, [](std::uint8_t m) { return m == 0xda; });
        if (part == nullptr || part->payload.size() < 4) return;
        Bytes& header = part->payload;  // Components, 2 bytes each; Ss, Se, AhAl.
        std::uint8_t* spectral = header.data() + header.size() - 3;
        switch (below(5)) {
            case 0:
                spectral[0] = static_cast<std::uint8_t>(below(64));
                spectral[1] = static_cast<std::uint8_t>(spectral[0] + below(64 - spectral[0]));
                break;
            case 1: {
                const unsigned low = below(14);
                spectral[2] = static_cast<std::uint8_t>(below(2) == 0 ? low : (low + 1) << 4 | low);
                break;
            }
            case 2:
                set_some(header, 0, header.size());
                break;
            case 3:  // The same scan again.
                insert(parts, Part(*part));
                break;
            default:  // Fewer components.
                if (header.size() > 6) header.erase(header.begin() + 1, header.begin() + 3);
                header[0] = static_cast<std::uint8_t>((header.size() - 4) / 2);
        }
    }

    void change_restarts(std::vector<Part>& parts) {
        Part* scan = some(parts, [](std::uint8_t m) { return m == 0xda; });
        if (scan == nullptr) return;
        const auto place = parts.begin() + (scan - parts.data());
        if (below(2) == 0) {
            const unsigned interval = below(2) == 0 ? below(8) : below(65536);
            Part part;
            part.marker = 0xdd;
            part.payload = {static_cast<std::uint8_t>(interval >> 8), static_cast<std::uint8_t>(interval)};
            parts.insert(place, part);
            return;
        }
        Part restart;
        restart.marker = static_cast<std::uint8_t>(0xd0 + below(8));
        const std::size_t at = below(scan->data.size() + 1);
        restart.data.assign(scan->data.begin() + static_cast<std::ptrdiff_t>(at), scan->data.end());
        scan->data.resize(at);
        parts.insert(place + 1, restart);
    }

    /// Markers and short segments that decoders heed.
    Part usual_part() {
        Part part;
        switch (below(6)) {
            case 0:
                part.marker = 0xd8;
                break;
            case 1:
                part.marker = 0xd9;
                break;
            case 2:
                part.marker = 0xee;
                part.payload = {'A', 'd', 'o', 'b', 'e', 0,
                                100, 0,   0,   0,   0,   static_cast<std::uint8_t>(below(4))};
                break;
            case 3:
                part.marker = 0xe0;
                part.payload = {'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};
                break;
            case 4:
                part.marker = 0xdc;  // DNL.
                part.payload = {0, static_cast<std::uint8_t>(below(130))};
                break;
            default:
                part.marker = 0xdb;
                part.payload.assign(65, telling_byte());
                part.payload[0] = static_cast<std::uint8_t>(below(4));
        }
        return part;
    }

    std::minstd_rand random_;
};

std::size_t put(const Bytes& bytes, std::uint8_t* data, std::size_t max_size) {
    const std::size_t size = std::min(bytes.size(), max_size);
    std::copy_n(bytes.begin(), size, data);
    return size;
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace jpegdeblock::fuzz;
    Mutator mutator(seed);
    if (mutator.below(4) == 0) return LLVMFuzzerMutate(data, size, max_size);
    std::vector<Part> parts = parts_of(Bytes(data, data + size));
    for (unsigned n = 1 + mutator.below(3); n > 0; --n) mutator.mutate(parts);
    return put(joined(parts), data, max_size);
}

/// The parts of one JPEG, some of another among them.
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data, std::size_t size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t max_out_size, unsigned seed) {
    using namespace jpegdeblock::fuzz;
    Mutator mutator(seed);
    std::vector<Part> parts = parts_of(Bytes(data, data + size));
    const std::vector<Part> others = parts_of(Bytes(other, other + other_size));
    for (unsigned n = 1 + mutator.below(4); n > 0; --n)
        mutator.insert(parts, others[mutator.below(others.size())]);
    return put(joined(parts), out, max_out_size);
}
