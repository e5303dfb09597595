#include "support.h"

#include <stdlib.h>

#include <fstream>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/segments.h"
#include "edgekeep/sealing/verified_seal.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

Result<Buffer> OpenBody(const Context& context, const sealing::VerifiedSeal& seal, const sealing::ContentKey& key,
                        ByteView body) {
  const auto suite = crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(seal.header().seal_suite)).value();
  EK_TRY_ASSIGN(const auto keys, sealing::SegmentKeys::Derive(context.provider, suite, key.key, seal.header().salt,
                                                              seal.header_digest()));
  EK_TRY_ASSIGN(auto cipher, sealing::SegmentCipher::Create(context.provider, keys));
  EK_TRY_ASSIGN(auto tags, sealing::TagsDigest::Create(context.provider));
  EK_TRY_ASSIGN(auto mac, sealing::PlaintextMacState::Create(context.provider, key.key, seal.header().salt));
  Buffer plaintext(seal.header().plaintext_size);
  const std::uint64_t count = formats::SegmentCount(plaintext.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t at = i * formats::kSegmentSize;
    const std::size_t size = std::min<std::size_t>(formats::kSegmentSize, plaintext.size() - at);
    const ByteView sealed = body.subspan(at + i * 16, size + 16);
    const MutableByteView out = MutableByteView(plaintext).subspan(at, size);
    EK_TRY(cipher.Open(static_cast<std::uint32_t>(i), i + 1 == count, sealed, out));
    EK_TRY(tags.Add(sealed));
    EK_TRY(mac.Update(out));
  }
  EK_TRY_ASSIGN(const Digest tags_digest, tags.Finish());
  EK_TRY_ASSIGN(const auto plaintext_mac, mac.Finish());
  if (tags_digest != seal.record().tags_digest) return Error(ErrorCode::kDenied, "tags digest");
  if (plaintext_mac != seal.record().plaintext_mac) return Error(ErrorCode::kDenied, "plaintext MAC");
  return plaintext;
}

}  // namespace

Directory::Directory() : path_((fs::temp_directory_path() / "edgekeep-author.XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

Directory::~Directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> Directory::Entries() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
  return names;
}

Context TestContext() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return {
      .provider = *provider,
      .now = kNow,
      .key_file_costs = {.memory_kib = formats::kMinArgon2MemoryKib, .passes = formats::kMinArgon2Passes, .lanes = 1}};
}

Context InterruptedContext() {
  Context context = TestContext();
  context.stop_requested = [] { return true; };
  return context;
}

const SecretBytes& TestPassphrase() {
  static const SecretBytes passphrase = SecretBytes::CopyOf(AsBytes("correct horse battery staple")).value();
  return passphrase;
}

Outcome<Publisher> NewTestPublisher(const std::string& directory, const std::string& name, Profile profile) {
  return Publisher::Create(TestContext(), {directory, name, profile}, TestPassphrase());
}

const Publisher& TestPublisher() {
  static const Directory directory;
  static const Publisher publisher = NewTestPublisher(directory / "acme").value();
  return publisher;
}

Buffer Pattern(std::size_t size, std::uint8_t seed) {
  Buffer bytes(size);
  std::uint32_t state = seed;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

void WriteAll(const std::string& path, const Buffer& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.good()) << path;
}

Buffer ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

ProductName Product(std::string_view name) {
  return ProductName::Parse(name).value();
}

SealRequest RequestFor(const std::string& model, const std::string& output) {
  SealRequest request;
  request.model = model;
  request.product = Product();
  request.version = {{3}, VersionText::Truncated("1.2")};
  request.output = output;
  return request;
}

Result<Buffer> OpenAsLicensor(const Publisher& publisher, const std::string& path) {
  const Context context = TestContext();
  const Buffer file = ReadAll(path);
  EK_TRY_ASSIGN(const auto seal, sealing::VerifySeal(context.provider, file, file.size(), publisher.trust()));
  const auto licensor = publisher.OpenLicensorKem(context, TestPassphrase());
  if (!licensor) return Error(licensor.error().code, "licensor");
  EK_TRY_ASSIGN(const auto key, sealing::UnwrapContentKeyAsLicensor(context.provider, *licensor, seal.header()));
  EK_TRY(sealing::CheckKeyCommitment(context.provider, key.key, seal.header().salt, seal.header().key_commitment));
  return OpenBody(context, seal, key, ByteView(file).subspan(seal.body_offset()));
}

}  // namespace edgekeep::author
