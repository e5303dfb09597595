// Devices that were retired, wherever a command takes --retired.
#include "../retired_identities.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../factory_belief.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::cli::publisher {
namespace {

const crypto::Provider& RetiringCryptography() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

class IdentityKey final : public sealing::SigningKey {
 public:
  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEcdsaP256Sha256; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    return RetiringCryptography().Sign(algorithm(), pair_.private_key.Reveal(), message);
  }

  DeviceId id() const {
    return attest::DeviceOf(RetiringCryptography(), {static_cast<std::uint16_t>(algorithm()), public_key()}).value();
  }

  template <typename Object>
  Bytes Signed(std::string_view type, const Object& object, Status (*encode)(const Object&, CborWriter&)) const {
    std::vector<std::uint8_t> buffer(formats::kMaxSignedRetirement);
    CborWriter payload(buffer);
    EXPECT_TRUE(encode(object, payload));
    const sealing::SigningKey* const keys[] = {this};
    return sealing::SignObject(RetiringCryptography(), type, payload.written(), keys).value();
  }

 private:
  crypto::KeyPair pair_ = RetiringCryptography().GenerateSigningKey(algorithm()).value();
};

TEST(RetiredIdentities, AreRefusedByTheirCertificate) {
  const IdentityKey retired, sibling;
  formats::Order order{.authority = "acme",
                       .action = formats::OrderAction::kRetire,
                       .devices = {},
                       .sequence = 1,
                       .issued_at = {1},
                       .not_after = {2},
                       .product = {},
                       .sessions = {}};
  ASSERT_TRUE(order.devices.PushBack(retired.id()));
  const Bytes given = retired.Signed(formats::typ::kOrder, order, formats::EncodeOrder);
  const formats::RetirementCertificate certificate{
      .order = given.view(),
      .identity = {static_cast<std::uint16_t>(retired.algorithm()), retired.public_key()},
      .retired_at = {1},
      .evidence = {}};
  const Bytes bytes = retired.Signed(formats::typ::kRetirement, certificate, formats::EncodeRetirementCertificate);
  const std::string path =
      (std::filesystem::temp_directory_path() / ("retired." + std::to_string(::getpid()) + ".ekx")).string();
  std::ofstream(path, std::ios::binary)
      .write(std::bit_cast<const char*>(bytes.view().data()), static_cast<std::streamsize>(bytes.size()));
  const Session session{.context = {.provider = RetiringCryptography()}};
  ListedArguments arguments;
  EXPECT_TRUE(CheckNotRetired(session, arguments, retired.id())) << "control: nobody shows a certificate";
  arguments.retired = {path};
  const author::Done refused = CheckNotRetired(session, arguments, retired.id());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(CheckNotRetired(session, arguments, sibling.id())) << "control: another device";
  const std::string directory = path + ".d";
  std::filesystem::create_directory(directory);
  arguments.retired = {directory};
  EXPECT_TRUE(CheckNotRetired(session, arguments, retired.id())) << "control: an empty directory";
  std::filesystem::copy_file(path, directory + "/any name");
  EXPECT_FALSE(CheckNotRetired(session, arguments, retired.id()));
  std::filesystem::remove_all(directory);
  arguments.retired = {path};
  std::filesystem::resize_file(path, bytes.size() - 1);
  EXPECT_FALSE(CheckNotRetired(session, arguments, sibling.id())) << "a certificate that is none refuses everybody";
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace edgekeep::cli::publisher
