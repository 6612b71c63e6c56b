// SPDX-License-Identifier: LGPL-2.1-or-later
#include "safetensors_seeds.h"

#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"
#include "memory_file.h"

namespace jpegdeblock::fuzz {

Seed changed(const std::string& name, const Bytes& file, const std::function<void(Safetensors&)>& change) {
    MemoryFile whole;
    whole.set(file.data(), file.size());
    Safetensors content = read_safetensors(whole.path());
    change(content);
    const test::TemporaryFolder folder;
    const std::string path = folder.file("x.safetensors");
    write_safetensors(path, content);
    return {name, read_file(path)};
}

}  // namespace jpegdeblock::fuzz
