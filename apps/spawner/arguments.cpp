#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "settings.h"

namespace edgekeep::spawner {
namespace {

constexpr const char* kUsage =
    "usage: edgekeep-spawner --root DIR [--libexec DIR] [--engine LIBRARY] [--no-spare-cell] [--ready-fd N]\n"
    "Runs the keep and its cells, each as a user of its own. The only part of Edgekeep that is root.\n"
    "  --root DIR        state is in DIR/var/lib/edgekeep, sockets are in DIR/run/edgekeep\n"
    "  --libexec DIR     where edgekeep-keep and edgekeep-cell are (default: beside this program)\n"
    "  --engine LIBRARY  the inference engine, libonnxruntime.so.1\n"
    "  --no-spare-cell   the keep starts no cell ahead: less memory, slower opening\n"
    "  --ready-fd N      write \"ready\" to this descriptor when the keep answers\n";

[[noreturn]] void Usage(std::FILE* out, int status) {
  std::fputs(kUsage, out);
  std::exit(status);
}

int DescriptorFrom(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 3 || number > 1024) Usage(stderr, 2);
  return number;
}

std::string OwnDirectory() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  const std::string_view program(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(program.substr(0, program.rfind('/')));
}

}  // namespace

Arguments ParseArguments(int count, char** values) {
  Arguments arguments{.root = {}, .libexec = OwnDirectory(), .engine = {}, .ready_fd = -1};
  for (int i = 1; i < count; ++i) {
    const std::string_view name = values[i];
    if (name == "--help") Usage(stdout, 0);
    if (name == "--no-spare-cell") {
      arguments.spare_cell = false;
      continue;
    }
    if (++i == count) Usage(stderr, 2);
    if (name == "--root") {
      arguments.root = values[i];
    } else if (name == "--libexec") {
      arguments.libexec = values[i];
    } else if (name == "--engine") {
      arguments.engine = values[i];
    } else if (name == "--ready-fd") {
      arguments.ready_fd = DescriptorFrom(values[i]);
    } else {
      Usage(stderr, 2);
    }
  }
  if (arguments.root.empty()) Usage(stderr, 2);
  return arguments;
}

}  // namespace edgekeep::spawner
