// edgekeep: the command line of a device.
#include "edgekeep/cli/device/run.h"

int main(int argc, char** argv) {
  return edgekeep::cli::device::Run(argc, argv);
}
