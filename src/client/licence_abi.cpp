// The C interface of licences without their package (edgekeep/client/admin.h).
#include <cstring>
#include <new>

#include "admin.h"
#include "report.h"

namespace edgekeep::client {
namespace {

constexpr std::size_t kMaxProductBody = 160;

Result<ProductName> ParseProductText(const char* product) {
  const Result<ProductName> parsed = ProductName::Parse(product != nullptr ? product : "");
  if (!parsed) return Error(ErrorCode::kBadArgument, parsed.error().where());
  return parsed;
}

// Borrows from the reply.
struct Paper {
  Reply reply;
  ByteView bytes;
};

Answer<Paper> AskForPaper(const ek_client& client, gate::Command command, const char* product) {
  gate::LicensedProduct licensed;
  EK_TRY_ASSIGN(licensed.product, ParseProductText(product));
  std::array<std::uint8_t, kMaxProductBody> room{};
  CborWriter body(room);
  EK_TRY(gate::EncodeLicensedProduct(licensed, body));
  Paper paper;
  EK_TRY_ASSIGN(paper.reply, AskAdmin(client, {command, body.written(), {}}));
  EK_TRY_ASSIGN(paper.bytes, gate::DecodeBlob(paper.reply.message.frame.body));
  return paper;
}

Outcome CopyPaper(const ek_client& client, gate::Command command, const char* product, void* buffer,
                  std::size_t& size) {
  EK_TRY_ASSIGN(const Paper paper, AskForPaper(client, command, product));
  const std::size_t room = std::exchange(size, paper.bytes.size());
  if (paper.bytes.size() > room) return Error(ErrorCode::kTooLarge, "the licence report is larger than the buffer");
  if (!paper.bytes.empty()) std::memcpy(buffer, paper.bytes.data(), paper.bytes.size());
  return {};
}

Outcome InstallLicence(const ek_client& client, ByteView licence, char* product) {
  EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(room.mutable_view());
  EK_TRY(gate::EncodeBlob(licence, body));
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kInstallLicence, body.written(), {}}));
  EK_TRY_ASSIGN(const gate::LicensedProduct licensed, gate::DecodeLicensedProduct(reply.message.frame.body));
  static_assert(EK_PRODUCT_TEXT_SIZE == ProductName::kMaxLength + 1);
  if (product != nullptr) std::strcpy(product, licensed.product.c_str());
  return {};
}

ek_code NullGiven(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

ek_code GivePaper(const ek_client* client, gate::Command command, const char* product, void* buffer, size_t* size,
                  ek_error* error) {
  if (client == nullptr || size == nullptr || (buffer == nullptr && *size != 0)) return NullGiven(error);
  return ReportOutcome(CopyPaper(*client, command, product, buffer, *size), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_install_licence(const ek_client* client, const void* licence, size_t licence_size,
                                            char* product, ek_error* error) {
  if (client == nullptr || licence == nullptr) return ek::NullGiven(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(licence), licence_size);
  return ek::ReportOutcome(ek::InstallLicence(*client, bytes, product), error);
}

extern "C" ek_code ek_admin_request_renewal(const ek_client* client, const char* product, void* buffer, size_t* size,
                                            ek_error* error) {
  return ek::GivePaper(client, edgekeep::gate::Command::kRequestRenewal, product, buffer, size, error);
}

extern "C" ek_code ek_admin_return_licence(const ek_client* client, const char* product, void* buffer, size_t* size,
                                           ek_error* error) {
  return ek::GivePaper(client, edgekeep::gate::Command::kReturnLicence, product, buffer, size, error);
}

// NOLINTEND(readability-identifier-naming)
