// The C interface for orders to a device (edgekeep/client/order.h).
#include "blob_answer.h"
#include "edgekeep/client/order.h"

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_order(const ek_client* client, const void* order, size_t order_size, void* buffer,
                                  size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || order == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(order), order_size);
  return ek::ReportOutcome(ek::AskWithBlob(*client, edgekeep::gate::Command::kOrder, bytes, room), error);
}

extern "C" ek_code ek_admin_order_authority(const ek_client* client, const char* kind, void* buffer, size_t* size,
                                            ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || kind == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  const edgekeep::ByteView bytes = edgekeep::AsBytes(kind);
  return ek::ReportOutcome(ek::AskWithBlob(*client, edgekeep::gate::Command::kShowOrderAuthority, bytes, room), error);
}

extern "C" ek_code ek_admin_transfer(const ek_client* client, const void* transfer, size_t transfer_size, void* buffer,
                                     size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || transfer == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(transfer), transfer_size);
  return ek::ReportOutcome(ek::AskWithBlob(*client, edgekeep::gate::Command::kTransfer, bytes, room), error);
}

// NOLINTEND(readability-identifier-naming)
