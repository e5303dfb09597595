// The C interface for administrators (edgekeep/client/admin.h).
#include <cstring>
#include <new>

#include "admin.h"
#include "identity.h"
#include "options.h"
#include "report.h"
#include "status.h"

namespace edgekeep::client {
namespace {

ek_installed InstalledOf(const gate::InstallAnswer& answer) {
  ek_installed installed{};
  PutText(answer.product.view(), installed.product);
  PutText(answer.version.display.view(), installed.version);
  installed.version_sequence = answer.version.sequence.value;
  installed.prepared = answer.prepared ? 1 : 0;
  return installed;
}

Outcome InitialiseInto(const ek_client& client, ByteView trust, ek_device_identity* identity) {
  EK_TRY(CheckSized(identity));
  EK_TRY_ASSIGN(const gate::InitialiseAnswer answer, Initialise(client, trust));
  WriteSized(IdentityOf(answer), identity);
  return {};
}

Outcome CopyInto(const DeviceRequest& answer, void* buffer, std::size_t& size) {
  const std::size_t room = std::exchange(size, answer.bytes.size());
  if (answer.bytes.size() > room) return Error(ErrorCode::kTooLarge, "the answer is larger than the buffer");
  if (!answer.bytes.empty()) std::memcpy(buffer, answer.bytes.data(), answer.bytes.size());
  return {};
}

Outcome CopyRequest(const ek_client& client, gate::Command command, void* buffer, std::size_t& size) {
  EK_TRY_ASSIGN(const DeviceRequest request, ShowRequest(client, command));
  return CopyInto(request, buffer, size);
}

Outcome CopyProvisioning(const ek_client& client, ByteView message, void* buffer, std::size_t& size) {
  EK_TRY_ASSIGN(const DeviceRequest answer, Provision(client, message));
  return CopyInto(answer, buffer, size);
}

Outcome InstallInto(const ek_client& client, const ek_install_files* given, ek_installed* installed) {
  EK_TRY(CheckSized(installed));
  EK_TRY_ASSIGN(const ek_install_files files, ReadSized(given, ek_install_files EK_INSTALL_FILES_INIT));
  EK_TRY_ASSIGN(const gate::InstallAnswer answer, Install(client, files));
  WriteSized(InstalledOf(answer), installed);
  return {};
}

Answer<const ek_status*> MakeStatus(const ek_client& client) {
  EK_TRY_ASSIGN(const gate::StatusAnswer answer, AskStatus(client));
  const auto* status = new (std::nothrow) Status(answer);
  if (status == nullptr) return Error(ErrorCode::kNoMemory, "status");
  return status;
}

ek_code BadArgument(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" const char* ek_anchor_name(uint32_t anchor) {
  switch (anchor) {
    case EK_ANCHOR_SOFTWARE:
      return "software";
    case EK_ANCHOR_TPM2:
      return "tpm2";
    case EK_ANCHOR_OPTEE:
      return "optee";
    default:
      return "unknown";
  }
}

extern "C" ek_code ek_admin_initialise(const ek_client* client, const void* trust, size_t trust_size,
                                       ek_device_identity* identity, ek_error* error) {
  if (client == nullptr || trust == nullptr) return ek::BadArgument(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(trust), trust_size);
  return ek::ReportOutcome(ek::InitialiseInto(*client, bytes, identity), error);
}

extern "C" ek_code ek_admin_device_request(const ek_client* client, void* buffer, size_t* size, ek_error* error) {
  if (client == nullptr || size == nullptr || (buffer == nullptr && *size != 0)) return ek::BadArgument(error);
  using enum edgekeep::gate::Command;
  return ek::ReportOutcome(ek::CopyRequest(*client, kShowRequest, buffer, *size), error);
}

extern "C" ek_code ek_admin_ownership(const ek_client* client, void* buffer, size_t* size, ek_error* error) {
  if (client == nullptr || size == nullptr || (buffer == nullptr && *size != 0)) return ek::BadArgument(error);
  using enum edgekeep::gate::Command;
  return ek::ReportOutcome(ek::CopyRequest(*client, kShowOwnership, buffer, *size), error);
}

extern "C" ek_code ek_admin_provision(const ek_client* client, const void* message, size_t message_size, void* buffer,
                                      size_t* size, ek_error* error) {
  if (client == nullptr || (message == nullptr && message_size != 0)) return ek::BadArgument(error);
  if (size == nullptr || (buffer == nullptr && *size != 0)) return ek::BadArgument(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(message), message_size);
  return ek::ReportOutcome(ek::CopyProvisioning(*client, bytes, buffer, *size), error);
}

extern "C" ek_code ek_admin_forget_identity(const ek_client* client, ek_error* error) {
  if (client == nullptr) return ek::BadArgument(error);
  return ek::ReportOutcome(ek::ForgetIdentity(*client), error);
}

extern "C" ek_code ek_admin_install(const ek_client* client, const ek_install_files* files, ek_installed* installed,
                                    ek_error* error) {
  if (client == nullptr || files == nullptr) return ek::BadArgument(error);
  return ek::ReportOutcome(ek::InstallInto(*client, files, installed), error);
}

extern "C" ek_code ek_admin_status(const ek_client* client, const ek_status** status, ek_error* error) {
  if (client == nullptr || status == nullptr) return ek::BadArgument(error);
  const auto made = ek::MakeStatus(*client);
  if (made) *status = *made;
  return ek::ReportOutcome(made, error);
}

extern "C" const ek_product_status* ek_status_product(const ek_status* status, size_t index) {
  return static_cast<const ek::Status*>(status)->product(index);
}

extern "C" void ek_status_free(const ek_status* status) {
  delete static_cast<const ek::Status*>(status);
}

// NOLINTEND(readability-identifier-naming)
