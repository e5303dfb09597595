// edgekeep-endow-chip MAKER SOCKET: gives the simulated TPM behind a socket the certificate of a maker of chips, whose
// authority is made in the directory MAKER.
#include <cstdio>
#include <exception>

#include "chip_maker.h"

int main(int count, char** values) {
  if (count != 3) {
    std::fputs("usage: edgekeep-endow-chip MAKER SOCKET\n", stderr);
    return 2;
  }
  try {
    std::filesystem::create_directories(values[1]);
    edgekeep::test::ChipMaker(values[1]).Endow(values[2]);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "edgekeep-endow-chip: %s\n", failure.what());
    return 1;
  }
  return 0;
}
