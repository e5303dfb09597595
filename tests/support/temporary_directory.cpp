#include "temporary_directory.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace edgekeep::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "edgekeep-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  // The keep's own user passes through on the way to its state.
  std::filesystem::permissions(name, std::filesystem::perms{0755});
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace edgekeep::test
