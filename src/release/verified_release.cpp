#include "edgekeep/release/verified_release.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "edgekeep/base/hex.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/root_holders.h"
#include "metadata_file.h"

namespace edgekeep::release {

struct VerifiedRelease::Contents {
  Contents(MetadataFile its_targets, ReleaseStatement its_statement) noexcept
      : targets(std::move(its_targets)), statement(std::move(its_statement)) {}

  const formats::ReleaseEntry& entry() const noexcept { return statement.entry(); }

  // People, notary and log stand behind such a target where it lies: as one of the newest release, or of the one that
  // was proven beside it.
  bool IsProven(const ReleasePlace& place, const SoughtFile& file, std::string_view path, std::uint64_t epoch) const;

  MetadataFile targets;
  ReleaseStatement statement;
  UnixTime cosigned_at;
  std::optional<ProvenRelease> other;
};

namespace {

using json::Node;

std::string_view NameOf(TargetKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"sealed-file", "grant", "operations-policy"};
  return kNames[static_cast<std::size_t>(kind)];
}

Error NotReleased(TargetKind kind) {
  constexpr std::array kTexts = {"sealed file: not one of the release", "grant: not one of the release",
                                 "operations policy: not one of the release"};
  return Error(ErrorCode::kNotFound, kTexts[static_cast<std::size_t>(kind)]);
}

bool IsText(Node node, std::string_view expected) {
  const Result<std::string_view> text = node.AsText();
  return text && *text == expected;
}

bool IsNumber(Node node, std::uint64_t expected) {
  const Result<std::uint64_t> number = node.AsUnsigned();
  return number && *number == expected;
}

Result<ReleasePlace> PlaceOf(std::string_view path) {
  const std::size_t end = path.rfind('/');
  if (end == std::string_view::npos) return Error(ErrorCode::kMalformed, "target outside a release's directory");
  return ReleasePlace::Parse(path.substr(0, end));
}

Result<std::uint64_t> EpochOf(Node target) {
  return target.Find("custom").Find("edgekeep").Find("security-epoch").AsUnsigned();
}

// People, notary and log judged the statement; devices go by what stands by each target.
Status CheckEpochs(Node targets, const formats::ReleaseEntry& entry) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Result<ReleasePlace> place = PlaceOf(targets.KeyAt(i));
    if (!place || !(place->product == entry.product)) continue;
    EK_TRY_ASSIGN(const std::uint64_t epoch, EpochOf(targets[i]));
    const bool is_own = *place == ReleasePlace::Of(entry);
    if (epoch > entry.security_epoch || (is_own && epoch != entry.security_epoch))
      return Error(ErrorCode::kMalformed, "release: a target of another security epoch");
  }
  return {};
}

// An author whom nobody knows would let the one who wrote the release approve it.
Status CheckAuthor(ByteView root, std::string_view author) {
  for (const std::string_view role : {"targets", "root"}) {
    EK_TRY_ASSIGN(const RootHolders people, RootHolders::Read(root, role));
    if (std::ranges::find(people.people(), author, &formats::Holder::name) != people.people().end()) return {};
  }
  return Error(ErrorCode::kUntrusted, "release: its author is no holder");
}

Status CheckTargets(ByteView root, Node targets, const formats::ReleaseEntry& entry) {
  EK_TRY(CheckAuthor(root, entry.author));
  return CheckEpochs(targets, entry);
}

// Whether `place` is one where `file` may lie.
Status CheckPlace(const Result<ReleasePlace>& place, const SoughtFile& file, const formats::ReleaseEntry& newest) {
  if (!place) return place.error();
  if (!(place->product == file.product)) return Error(ErrorCode::kWrongProduct, "released as another product");
  if (!file.channel.empty() && place->channel.view() != file.channel)
    return Error(ErrorCode::kWrongProduct, "released in another channel");
  if (file.sequence && place->sequence != *file.sequence)
    return Error(ErrorCode::kWrongVersion, "released as another version");
  const bool is_ours = place->product == newest.product && place->channel.view() == newest.channel;
  if (is_ours && place->sequence > newest.version.sequence)
    return Error(ErrorCode::kWrongVersion, "newer than the newest release");
  return {};
}

}  // namespace

bool VerifiedRelease::Contents::IsProven(const ReleasePlace& place, const SoughtFile& file, std::string_view path,
                                         std::uint64_t epoch) const {
  if (place == ReleasePlace::Of(entry())) return true;
  if (!other || !(other->place() == place) || other->security_epoch() != epoch) return false;
  return other->Names(path, NameOf(file.kind), ToHex(file.sha256.view()).view(), file.size);
}

