// A keep of the test's own: threads behind two socket files, which answer each connection as the test says.
#pragma once
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "edgekeep/client/model.h"
#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::client {

class FakeKeep {
 public:
  // Answers one request; the connection ends when it returns.
  using Handler = std::function<void(gate::Channel& connection, const gate::Message& request)>;

  FakeKeep();
  FakeKeep(const FakeKeep&) = delete;
  FakeKeep(FakeKeep&&) = delete;
  FakeKeep& operator=(const FakeKeep&) = delete;
  FakeKeep& operator=(FakeKeep&&) = delete;
  ~FakeKeep();

  // Each may be called once, before any client asks.
  void ServeApplications(Handler handler) { Serve("app.sock", std::move(handler)); }

  void ServeAdministrators(Handler handler) { Serve("admin.sock", std::move(handler)); }

  const std::string& root() const { return root_; }

 private:
  void Serve(const char* name, Handler handler);

  std::string root_;
  std::vector<gate::Descriptor> listeners_;
  std::vector<std::thread> threads_;
};

// A client of `keep`, with a time-out that no working test reaches.
ek_client* OpenClient(const FakeKeep& keep, std::uint32_t timeout_ms = 20'000);

// How many descriptors this process holds.
std::size_t NumDescriptors();

}  // namespace edgekeep::client
