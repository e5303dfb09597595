#include "pem.h"

#include <gtest/gtest.h>

#include "tls_identity.h"

namespace edgekeep::cli::device {
namespace {

const std::vector<std::uint8_t> kDer(70, 0x30);

TEST(Pem, ReadsWhatItWritesAndDer) {
  for (const char* name : {"CERTIFICATE", ""}) {
    const std::string text = Armour(name, kDer);
    EXPECT_EQ(text.starts_with("-----BEGIN CERTIFICATE-----\n"), *name != '\0');
    EXPECT_EQ(ReadArmoured(AsBytes(text)).value(), kDer);
  }
  EXPECT_EQ(ReadArmoured(kDer).value(), kDer);
  std::string dos = Armour("CERTIFICATE", kDer);
  for (std::size_t at = dos.find('\n'); at != dos.npos; at = dos.find('\n', at + 2)) dos.insert(at, "\r");
  EXPECT_EQ(ReadArmoured(AsBytes(dos)).value(), kDer);
}

// RFC 8951 §3.1: whatever a server's encoder puts between.
TEST(Pem, ReadsBase64WithWhiteSpaceAnywhereAndWritesNone) {
  const std::string plain = Armour("", kDer);
  EXPECT_EQ(plain.find_first_of(" \t\r\n"), plain.npos);
  for (const std::string between : {"\n", "\r\n", " ", "\t", "\r\n \t"}) {
    std::string spaced = between;
    for (const char letter : plain) spaced += letter + between;
    EXPECT_EQ(ReadArmoured(AsBytes(spaced)).value(), kDer);
  }
}

TEST(Pem, RefusesWhatIsNotOneObject) {
  const std::string good = Armour("CERTIFICATE", kDer);
  const std::vector<std::uint8_t> other(3, 1);
  for (const std::string& text : {std::string(), good + good, good.substr(0, good.size() - 20), std::string("<html>"),
                                  std::string("AA=A"), Armour("", other)}) {
    EXPECT_FALSE(ReadArmoured(AsBytes(text))) << text;
  }
}

// What OpenSSL wants signed for another session than one of TLS 1.3 never reaches the keep.
TEST(TlsIdentity, OnlyTheWordsOfAClientOfTls13HaveAHash) {
  const std::string padding(64, ' '), words = "TLS 1.3, client CertificateVerify", hash(48, 'h'), zero(1, '\0');
  EXPECT_EQ(AsText(TranscriptHashIn(AsBytes(padding + words + zero + hash))), hash);
  EXPECT_EQ(TranscriptHashIn(AsBytes(padding + words + zero + hash.substr(16))).size(), 32U);
  for (const std::string& other :
       {std::string(), std::string("test text"), padding + words + zero, padding + words + zero + hash + "h",
        padding + words + hash, words + zero + hash, padding + "TLS 1.3, server CertificateVerify" + zero + hash}) {
    EXPECT_TRUE(TranscriptHashIn(AsBytes(other)).empty()) << other;
  }
}

TEST(TlsIdentity, IsForTheHostOfTheUrlAlone) {
  for (const char* url : {"https://est.example", "https://est.example/", "https://est.example:8443/.well-known/est/x",
                          "https://other@est.example/", "https://est.example.?https://other",
                          "https://est.example#@other", "https://a:b@est.example:1"})
    EXPECT_EQ(HostIn(url), "est.example") << url;
  EXPECT_EQ(HostIn("https://127.0.0.1:8443"), "127.0.0.1");
  EXPECT_EQ(HostIn("https://[::1]:8443/x"), "::1");
  for (const char* url : {"", "https://", "http://est.example", "https:///est.example", "https://:1"})
    EXPECT_EQ(HostIn(url), "") << url;
}

TEST(TlsIdentity, SignaturesAreTwoNumbersWithoutSign) {
  Der signature(64, 1);
  signature[0] = 0x80;
  signature[32] = signature[33] = 0;
  const Der der = SignatureToDer(signature);
  EXPECT_EQ(der.size(), 2U + 2 + 33 + 2 + 30);
  EXPECT_EQ(der[1], der.size() - 2);
  EXPECT_EQ(Der(der.begin() + 2, der.begin() + 7), (Der{2, 33, 0, 0x80, 1}));
  EXPECT_EQ(Der(der.begin() + 37, der.begin() + 41), (Der{2, 30, 1, 1}));
}

}  // namespace
}  // namespace edgekeep::cli::device
