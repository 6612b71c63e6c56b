// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes hostile JPEGs to a folder, for tests/limits/measure.sh, and a line for each: file, bytes, pixels,
// name, properties of the decoder. Usage: write_hostile_jpegs FOLDER BYTES
#include <cstdio>
#include <cstdlib>
#include <string>

#include "hostile_jpegs.h"

int main(int argc, char** argv) {
    if (argc != 3) return 1;
    int number = 0;
    for (const auto& jpeg : jpegdeblock::test::hostile_jpegs(std::strtoul(argv[2], nullptr, 10))) {
        const std::string path = std::string(argv[1]) + "/" + std::to_string(number++) + ".jpg";
        std::FILE* file = std::fopen(path.c_str(), "wb");
        if (file == nullptr ||
            std::fwrite(jpeg.bytes.data(), 1, jpeg.bytes.size(), file) != jpeg.bytes.size())
            return 1;
        std::fclose(file);
        std::printf("%s\t%zu\t%llu\t%s\t%s\n", path.c_str(), jpeg.bytes.size(),
                    static_cast<unsigned long long>(jpeg.pixels), jpeg.name.c_str(), jpeg.properties.c_str());
    }
}
