#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "edgekeep/signer/passphrase.h"

namespace edgekeep::signer {
namespace {

// Echo off for one scope.
class SilentTerminal {
 public:
  explicit SilentTerminal(int terminal) : terminal_(terminal), valid_(::tcgetattr(terminal, &before_) == 0) {
    if (!valid_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    valid_ = ::tcsetattr(terminal, TCSAFLUSH, &silent) == 0;
  }

  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  ~SilentTerminal() {
    if (valid_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }

  bool valid() const { return valid_; }

 private:
  int terminal_;
  termios before_{};
  bool valid_;
};

Status Show(int terminal, const std::string& text) {
  const ssize_t written = ::write(terminal, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) return Error(ErrorCode::kPeerGone, "terminal");
  return {};
}

// The signals that interrupt, held back for one scope except while waiting: one that came between the question and the
// wait for the answer would otherwise be noticed only after the answer.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }

  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // False when a signal came instead.
  bool WaitForInput(int terminal) const {
    pollfd ready{.fd = terminal, .events = POLLIN, .revents = 0};
    return ::ppoll(&ready, 1, nullptr, &before_) == 1;
  }

 private:
  sigset_t before_{};
};

Result<SecretBytes> ReadLine(int terminal, const HeldSignals& signals) {
  SecretArray<kMaxPassphraseSize> buffer;
  const auto bytes = buffer.RevealForWriting();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (!signals.WaitForInput(terminal) || ::read(terminal, bytes.data() + size, 1) != 1)
      return Error(ErrorCode::kPeerGone, "passphrase: interrupted");
    if (bytes[size] != '\n') continue;
    if (size == 0) return Error(ErrorCode::kMalformed, "passphrase: empty");
    return SecretBytes::CopyOf(bytes.first(size));
  }
  return Error(ErrorCode::kTooLarge, "passphrase");
}

}  // namespace

Result<SecretBytes> AskPassphrase(int terminal, const std::string& prompt) {
  const SilentTerminal silent(terminal);
  if (!silent.valid()) return Error(ErrorCode::kBadState, "no terminal to ask for the passphrase");
  const HeldSignals signals;
  EK_TRY(Show(terminal, prompt));
  Result<SecretBytes> line = ReadLine(terminal, signals);
  EK_TRY(Show(terminal, "\n"));
  return line;
}

Result<SecretBytes> AskNewPassphrase(int terminal, const std::string& prompt) {
  EK_TRY_ASSIGN(SecretBytes first, AskPassphrase(terminal, prompt));
  EK_TRY_ASSIGN(const SecretBytes second, AskPassphrase(terminal, "The same again: "));
  if (!EqualInConstantTime(first.Reveal(), second.Reveal())) {
    return Error(ErrorCode::kBadArgument, "passphrase: the two differ");
  }
  return first;
}

}  // namespace edgekeep::signer
