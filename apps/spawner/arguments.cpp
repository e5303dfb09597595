#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

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

int DescriptorFrom(const char* text) {
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < 3 || number > 1024) Usage(stderr, 2);
  return static_cast<int>(number);
}

std::string OwnDirectory() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self/exe", none).parent_path().string();
}

}  // namespace

Arguments ParseArguments(int count, char** values) {
  enum : int { kRoot = 'r', kLibexec = 'l', kEngine = 'e', kReady = 'f', kNoSpare = 'n', kHelp = 'h' };

  constexpr option kOptions[] = {{"root", required_argument, nullptr, kRoot},
                                 {"libexec", required_argument, nullptr, kLibexec},
                                 {"engine", required_argument, nullptr, kEngine},
                                 {"ready-fd", required_argument, nullptr, kReady},
                                 {"no-spare-cell", no_argument, nullptr, kNoSpare},
                                 {"help", no_argument, nullptr, kHelp},
                                 {}};
  Arguments arguments{.root = {}, .libexec = OwnDirectory(), .engine = {}, .ready_fd = -1};
  for (int choice = 0; (choice = getopt_long(count, values, "", kOptions, nullptr)) != -1;) {
    switch (choice) {
      case kRoot:
        arguments.root = optarg;
        break;
      case kLibexec:
        arguments.libexec = optarg;
        break;
      case kEngine:
        arguments.engine = optarg;
        break;
      case kReady:
        arguments.ready_fd = DescriptorFrom(optarg);
        break;
      case kNoSpare:
        arguments.spare_cell = false;
        break;
      default:
        Usage(choice == kHelp ? stdout : stderr, choice == kHelp ? 0 : 2);
    }
  }
  if (arguments.root.empty() || optind != count) Usage(stderr, 2);
  return arguments;
}

}  // namespace edgekeep::spawner
