#include "interruption.h"

#include <csignal>
#include <initializer_list>

namespace edgekeep::cli::publisher {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void Note(int) {
  interrupted = 1;
}

}  // namespace

void CatchInterruptions() {
  struct sigaction action{};
  action.sa_handler = Note;  // without SA_RESTART: a question for a passphrase ends too
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

bool WasInterrupted() {
  return interrupted != 0;
}

}  // namespace edgekeep::cli::publisher
