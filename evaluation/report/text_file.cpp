// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/text_file.h"

#include "model/atomic_file.h"

namespace jpegdeblock {

void write_text_file(const std::string& path, const std::string& text) {
    AtomicFile file(path);
    file.write(text.data(), text.size());
    file.commit();
}

}  // namespace jpegdeblock
