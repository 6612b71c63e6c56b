// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.h"

#include <glib.h>

namespace jpegdeblock_test {

std::ostream& operator<<(std::ostream& stream, const Ending& ending) {
    return stream << (ending.success ? "success" : "failure") << ", output:\n" << ending.output;
}

Ending run(const std::string& command) {
    Ending ending;
    gchar* output = nullptr;
    gchar* errors = nullptr;
    GError* error = nullptr;
    gint status = 0;
    if (g_spawn_command_line_sync(command.c_str(), &output, &errors, &status, &error)) {
        ending.output = std::string(output) + errors;
        ending.success = g_spawn_check_wait_status(status, &error);
    }
    if (error != nullptr) {
        ending.output += error->message;
        g_error_free(error);
    }
    g_free(output);
    g_free(errors);
    return ending;
}

Ending launch(const std::string& pipeline) {
    return run("gst-launch-1.0 " + pipeline);
}

}  // namespace jpegdeblock_test
