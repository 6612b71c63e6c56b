// SPDX-License-Identifier: LGPL-2.1-or-later
#include "safetensors_seeds.h"

#include <fstream>

#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"

namespace jpegdeblock::fuzz {

Seed changed(const std::string& name, const Bytes& file, const std::function<void(Safetensors&)>& change) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("x.safetensors");
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    Safetensors content = read_safetensors(path);
    change(content);
    write_safetensors(path, content);
    return {name, read_file(path)};
}

}  // namespace jpegdeblock::fuzz
