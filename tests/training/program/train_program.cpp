// SPDX-License-Identifier: LGPL-2.1-or-later
#include "train_program.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

namespace jpegdeblock_test {
namespace {

std::string program() {
    return std::getenv("JPEGDEBLOCK_TRAIN_PROGRAM");
}

}  // namespace

Ending run_program(const std::string& arguments, const std::string& environment) {
    return run((environment.empty() ? "" : "env " + environment + " ") + program() + " " + arguments);
}

pid_t start_program(const std::string& arguments, const std::string& environment) {
    std::istringstream words("env " + environment + " " + program() + " " + arguments);
    std::vector<std::string> list;
    for (std::string word; words >> word;) list.push_back(word);
    std::vector<char*> pointers;
    for (std::string& argument : list) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        execvp(pointers[0], pointers.data());
        _exit(127);
    }
    return child;
}

void kill_program(pid_t program) {
    kill(program, SIGKILL);
    int status = 0;
    waitpid(program, &status, 0);
}

bool wait_for(const std::string& file) {
    for (int i = 0; i < 9000 && !std::filesystem::exists(file); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return std::filesystem::exists(file);
}

}  // namespace jpegdeblock_test
