// The C interface of clients (edgekeep/client/model.h).
#include <new>

#include "client.h"
#include "options.h"
#include "report.h"

namespace edgekeep::client {
namespace {

Result<ek_client*> MakeClient(const ek_client_options* given) {
  EK_TRY_ASSIGN(const ek_client_options options, ReadSized(given, ek_client_options EK_CLIENT_OPTIONS_INIT));
  EK_TRY_ASSIGN(const SocketPath app, SocketAt(options.app_socket, options.root, "app.sock"));
  EK_TRY_ASSIGN(const SocketPath admin, SocketAt(options.admin_socket, options.root, "admin.sock"));
  const std::uint32_t timeout = options.timeout_ms == EK_TIMEOUT_DEFAULT ? kDefaultTimeoutMs : options.timeout_ms;
  auto* client = new (std::nothrow) ek_client{app, admin, timeout};
  if (client == nullptr) return Error(ErrorCode::kNoMemory, "client");
  return client;
}

}  // namespace
}  // namespace edgekeep::client

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_client_open(const ek_client_options* options, ek_client** client, ek_error* error) {
  using namespace edgekeep;  // NOLINT(google-build-using-namespace)
  if (client == nullptr) return client::Report(Error(ErrorCode::kBadArgument, "client"), error);
  const Result<ek_client*> made = client::MakeClient(options);
  if (made) *client = *made;
  return client::ReportOutcome(made, error);
}

extern "C" void ek_client_close(ek_client* client) {
  delete client;
}

// NOLINTEND(readability-identifier-naming)
