#include "arguments.h"

#include <getopt.h>

#include <cstdio>
#include <cstdlib>

namespace edgekeep::keep {
namespace {

constexpr const char* kUsage =
    "usage: edgekeep-keep --root DIR --spawner-fd N [--engine LIBRARY] [--no-spare-cell] [--ready-fd N]\n"
    "The trusted part of a device; edgekeep-spawner starts it.\n"
    "  --root DIR        state is in DIR/var/lib/edgekeep/keep, sockets are in DIR/run/edgekeep\n"
    "  --spawner-fd N    the socket of the spawner, which starts cells; when it hangs up, the keep ends\n"
    "  --engine LIBRARY  accepted, and left to the spawner: the keep loads no engine\n"
    "  --no-spare-cell   start no cell ahead: less memory, slower opening\n"
    "  --ready-fd N      write \"ready\" to this descriptor when the sockets answer\n";

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

}  // namespace

Arguments ParseArguments(int count, char** values) {
  enum : int { kRoot = 'r', kSpawner = 's', kEngine = 'e', kReady = 'f', kNoSpare = 'n', kHelp = 'h' };

  constexpr option kOptions[] = {{"root", required_argument, nullptr, kRoot},
                                 {"spawner-fd", required_argument, nullptr, kSpawner},
                                 {"engine", required_argument, nullptr, kEngine},
                                 {"ready-fd", required_argument, nullptr, kReady},
                                 {"no-spare-cell", no_argument, nullptr, kNoSpare},
                                 {"help", no_argument, nullptr, kHelp},
                                 {}};
  Arguments arguments;
  for (int choice = 0; (choice = ::getopt_long(count, values, "", kOptions, nullptr)) != -1;) {
    switch (choice) {
      case kRoot:
        arguments.root = optarg;
        break;
      case kSpawner:
        arguments.spawner_fd = DescriptorFrom(optarg);
        break;
      case kEngine:
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
  if (arguments.root.empty() || arguments.spawner_fd < 0 || optind != count) Usage(stderr, 2);
  return arguments;
}

}  // namespace edgekeep::keep
