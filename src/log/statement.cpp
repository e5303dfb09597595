#include "edgekeep/log/statement.h"

#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {

std::optional<std::string> SignerOf(const crypto::Provider& provider, ByteView content, ByteView statement,
                                    std::span<const formats::Holder> holders,
                                    std::span<const std::uint8_t> required_classes) {
  const auto verified = sealing::VerifyObject(provider, formats::typ::kLogEntry, statement, holders, required_classes);
  if (!verified || !Equal(verified->payload(), content)) return std::nullopt;
  return std::string(holders[verified->holder()].name);
}

}  // namespace edgekeep::log
