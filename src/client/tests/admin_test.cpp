// What administrators ask, against a keep of the test's own.
#include "edgekeep/gate/admin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "edgekeep/client/owner.h"
#include "edgekeep/gate/owner.h"
#include "open_model.h"

namespace edgekeep::client {
namespace {

class AdminTest : public testing::Test {
 protected:
  // Answers `command` with what `encode` writes, and keeps what was asked.
  void Serve(gate::Command command, std::function<Status(CborWriter&)> encode) {
    keep_.ServeAdministrators([this, command, encode](gate::Channel& connection, const gate::Message& request) {
      EXPECT_EQ(request.frame.header.command, command);
      asked_.assign(request.frame.body.begin(), request.frame.body.end());
      if (request.num_descriptors == 1) {
        char text[64] = {};
        EXPECT_GE(::pread(request.descriptors[0].get(), text, sizeof text - 1, 0), 0);
        file_text_ = text;
      }
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      EXPECT_TRUE(encode(body));
      EXPECT_TRUE(connection.Send(command, request.frame.header.id, body.written()));
    });
    client_.reset(OpenClient(keep_));
  }

  // A file of the test's own, removed with the keep's directory.
  std::string WriteFile(const char* name, const std::string& text) {
    const std::string path = keep_.root() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  void ServeInstall() {
    Serve(gate::Command::kInstall, [](CborWriter& body) {
      return gate::EncodeInstallAnswer({.product = ProductName::Parse("acme/fake").value(),
                                        .version = {.sequence = {9}, .display = VersionText::Truncated("2.0")},
                                        .prepared = true},
                                       body);
    });
    files_.grant = "grant";
    files_.grant_size = 5;
    files_.licence = "licence";
    files_.licence_size = 7;
  }

  FakeKeep keep_;
  ClientPointer client_{nullptr, &ek_client_close};
  std::vector<std::uint8_t> asked_;
  std::string file_text_;
  ek_install_files files_ = EK_INSTALL_FILES_INIT;
  ek_error error_{};
};

TEST_F(AdminTest, ALicenceIsInstalledAloneAndItsProductNamed) {
  Serve(gate::Command::kInstallLicence,
        [](CborWriter& body) { return gate::EncodeLicensedProduct({ProductName::Parse("acme/fake").value()}, body); });
  char product[EK_PRODUCT_TEXT_SIZE] = "";
  ASSERT_EQ(ek_admin_install_licence(client_.get(), "licence", 7, product, nullptr), EK_OK);
  EXPECT_STREQ(product, "acme/fake");
  EXPECT_EQ(AsText(gate::DecodeBlob(asked_).value()), "licence");
  EXPECT_EQ(ek_admin_install_licence(client_.get(), "licence", 7, nullptr, nullptr), EK_OK);
  EXPECT_EQ(ek_admin_install_licence(client_.get(), nullptr, 0, product, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, ACredentialIsAskedFor) {
  Serve(gate::Command::kRequestCredential, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("request"), body); });
  ek_credential_request wanted = EK_CREDENTIAL_REQUEST_INIT;
  wanted.authority = "authority";
  wanted.authority_size = 9;
  wanted.challenge_password = "once";
  char buffer[16] = "";
  std::size_t size = 3;
  EXPECT_EQ(ek_admin_request_credential(client_.get(), &wanted, buffer, &size, nullptr), EK_TOO_LARGE);
  ASSERT_EQ(ek_admin_request_credential(client_.get(), &wanted, buffer, &size, nullptr), EK_OK);
  EXPECT_STREQ(buffer, "request");
  const auto asked = gate::DecodeCredentialRequest(asked_).value();
  EXPECT_EQ(AsText(asked.authority), "authority");
  EXPECT_TRUE(asked.csr_attributes.empty());
  EXPECT_EQ(asked.challenge_password.view(), "once");
  const std::string longer(65, 'x');
  wanted.challenge_password = longer.c_str();
  EXPECT_EQ(ek_admin_request_credential(client_.get(), &wanted, buffer, &size, nullptr), EK_TOO_LARGE);
  EXPECT_EQ(ek_admin_request_credential(client_.get(), nullptr, buffer, &size, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, ACredentialIsTaken) {
  Serve(gate::Command::kInstallCredential, [](CborWriter& body) {
    return gate::EncodeCredentialFacts(
        {Digest(), false, gate::HeldCertificate{AsBytes("certificate"), {1}, {4}, {3}, {2}}, 7}, body);
  });
  ek_credential credential{};
  EXPECT_EQ(ek_admin_install_credential(client_.get(), "answer", 6, nullptr, 0, &credential, nullptr), EK_BAD_ARGUMENT);
  credential.struct_size = sizeof credential;
  ASSERT_EQ(ek_admin_install_credential(client_.get(), "answer", 6, nullptr, 0, &credential, nullptr), EK_OK);
  EXPECT_EQ(AsText(gate::DecodeCredentialAnswer(asked_)->answer), "answer");
  EXPECT_EQ(std::strlen(credential.authority), 64U);
  EXPECT_EQ(credential.held, 1);
  EXPECT_EQ(credential.renew_from, 3U);
  EXPECT_EQ(credential.changes, 7U);
}

TEST_F(AdminTest, ACredentialIsShown) {
  Serve(gate::Command::kShowCredential, [](CborWriter& body) {
    return gate::EncodeCredentialFacts({Digest(), true, gate::HeldCertificate{AsBytes("certificate"), {}, {}, {}, {}}},
                                       body);
  });
  ek_credential credential{};
  credential.struct_size = sizeof credential;
  char buffer[16] = "";
  std::size_t size = sizeof buffer;
  ASSERT_EQ(ek_admin_show_credential(client_.get(), &credential, buffer, &size, nullptr), EK_OK);
  EXPECT_EQ(std::string(buffer, size), "certificate");
  EXPECT_EQ(credential.requested, 1);
  EXPECT_EQ(ek_admin_show_credential(client_.get(), &credential, nullptr, nullptr, nullptr), EK_OK);
  EXPECT_EQ(ek_admin_show_credential(client_.get(), &credential, buffer, nullptr, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, ATlsIdentityIsShownAndSigns) {
  const std::vector<std::uint8_t> signature(EK_TLS_SIGNATURE_SIZE, 9), hash(48, 7);
  gate::TlsIdentityAnswer answer;
  ASSERT_TRUE(answer.certificates.PushBack(AsBytes("own")) && answer.certificates.PushBack(AsBytes("between")));
  Serve(gate::Command::kUseTlsIdentity, [&](CborWriter& body) { return gate::EncodeTlsIdentityAnswer(answer, body); });
  char buffer[16] = "";
  std::size_t size = sizeof buffer;
  ASSERT_EQ(ek_admin_tls_certificate(client_.get(), EK_TLS_IDENTITY_OWNER, 1, buffer, &size, nullptr), EK_OK);
  EXPECT_EQ(std::string(buffer, size), "between");
  EXPECT_TRUE(gate::DecodeTlsIdentityRequest(asked_)->transcript_hash.empty()) << "nothing is signed for that";
  size = sizeof buffer;
  EXPECT_EQ(ek_admin_tls_certificate(client_.get(), EK_TLS_IDENTITY_OWNER, 2, buffer, &size, nullptr), EK_NOT_FOUND);
  EXPECT_EQ(ek_admin_tls_certificate(client_.get(), 3, 0, buffer, &size, nullptr), EK_BAD_ARGUMENT);
  unsigned char made[EK_TLS_SIGNATURE_SIZE] = {};
  const auto sign = [&](const void* what, std::size_t what_size) {
    return ek_admin_sign_tls(client_.get(), EK_TLS_IDENTITY_FACTORY, what, what_size, made, nullptr);
  };
  EXPECT_EQ(sign(hash.data(), hash.size()), EK_MALFORMED) << "an answer without a signature";
  answer.signature = signature;
  EXPECT_EQ(sign(hash.data(), hash.size()), EK_OK);
  EXPECT_TRUE(std::equal(signature.begin(), signature.end(), made));
  EXPECT_EQ(gate::DecodeTlsIdentityRequest(asked_)->identity, gate::TlsIdentity::kFactory);
  EXPECT_EQ(gate::DecodeTlsIdentityRequest(asked_)->transcript_hash.size(), 48U);
  EXPECT_EQ(sign(hash.data(), 33), EK_MALFORMED);
  EXPECT_EQ(sign(nullptr, 0), EK_BAD_ARGUMENT);
}

class LicenceReportTest : public AdminTest {
 protected:
  void ExpectCopied(gate::Command command, decltype(&ek_admin_return_licence) ask) {
    Serve(command, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("report"), body); });
    char buffer[8] = "";
    size_t size = 5;
    EXPECT_EQ(ask(client_.get(), "acme/fake", buffer, &size, nullptr), EK_TOO_LARGE);
    EXPECT_EQ(size, 6U);
    ASSERT_EQ(ask(client_.get(), "acme/fake", buffer, &size, nullptr), EK_OK);
    EXPECT_STREQ(buffer, "report");
    EXPECT_EQ(gate::DecodeLicensedProduct(asked_).value().product.view(), "acme/fake");
    EXPECT_EQ(ask(client_.get(), "nothing", buffer, &size, nullptr), EK_BAD_ARGUMENT);
    EXPECT_EQ(ask(client_.get(), "acme/fake", nullptr, &size, nullptr), EK_BAD_ARGUMENT);
    EXPECT_EQ(ask(client_.get(), "acme/fake", buffer, nullptr, nullptr), EK_BAD_ARGUMENT);
  }
};

TEST_F(LicenceReportTest, RequestIsCopiedWhereItFits) {
  ExpectCopied(gate::Command::kRequestRenewal, ek_admin_request_renewal);
}

TEST_F(LicenceReportTest, ReceiptIsCopiedWhereItFits) {
  ExpectCopied(gate::Command::kReturnLicence, ek_admin_return_licence);
}

TEST_F(AdminTest, AnOrderIsHandedIn) {
  char buffer[8] = "";
  size_t size = sizeof buffer;
  Serve(gate::Command::kOrder, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("paper"), body); });
  ASSERT_EQ(ek_admin_order(client_.get(), "order", 5, buffer, &size, nullptr), EK_OK);
  EXPECT_STREQ(buffer, "paper");
  EXPECT_EQ(AsText(gate::DecodeBlob(asked_).value()), "order");
  EXPECT_EQ(ek_admin_order(client_.get(), nullptr, 0, buffer, &size, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, WhoMayGiveAnOrderIsAsked) {
  char buffer[8] = "";
  size_t size = 3;
  Serve(gate::Command::kShowOrderAuthority, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("people"), body); });
  EXPECT_EQ(ek_admin_order_authority(client_.get(), "retire", buffer, &size, nullptr), EK_TOO_LARGE);
  ASSERT_EQ(ek_admin_order_authority(client_.get(), "retire", buffer, &size, nullptr), EK_OK);
  EXPECT_EQ(AsText(gate::DecodeBlob(asked_).value()), "retire");
  EXPECT_EQ(ek_admin_order_authority(client_.get(), nullptr, buffer, &size, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, InitialiseGivesTheIdentity) {
  gate::InitialiseAnswer answer{.anchor = EK_ANCHOR_SOFTWARE, .publisher = InlineString<63>::Truncated("acme")};
  answer.device.mutable_view()[0] = 0xAB;
  Serve(gate::Command::kInitialise, [answer](CborWriter& body) { return gate::EncodeInitialiseAnswer(answer, body); });
  ek_device_identity identity{};
  identity.struct_size = sizeof identity;
  ASSERT_EQ(ek_admin_initialise(client_.get(), "trust", 5, &identity, &error_), EK_OK) << error_.where;
  EXPECT_EQ(std::string(identity.device_id).substr(0, 4), "ab00");
  EXPECT_EQ(std::strlen(identity.trust_fingerprint), 64U);
  EXPECT_STREQ(identity.publisher, "acme");
  EXPECT_EQ(identity.anchor, ek_code{EK_ANCHOR_SOFTWARE});
  EXPECT_TRUE(Equal(gate::DecodeBlob(asked_).value(), AsBytes("trust")));
}

TEST_F(AdminTest, InitialiseRefusesABundleThatIsNoMessage) {
  Serve(gate::Command::kInitialise, [](CborWriter&) { return Status(); });
  const std::string large(70'000, 'x');
  EXPECT_EQ(ek_admin_initialise(client_.get(), large.data(), large.size(), nullptr, nullptr), ek_code{EK_TOO_LARGE});
  EXPECT_TRUE(asked_.empty());
}

TEST_F(AdminTest, InitialiseChangesNothingWhenItCouldNotAnswer) {
  Serve(gate::Command::kInitialise, [](CborWriter&) { return Status(); });
  ek_device_identity identity{};  // without its size
  EXPECT_EQ(ek_admin_initialise(client_.get(), "trust", 5, &identity, nullptr), ek_code{EK_BAD_ARGUMENT});
  EXPECT_TRUE(asked_.empty());
}

TEST_F(AdminTest, DeviceRequestSaysHowMuchRoomItNeeds) {
  Serve(gate::Command::kShowRequest, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("request"), body); });
  std::size_t size = 0;
  EXPECT_EQ(ek_admin_device_request(client_.get(), nullptr, &size, &error_), ek_code{EK_TOO_LARGE});
  ASSERT_EQ(size, 7U);
  char text[8] = "-------";
  size = 6;
  EXPECT_EQ(ek_admin_device_request(client_.get(), text, &size, &error_), ek_code{EK_TOO_LARGE});
  EXPECT_STREQ(text, "-------");
  EXPECT_EQ(ek_admin_device_request(client_.get(), text, &size, &error_), EK_OK);
  EXPECT_STREQ(text, "request");
}

TEST_F(AdminTest, OwnershipIsAnotherQuestion) {
  Serve(gate::Command::kShowOwnership, [](CborWriter& body) { return gate::EncodeBlob(AsBytes("owned"), body); });
  char text[6] = "-----";
  std::size_t size = 5;
  EXPECT_EQ(ek_admin_ownership(client_.get(), text, &size, &error_), EK_OK);
  EXPECT_STREQ(text, "owned");
  EXPECT_EQ(ek_admin_ownership(nullptr, text, &size, nullptr), EK_BAD_ARGUMENT);
}

TEST_F(AdminTest, InstallPassesFilesOnByPathAndByDescriptor) {
  ServeInstall();
  const std::string path = WriteFile("sealed.eks", "sealed bytes");
  ek_installed installed{};
  installed.struct_size = sizeof installed;
  files_.sealed_path = path.c_str();
  ASSERT_EQ(ek_admin_install(client_.get(), &files_, &installed, &error_), EK_OK) << error_.where;
  EXPECT_STREQ(installed.product, "acme/fake");
  EXPECT_STREQ(installed.version, "2.0");
  EXPECT_EQ(installed.version_sequence, 9U);
  EXPECT_EQ(installed.prepared, 1U);
  EXPECT_EQ(file_text_, "sealed bytes");
  const gate::InstallRequest asked = gate::DecodeInstallRequest(asked_).value();
  EXPECT_TRUE(Equal(asked.grant, AsBytes("grant")) && Equal(asked.licence, AsBytes("licence")));

  file_text_.clear();
  const gate::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  files_.sealed_path = nullptr;
  files_.sealed_fd = file.get();
  EXPECT_EQ(ek_admin_install(client_.get(), &files_, nullptr, &error_), EK_OK);
  EXPECT_EQ(file_text_, "sealed bytes");
  EXPECT_NE(::fcntl(file.get(), F_GETFD), -1);  // still the caller's
}

TEST_F(AdminTest, InstallRefusesWhatIsNoFileBeforeAnythingIsAsked) {
  ServeInstall();
  const auto install = [this](const std::string& path) {
    files_.sealed_path = path.c_str();
    return ek_admin_install(client_.get(), &files_, nullptr, &error_);
  };
  EXPECT_EQ(install(keep_.root() + "/absent"), ek_code{EK_NOT_FOUND});
  EXPECT_EQ(install(keep_.root()), ek_code{EK_BAD_ARGUMENT});
  ASSERT_EQ(::mkfifo((keep_.root() + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(install(keep_.root() + "/pipe"), ek_code{EK_BAD_ARGUMENT});
  files_.sealed_path = nullptr;
  files_.sealed_fd = -1;
  EXPECT_EQ(ek_admin_install(client_.get(), &files_, nullptr, &error_), ek_code{EK_BAD_ARGUMENT});
  EXPECT_TRUE(asked_.empty());
}

TEST_F(AdminTest, InstallRefusesAGrantThatIsNoMessage) {
  ServeInstall();
  const std::string path = WriteFile("sealed.eks", "sealed");
  const std::string large(70'000, 'x');
  files_.sealed_path = path.c_str();
  files_.grant = large.data();
  files_.grant_size = large.size();
  EXPECT_EQ(ek_admin_install(client_.get(), &files_, nullptr, &error_), ek_code{EK_TOO_LARGE});
}

gate::StatusAnswer FullStatus() {
  gate::StatusAnswer answer{.initialised = true,
                            .anchor = EK_ANCHOR_SOFTWARE,
                            .publisher = InlineString<63>::Truncated("acme"),
                            .engine_key = InlineString<128>::Truncated("onnxruntime-1.30.0/avx512"),
                            .memory_locking = InlineString<32>::Truncated("all")};
  gate::ProductStatus product{.product = ProductName::Parse("acme/fake").value(),
                              .version = {.sequence = {3}, .display = VersionText::Truncated("1.1")},
                              .slot = 1,
                              .licensed = true,
                              .licence_expires = UnixTime{1'900'000'000},
                              .prepared_form_current = true,
                              .open_sessions = 2,
                              .policy = gate::PolicyBytes::From(std::array<std::uint8_t, 3>{0xA1, 0x01, 0x02}).value(),
                              .provider = 1,
                              .calls_left = 77};
  EXPECT_TRUE(answer.products.PushBack(product));
  product.product = ProductName::Parse("acme/second").value();
  product.calls_left.reset();
  product.licence_expires.reset();
  product.policy = {};
  EXPECT_TRUE(answer.products.PushBack(product));
  return answer;
}

TEST_F(AdminTest, StatusTellsEverything) {
  const gate::StatusAnswer answer = FullStatus();
  Serve(gate::Command::kStatus, [&answer](CborWriter& body) { return gate::EncodeStatusAnswer(answer, body); });
  const ek_status* status = nullptr;
  ASSERT_EQ(ek_admin_status(client_.get(), &status, &error_), EK_OK) << error_.where;
  EXPECT_EQ(status->initialised, 1U);
  EXPECT_STREQ(ek_anchor_name(status->anchor), "software");
  EXPECT_STREQ(status->publisher, "acme");
  EXPECT_STREQ(status->engine_key, "onnxruntime-1.30.0/avx512");
  ASSERT_EQ(status->num_products, 2U);
  const ek_product_status* first = ek_status_product(status, 0);
  EXPECT_STREQ(first->product, "acme/fake");
  EXPECT_EQ(first->slot, 1U);
  EXPECT_EQ(first->licence_has_end, 1U);
  EXPECT_EQ(first->licence_expires, 1'900'000'000U);
  EXPECT_EQ(first->open_sessions, 2U);
  ASSERT_EQ(first->policy_size, 3U);
  EXPECT_EQ(first->policy[2], 2U);
  EXPECT_EQ(first->provider, 1U);
  EXPECT_EQ(first->has_calls_left, 1U);
  EXPECT_EQ(first->calls_left, 77U);
  EXPECT_EQ(ek_status_product(status, 1)->has_calls_left, 0U);
  EXPECT_EQ(ek_status_product(status, 1)->licence_has_end, 0U);
  EXPECT_EQ(ek_status_product(status, 1)->policy_size, 0U);
  EXPECT_EQ(ek_status_product(status, 2), nullptr);
  ek_status_free(status);
}

TEST_F(AdminTest, ATruncatedStatusIsRefused) {
  const gate::StatusAnswer answer = FullStatus();
  std::vector<std::uint8_t> room(gate::kMaxBodySize);
  CborWriter whole(room);
  ASSERT_TRUE(gate::EncodeStatusAnswer(answer, whole));
  std::size_t size = 0;
  Serve(gate::Command::kStatus,
        [&](CborWriter& body) { return size != 0 ? body.Encoded(whole.written().first(size)) : Status(); });
  for (; size < whole.written().size(); ++size) {
    const ek_status* status = nullptr;
    EXPECT_EQ(ek_admin_status(client_.get(), &status, &error_), ek_code{EK_MALFORMED}) << size;
    EXPECT_EQ(status, nullptr);
  }
  ek_status_free(nullptr);
}

}  // namespace
}  // namespace edgekeep::client
