#include "edgekeep/cli/line/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace edgekeep::cli::line {

void OccupyStandardStreams() noexcept {
  int next = 0;
  while (next >= 0 && next <= STDERR_FILENO) next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (next >= 0) ::close(next);
}

}  // namespace edgekeep::cli::line
