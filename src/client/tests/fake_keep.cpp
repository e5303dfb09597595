#include "fake_keep.h"

#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>

#include "edgekeep/base/check.h"

namespace edgekeep::client {

namespace fs = std::filesystem;

FakeKeep::FakeKeep() {
  char name[] = "/tmp/edgekeep-client-XXXXXX";
  EK_CHECK(::mkdtemp(name) != nullptr);
  root_ = name;
  fs::create_directories(fs::path(root_) / "run/edgekeep");
}

FakeKeep::~FakeKeep() {
  for (const gate::Descriptor& listener : listeners_) ::shutdown(listener.get(), SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  fs::remove_all(root_);
}

void FakeKeep::Serve(const char* name, Handler handler) {
  Result<gate::Descriptor> listener = gate::Listen(root_ + "/run/edgekeep/" + name, 0600);
  EK_CHECK(listener.has_value());
  const int socket = listener->get();
  listeners_.push_back(*std::move(listener));
  threads_.emplace_back([socket, handler = std::move(handler)] {
    std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
    for (;;) {
      Result<gate::Descriptor> accepted = gate::Accept(socket);
      if (!accepted) return;
      gate::Channel connection(*std::move(accepted));
      const Result<gate::Message> request = connection.Receive(buffer, gate::kForever);
      if (request) handler(connection, *request);
    }
  });
}

ek_client* OpenClient(const FakeKeep& keep, std::uint32_t timeout_ms) {
  ek_client_options options = EK_CLIENT_OPTIONS_INIT;
  options.root = keep.root().c_str();
  options.timeout_ms = timeout_ms;
  ek_client* client = nullptr;
  EK_CHECK(ek_client_open(&options, &client, nullptr) == EK_OK);
  return client;
}

std::size_t NumDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace edgekeep::client
