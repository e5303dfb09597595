// The C interface of exporting (edgekeep/client/export.h).
#include <fcntl.h>

#include <optional>

#include "client.h"
#include "edgekeep/client/export.h"
#include "edgekeep/gate/export.h"
#include "report.h"

namespace edgekeep::client {
namespace {

constexpr std::size_t kMaxRequestBody = 2048;
constexpr int kUnchangeable = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

using Paths = std::span<const char* const>;
using Files = std::array<gate::Descriptor, EK_MAX_EXPORTED>;

Result<gate::ExportModelRequest> RequestFor(const char* product, Paths paths) {
  const Result<ProductName> name = ProductName::Parse(product != nullptr ? product : "");
  if (!name) return Error(ErrorCode::kBadArgument, name.error().where());
  gate::ExportModelRequest request{.product = *name, .files = {}};
  for (const char* const path : paths) {
    const auto file = InlineString<255>::From(path != nullptr ? path : "");
    if (!file) return Error(ErrorCode::kNotFound, "no package has so long a path");
    EK_TRY(request.files.PushBack(*file));
  }
  return request;
}

// The memory is the keep's until it is sealed; somebody else could still change what is not.
Status TakeFile(gate::Descriptor& passed, gate::Descriptor& file) {
  const int seals = ::fcntl(passed.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kUnchangeable) != kUnchangeable) {
    return Error(ErrorCode::kMalformed, "the keep's answer: a file that can change");
  }
  file = std::move(passed);
  return {};
}

// As many as one request has; returns of which version they are.
Answer<Sequence> ExportSome(const ek_client& client, const gate::ExportModelRequest& request,
                            std::span<gate::Descriptor> files, const Deadline& deadline) {
  std::array<std::uint8_t, kMaxRequestBody> room{};
  CborWriter body(room);
  const Status encoded = gate::EncodeExportModelRequest(request, body);
  if (!encoded) return Error(ErrorCode::kBadArgument, "a path with control characters");
  EK_TRY_ASSIGN(Reply reply, Ask(client.app_socket, {gate::Command::kExportModel, body.written(), {}}, deadline));
  gate::Message& message = reply.message;
  EK_TRY_ASSIGN(const gate::ExportModelAnswer answer, gate::DecodeExportModelAnswer(message.frame.body));
  if (message.num_descriptors != files.size()) {
    return Error(ErrorCode::kMalformed, "the keep's answer: its descriptors");
  }
  for (std::size_t i = 0; i < files.size(); ++i) EK_TRY(TakeFile(message.descriptors[i], files[i]));
  return answer.version.sequence;
}

Outcome ExportAll(const ek_client& client, const char* product, Paths paths, Files& files, const Deadline& deadline) {
  std::optional<Sequence> version;
  for (std::size_t at = 0; at < paths.size(); at += gate::kMaxExportedFiles) {
    const std::size_t count = std::min(gate::kMaxExportedFiles, paths.size() - at);
    EK_TRY_ASSIGN(const gate::ExportModelRequest request, RequestFor(product, paths.subspan(at, count)));
    EK_TRY_ASSIGN(const Sequence of, ExportSome(client, request, std::span(files).subspan(at, count), deadline));
    if (version && version->value != of.value) {
      return Error(ErrorCode::kBusy, "another version was installed meanwhile");
    }
    version = of;
  }
  return {};
}

}  // namespace
}  // namespace edgekeep::client

// NOLINTBEGIN(readability-identifier-naming): C names
// NOLINTNEXTLINE(readability-function-size): a C interface has as many parameters as it has
extern "C" ek_code ek_export_files(const ek_client* client, const char* product, const char* const* paths,
                                   size_t num_paths, uint32_t timeout_ms, int* files, ek_error* error) {
  using namespace edgekeep;  // NOLINT(google-build-using-namespace)
  if (client == nullptr || paths == nullptr || files == nullptr || num_paths == 0) {
    return client::Report(Error(ErrorCode::kBadArgument, "client, paths or files"), error);
  }
  if (num_paths > EK_MAX_EXPORTED) return client::Report(Error(ErrorCode::kTooLarge, "files of one export"), error);
  client::Files exported;
  const auto deadline = client::Deadline::In(timeout_ms, client->timeout_ms);
  const auto done = client::ExportAll(*client, product, {paths, num_paths}, exported, deadline);
  for (std::size_t i = 0; done && i < num_paths; ++i) files[i] = exported[i].Release();
  return client::ReportOutcome(done, error);
}

// NOLINTEND(readability-identifier-naming)
