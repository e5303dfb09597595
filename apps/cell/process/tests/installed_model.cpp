#include "installed_model.h"

#include <fcntl.h>

#include <cstdlib>
#include <fstream>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/engine/testing/package_builder.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/sealing/slot_file.h"
#include "edgekeep/sealing/testing/memory_file.h"

namespace edgekeep::cell {
namespace {

constexpr auto kSuite = static_cast<std::uint16_t>(crypto::SealSuiteId::kAes256GcmHkdfSha256);

gate::Descriptor Open(const std::filesystem::path& path, int flags) {
  gate::Descriptor file(open(path.c_str(), flags | O_CLOEXEC, 0600));
  EK_CHECK(file.valid());
  return file;
}

gate::PolicyBytes InPlacePolicy() {
  std::array<std::uint8_t, formats::kMaxProductPolicySize> buffer{};
  CborWriter out(buffer);
  EK_CHECK(formats::EncodeProductPolicy({.zero_copy_inputs = true}, out));
  return gate::PolicyBytes::From(out.written()).value();
}

SecretArray<32> Fresh(const crypto::Provider& provider) {
  SecretArray<32> key;
  EK_CHECK(provider.Random(key.RevealForWriting()));
  return key;
}

}  // namespace

InstalledModel::InstalledModel(const std::string& model) {
  char directory[] = "/tmp/edgekeep-installed-XXXXXX";
  EK_CHECK(mkdtemp(directory) != nullptr);
  directory_ = directory;
  auto provider = crypto::NewOpenSslProvider();
  EK_CHECK(provider);
  provider_ = *std::move(provider);
  canonical_key_ = Fresh(*provider_);
  prepared_key_ = Fresh(*provider_);
  sealing::testing::BuildSealedFile(*provider_, AsBytes(engine::testing::BuildPackage(model)), built_);
  std::ofstream(sealed(), std::ios::binary) << AsText(built_.file.bytes);
}

InstalledModel::~InstalledModel() {
  std::filesystem::remove_all(directory_);
}

gate::InstallPackageOrder InstalledModel::install_order() const {
  gate::InstallPackageOrder order;
  order.content_key = built_.content_key.Clone();
  order.header_digest = built_.header_digest;
  order.tags_digest = built_.tags_digest;
  std::ranges::copy(built_.plaintext_mac.view(), order.plaintext_mac.begin());
  order.canonical_key = canonical_key_.Clone();
  order.prepared_key = prepared_key_.Clone();
  order.seal_suite = kSuite;
  return order;
}

gate::ServeModelOrder InstalledModel::serve_order(bool prepared) const {
  const gate::WrittenSlotFile& file = prepared ? *answer_->prepared : answer_->canonical;
  gate::ServeModelOrder order;
  order.file.key = prepared ? prepared_key_.Clone() : canonical_key_.Clone();
  order.file.header_digest = file.header_digest;
  order.file.tags_digest = file.tags_digest;
  order.prepared = prepared;
  if (in_place_) order.policy = InPlacePolicy();
  return order;
}

void InstalledModel::ForgeInPlaceInputs(std::uint32_t inputs) {
  std::vector<std::uint8_t> memory(32 << 20);
  sealing::testing::ThreadedWorkers workers{2};
  const auto forge = [&](const std::filesystem::path& path, const SecretArray<32>& key,
                         gate::WrittenSlotFile& written) {
    sealing::testing::MemoryFile file;
    std::ifstream in(path, std::ios::binary);
    file.bytes.assign(std::istreambuf_iterator<char>(in), {});
    const sealing::SlotFileTrust trust{key, written.header_digest, written.tags_digest};
    auto header = sealing::OpenSlotFile(*provider_, file, trust, workers, memory);
    EK_CHECK(header);
    header->in_place_inputs = inputs;
    const ByteView plaintext = ByteView(memory).first(static_cast<std::size_t>(header->plaintext_size));
    file.bytes.clear();
    const auto digests = sealing::WriteSlotFile(*provider_, {*header, key, plaintext}, workers, file);
    EK_CHECK(digests);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << AsText(file.bytes);
    written = {digests->header_digest, digests->tags_digest, file.bytes.size()};
  };
  forge(canonical(), canonical_key_, answer_->canonical);
  if (answer_->prepared) forge(prepared(), prepared_key_, *answer_->prepared);
}

Result<gate::PreparedAnswer> InstalledModel::Install(OrderTaker& cell) {
  const auto source = Open(sealed(), O_RDONLY);
  const auto first = Open(canonical(), O_RDWR | O_CREAT);
  const auto second = Open(prepared(), O_RDWR | O_CREAT);
  const int descriptors[] = {source.get(), first.get(), second.get()};
  EK_TRY_ASSIGN(const Bytes body, cell.Order(install_order(), descriptors));
  EK_TRY_ASSIGN(answer_, gate::DecodePreparedAnswer(body.view()));
  return *answer_;
}

Result<gate::PreparedAnswer> InstalledModel::PrepareAgain(OrderTaker& cell) {
  const auto source = Open(canonical(), O_RDONLY);
  const auto target = Open(prepared(), O_RDWR);
  gate::PreparePackageOrder order;
  order.canonical.key = canonical_key_.Clone();
  order.canonical.header_digest = answer_->canonical.header_digest;
  order.canonical.tags_digest = answer_->canonical.tags_digest;
  order.prepared_key = prepared_key_.Clone();
  order.seal_suite = kSuite;
  const int descriptors[] = {source.get(), target.get()};
  EK_TRY_ASSIGN(const Bytes body, cell.Order(order, descriptors));
  EK_TRY_ASSIGN(answer_, gate::DecodePreparedAnswer(body.view()));
  return *answer_;
}

Status InstalledModel::Load(OrderTaker& cell, bool is_prepared, std::uint32_t threads) {
  EK_TRY(LoadBy({}, cell, is_prepared, threads));
  return {};
}

Result<gate::ServeModelAnswer> InstalledModel::LoadBy(const formats::ProductPolicy& policy, OrderTaker& cell,
                                                      bool is_prepared, std::uint32_t threads) {
  const auto file = Open(is_prepared ? prepared() : canonical(), O_RDONLY);
  const int descriptor = file.get();
  gate::ServeModelOrder order = serve_order(is_prepared);
  order.threads = threads;
  if (!policy.is_default()) {
    std::array<std::uint8_t, formats::kMaxProductPolicySize> buffer;
    CborWriter out(buffer);
    EK_TRY(formats::EncodeProductPolicy(policy, out));
    EK_TRY_ASSIGN(order.policy, gate::PolicyBytes::From(out.written()));
  }
  EK_TRY_ASSIGN(const Bytes answer, cell.Order(order, {&descriptor, 1}));
  return gate::DecodeServeModelAnswer(answer.view());
}

Status InstalledModel::Export(OrderTaker& cell, int file) {
  const auto source = Open(canonical(), O_RDONLY);
  gate::ExportPackageOrder order;
  order.canonical = serve_order(false).file;
  EK_TRY(order.files.PushBack({}));
  const int descriptors[] = {source.get(), file};
  const auto answer = cell.Order(order, descriptors);
  return answer ? Status() : Status(answer.error());
}

Status InstalledModel::Serve(OrderTaker& cell, bool is_prepared, std::uint32_t threads) {
  EK_TRY(ServeBy({}, cell, is_prepared, threads));
  return {};
}

Result<gate::ServeModelAnswer> InstalledModel::ServeBy(const formats::ProductPolicy& policy, OrderTaker& cell,
                                                       bool is_prepared, std::uint32_t threads) {
  auto answer = LoadBy(policy, cell, is_prepared, threads);
  if (!answer) return answer;
  EK_TRY_ASSIGN(session_, TestSession::Open(cell, 1));
  return answer;
}

}  // namespace edgekeep::cell
