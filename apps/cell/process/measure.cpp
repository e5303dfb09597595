#include "measure.h"

#include <fcntl.h>

#include "edgekeep/crypto/openssl/provider.h"
#include "engine_digest.h"

namespace edgekeep::cell {

int RunMeasuringCell(const Arguments& arguments, gate::Channel& control, Confinement& confinement) {
  if (!confinement.LockMemory(0) || !confinement.DropPrivileges()) return isolation::kExitNotConfined;
  const auto provider = crypto::NewOpenSslProvider();
  const gate::Descriptor library(open(arguments.engine, O_RDONLY | O_CLOEXEC));
  if (!provider || !library.valid()) return isolation::kExitNoEngine;
  // The library is read here, not loaded.
  if (!confinement.LockDownForLoading(arguments.purpose) || !confinement.LockDown(arguments.purpose)) {
    return isolation::kExitNotConfined;
  }
  const auto digest = MeasureEngine(**provider, library);
  if (!digest) return isolation::kExitNoEngine;
  return control.Send(gate::Command::kCellHello, 0, digest->view()) ? 0 : 1;
}

}  // namespace edgekeep::cell