VerifiedRelease::VerifiedRelease(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

VerifiedRelease::VerifiedRelease(VerifiedRelease&& other) noexcept = default;
VerifiedRelease& VerifiedRelease::operator=(VerifiedRelease&& other) noexcept = default;
VerifiedRelease::~VerifiedRelease() = default;

const ProductName& VerifiedRelease::product() const noexcept {
  return contents_->entry().product;
}

const Version& VerifiedRelease::version() const noexcept {
  return contents_->entry().version;
}

std::uint64_t VerifiedRelease::security_epoch() const noexcept {
  return contents_->entry().security_epoch;
}

ReleasePlace VerifiedRelease::place() const noexcept {
  return ReleasePlace::Of(contents_->entry());
}

void VerifiedRelease::TakeOther(ProvenRelease other) noexcept {
  contents_->other = std::move(other);
}

UnixTime VerifiedRelease::cosigned_at() const noexcept {
  return contents_->cosigned_at;
}

Result<std::uint64_t> VerifiedRelease::Find(const SoughtFile& file) const {
  const InlineString<128> hex = ToHex(file.sha256.view());
  const Node targets = contents_->targets.content().Find("targets");
  std::optional<std::uint64_t> epoch;
  Error refused = NotReleased(file.kind);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Node target = targets[i];
    if (!IsText(target.Find("hashes").Find("sha256"), hex.view()) || !IsNumber(target.Find("length"), file.size))
      continue;
    if (!IsText(target.Find("custom").Find("edgekeep").Find("kind"), NameOf(file.kind))) continue;
    const Result<ReleasePlace> place = PlaceOf(targets.KeyAt(i));
    const Status fits = CheckPlace(place, file, contents_->entry());
    if (!fits) {
      refused = fits.error();
      continue;
    }
    EK_TRY_ASSIGN(const std::uint64_t its_epoch, EpochOf(target));
    if (!contents_->IsProven(*place, file, targets.KeyAt(i), its_epoch)) {
      refused = Error(ErrorCode::kUntrusted, "release: no proof of the one that this file is of");
      continue;
    }
    epoch = std::max(epoch.value_or(0), its_epoch);
  }
  if (!epoch) return refused;
  return *epoch;
}

Sequence VerifiedRelease::NewestNamed(TargetKind kind, const ProductName& product, std::string_view channel,
                                      Sequence most) const {
  const Node targets = contents_->targets.content().Find("targets");
  Sequence newest;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!IsText(targets[i].Find("custom").Find("edgekeep").Find("kind"), NameOf(kind))) continue;
    const Result<ReleasePlace> place = PlaceOf(targets.KeyAt(i));
    if (!place || !(place->product == product) || place->channel.view() != channel) continue;
    if (place->sequence <= most) newest = std::max(newest, place->sequence);
  }
  return newest;
}

Status CheckReleasedTargets(const crypto::Provider& provider, ByteView root, ByteView targets) {
  EK_TRY_ASSIGN(const ReleaseStatement statement, ReleaseStatement::Read(provider, targets));
  EK_TRY_ASSIGN(const MetadataFile file, MetadataFile::Parse(targets, FileType::kTargets));
  return CheckTargets(root, file.content().Find("targets"), statement.entry());
}

Result<VerifiedRelease> VerifyRelease(const crypto::Provider& provider, const ReleaseDemand& demand) {
  const formats::TrustPolicy& policy = demand.policy.policy();
  EK_TRY(CheckPeople(provider, policy, "targets", demand.root, demand.targets));
  EK_TRY_ASSIGN(ReleaseStatement statement, ReleaseStatement::Read(provider, demand.targets));
  EK_TRY_ASSIGN(MetadataFile targets, MetadataFile::Parse(demand.targets, FileType::kTargets));
  EK_TRY(CheckTargets(demand.root, targets.content().Find("targets"), statement.entry()));
  const std::string_view product = statement.entry().product.view();
  if (product.substr(0, product.find('/')) != policy.authority)
    return Error(ErrorCode::kWrongProduct, "release of another publisher");
  EK_TRY_ASSIGN(
      const VerifiedReleaseProof proof,
      VerifyReleaseProof(provider, DemandsOf(demand.policy, demand.not_after), demand.proof, statement.content()));
  std::unique_ptr<VerifiedRelease::Contents> contents(
      new (std::nothrow) VerifiedRelease::Contents(std::move(targets), std::move(statement)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "release");
  contents->cosigned_at = proof.checkpoint().cosigned_at();
  return VerifiedRelease(std::move(contents));
}

}  // namespace edgekeep::release
