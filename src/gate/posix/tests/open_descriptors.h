// How many descriptors this process has open.
#pragma once
#include <dirent.h>

#include <cstddef>

namespace edgekeep::gate {

inline std::size_t CountOpenDescriptors() {
  DIR* directory = opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  std::size_t count = 0;
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

}  // namespace edgekeep::gate
