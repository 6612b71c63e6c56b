// SPDX-License-Identifier: LGPL-2.1-or-later
// Files of torch.save(), of both forms.
#include "import/state_dict.h"

#include <caffe2/serialize/inline_container.h>
#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"
#include "../training/import/pickle_writer.h"
#include "memory_file.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    using namespace pickle_writer;
    const StoredTensor weight{"a.weight", "FloatStorage", "0", 6, {2, 3}, {3, 1}};
    const StoredTensor bias{"a.bias", "HalfStorage", "1", 2, {2}, {1}};
    const std::string weights(24, '\x3f'), biases(4, '\x3c');

    const std::string magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);
    const std::string legacy =
        whole(magic) + whole("M\xe9\x03") + whole("}(" + text("little_endian") + "\x88u") +
        whole(state_dict({weight, bias}, true)) + whole("](" + text("0") + text("1") + "e") +
        little_endian(6, 8) + weights + little_endian(2, 8) + biases;

    const test::TemporaryFolder folder;
    const std::string path = folder.file("weights.pth"), pickle = whole(state_dict({weight, bias}));
    {
        caffe2::serialize::PyTorchStreamWriter writer(path);
        writer.writeRecord("data.pkl", pickle.data(), pickle.size());
        writer.writeRecord("data/0", weights.data(), weights.size());
        writer.writeRecord("data/1", biases.data(), biases.size());
        writer.writeEndOfFile();
    }
    return {{"legacy", {legacy.begin(), legacy.end()}}, {"archive", read_file(path)}};
}

}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static jpegdeblock::fuzz::MemoryFile file;
    file.set(data, size);
    try {
        jpegdeblock::training::read_state_dict(file.path());
    } catch (const jpegdeblock::Error&) {
    }
    return 0;
}
