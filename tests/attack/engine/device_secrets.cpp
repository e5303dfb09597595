#include "device_secrets.h"

#include <ctime>
#include <optional>
#include <stdexcept>

#include "edgekeep/anchor/software/software_anchor.h"
#include "edgekeep/core/open.h"
#include "edgekeep/core/trust.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/store/directory_store.h"
#include "edgekeep/store/posix_disk.h"
#include "edgekeep/update/installed.h"
#include "files.h"
#include "temporary_directory.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = std::size_t{1} << 20;

template <typename T>
T Take(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().where());
  return *std::move(result);
}

Secret Named(const std::string& name, ByteView bytes) {
  return {name, {bytes.begin(), bytes.end()}};
}

// A store in a directory, with the disk it stands on.
struct StoreIn {
  explicit StoreIn(const fs::path& directory)
      : disk(Take(store::PosixDisk::Open(directory.c_str()))), store(Take(store::DirectoryStore::Open(disk))) {}

  store::PosixDisk disk;
  store::DirectoryStore store;
};

fs::path CopyOfState(const fs::path& root, const TemporaryDirectory& into) {
  fs::copy(root / "var/lib/edgekeep", into / "edgekeep", fs::copy_options::recursive);
  return into / "edgekeep";
}

// Members need what stands above them.
struct OpenedDevice {
  explicit OpenedDevice(const fs::path& root)
      : state(CopyOfState(root, directory)),
        provider(Take(crypto::NewOpenSslProvider())),
        anchor_store(state / "anchor"),
        anchor(Take(anchor::SoftwareAnchor::OpenOrMake(*provider, anchor_store.store))),
        kept(state / "keep/store"),
        sealed_secret(Take(kept.store.Read("device", kMost))),
        device(Take(core::Device::Open(*provider, anchor, sealed_secret.view()))) {}

  const core::Vault& vault() const { return device.vault(); }

  TemporaryDirectory directory;
  fs::path state;
  std::unique_ptr<crypto::Provider> provider;
  StoreIn anchor_store;
  anchor::SoftwareAnchor anchor;
  StoreIn kept;
  Bytes sealed_secret;
  core::Device device;
};

core::TrustedPublisher TrustOf(OpenedDevice& device) {
  const Bytes stored = Take(device.kept.store.Read("trust", kMost));
  const ByteView bundle = Take(device.vault().CheckProtected(formats::label::kStoredTrust, stored.view()));
  return Take(core::VerifyTrustBundle(*device.provider, bundle));
}

core::OpenDecision DecisionFor(OpenedDevice& device, const ProductName& name) {
  update::StoredCopies copies;
  for (const char* copy : {"record.0", "record.1"}) {
    copies[copy[7] == '1' ? 1 : 0] = Take(device.kept.store.ReadOf(name, copy, kMost));
  }
  const update::Installed installed = update::Installed::Judge(device.vault(), name, std::move(copies));
  const core::AuthenticRecord& record = *installed.current();
  const char* const licence = record.record().slot == 0 ? "licence.0" : "licence.1";
  const auto now = static_cast<std::uint64_t>(std::time(nullptr));
  const core::LicenceUse use{.product = name, .sequence = record.record().version.sequence, .now = UnixTime(now)};
  const core::TrustedPublisher trust = TrustOf(device);
  const Bytes bytes = Take(device.kept.store.ReadOf(name, licence, kMost));
  return Take(
      core::DecideOpen(device.device, record, Take(core::VerifyLicence(device.device, trust, use, bytes.view()))));
}

}  // namespace

std::vector<Secret> SecretsFor(const fs::path& root, const std::string& product) {
  OpenedDevice device(root);
  const core::OpenDecision decision = DecisionFor(device, Take(ProductName::Parse(product)));
  std::vector<Secret> secrets = {Named("slot key", decision.canonical_key().key.Reveal()),
                                 Named("epoch key", decision.epoch_key().key.Reveal()),
                                 Named("vault key", device.vault().key().key.Reveal())};
  const SecretBytes seed = Take(
      device.vault().OpenSecret(formats::label::kDeviceSecret, device.device.id().view(), device.sealed_secret.view()));
  secrets.push_back(Named("ML-KEM seed", seed.Reveal()));
  secrets.push_back({"anchor", ReadFile(device.state / "anchor" / "software-anchor")});
  return secrets;
}

}  // namespace edgekeep::test
