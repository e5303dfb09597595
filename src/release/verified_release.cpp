#include "edgekeep/release/verified_release.h"

#include <algorithm>
#include <charconv>
#include <new>
#include <optional>

#include "edgekeep/base/hex.h"
#include "edgekeep/release/release_proof.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/root_holders.h"
#include "metadata_file.h"

namespace edgekeep::release {

struct VerifiedRelease::Contents {
  Contents(MetadataFile its_targets, ReleaseStatement its_statement) noexcept
      : targets(std::move(its_targets)), statement(std::move(its_statement)) {}

  const formats::ReleaseEntry& entry() const noexcept { return statement.entry(); }

  MetadataFile targets;
  ReleaseStatement statement;
  UnixTime cosigned_at;
};

namespace {

using json::Node;

std::string_view NameOf(TargetKind kind) {
  return kind == TargetKind::kSealedFile ? "sealed-file" : "grant";
}

bool IsText(Node node, std::string_view expected) {
  const Result<std::string_view> text = node.AsText();
  return text && *text == expected;
}

bool IsNumber(Node node, std::uint64_t expected) {
  const Result<std::uint64_t> number = node.AsUnsigned();
  return number && *number == expected;
}

// Where a target lies: "acme/label-ocr/stable/7/model.eks".
struct Place {
  ProductName product;
  std::string_view channel;
  Sequence sequence;

  bool IsOf(const formats::ReleaseEntry& entry) const { return product == entry.product && channel == entry.channel; }
};

Result<Sequence> ParseSequence(std::string_view text) {
  Sequence sequence;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, sequence.value);
  if (error != std::errc() || next != end || *text.data() == '0') return Error(ErrorCode::kMalformed, "sequence");
  return sequence;
}

// The part in front of the first '/', which `path` loses with it.
Result<std::string_view> TakePart(std::string_view& path) {
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos) return Error(ErrorCode::kMalformed, "target outside a release's directory");
  const std::string_view part(path.data(), end);
  path.remove_prefix(end + 1);
  return part;
}

Result<Place> PlaceOf(std::string_view path) {
  const char* const begin = path.data();
  EK_TRY(TakePart(path));
  EK_TRY_ASSIGN(const std::string_view name, TakePart(path));
  Place place;
  EK_TRY_ASSIGN(place.product, ProductName::Parse({begin, name.data() + name.size()}));
  EK_TRY_ASSIGN(place.channel, TakePart(path));
  EK_TRY_ASSIGN(const std::string_view sequence, TakePart(path));
  EK_TRY_ASSIGN(place.sequence, ParseSequence(sequence));
  if (path.find('/') != std::string_view::npos)
    return Error(ErrorCode::kMalformed, "target below a release's directory");
  return place;
}

Result<std::uint64_t> EpochOf(Node target) {
  return target.Find("custom").Find("edgekeep").Find("security-epoch").AsUnsigned();
}

// People, notary and log judged the statement; devices go by what stands by each target.
Status CheckEpochs(Node targets, const formats::ReleaseEntry& entry) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Result<Place> place = PlaceOf(targets.KeyAt(i));
    if (!place || !(place->product == entry.product)) continue;
    EK_TRY_ASSIGN(const std::uint64_t epoch, EpochOf(targets[i]));
    const bool is_own = place->IsOf(entry) && place->sequence == entry.version.sequence;
    if (epoch > entry.security_epoch || (is_own && epoch != entry.security_epoch))
      return Error(ErrorCode::kMalformed, "release: a target of another security epoch");
  }
  return {};
}

// An author whom nobody knows would let the one who wrote the release approve it.
Status CheckAuthor(ByteView root, std::string_view author) {
  for (const std::string_view role : {"targets", "root"}) {
    EK_TRY_ASSIGN(const RootHolders people, RootHolders::Read(root, role));
    if (std::ranges::find(people.holders(), author, &formats::Holder::name) != people.holders().end()) return {};
  }
  return Error(ErrorCode::kUntrusted, "release: its author is no holder");
}

// Whether `place` is one where `file` may lie.
Status CheckPlace(const Result<Place>& place, const SoughtFile& file, const formats::ReleaseEntry& newest) {
  if (!place) return place.error();
  if (!(place->product == file.product)) return Error(ErrorCode::kWrongProduct, "released as another product");
  if (file.sequence && place->sequence != *file.sequence)
    return Error(ErrorCode::kWrongVersion, "released as another version");
  if (place->IsOf(newest) && place->sequence > newest.version.sequence)
    return Error(ErrorCode::kWrongVersion, "newer than the newest release");
  return {};
}

}  // namespace

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

UnixTime VerifiedRelease::cosigned_at() const noexcept {
  return contents_->cosigned_at;
}

Result<std::uint64_t> VerifiedRelease::Find(const SoughtFile& file) const {
  const InlineString<128> hex = ToHex(file.sha256.view());
  const Node targets = contents_->targets.content().Find("targets");
  std::optional<std::uint64_t> epoch;
  Error refused(ErrorCode::kNotFound, file.kind == TargetKind::kSealedFile ? "sealed file: not one of the release"
                                                                           : "grant: not one of the release");
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Node target = targets[i];
    if (!IsText(target.Find("hashes").Find("sha256"), hex.view()) || !IsNumber(target.Find("length"), file.size))
      continue;
    if (!IsText(target.Find("custom").Find("edgekeep").Find("kind"), NameOf(file.kind))) continue;
    const Status fits = CheckPlace(PlaceOf(targets.KeyAt(i)), file, contents_->entry());
    if (!fits) {
      refused = fits.error();
      continue;
    }
    EK_TRY_ASSIGN(const std::uint64_t its_epoch, EpochOf(target));
    epoch = std::max(epoch.value_or(0), its_epoch);
  }
  if (!epoch) return refused;
  return *epoch;
}

Result<VerifiedRelease> VerifyRelease(const crypto::Provider& provider, const ReleaseDemand& demand) {
  const formats::TrustPolicy& policy = demand.policy.policy();
  EK_TRY(CheckPeople(provider, policy, "targets", demand.root, demand.targets));
  EK_TRY_ASSIGN(ReleaseStatement statement, ReleaseStatement::Read(provider, demand.targets));
  EK_TRY_ASSIGN(MetadataFile targets, MetadataFile::Parse(demand.targets, FileType::kTargets));
  EK_TRY(CheckAuthor(demand.root, statement.entry().author));
  EK_TRY(CheckEpochs(targets.content().Find("targets"), statement.entry()));
  const std::string_view product = statement.entry().product.view();
  if (product.substr(0, product.find('/')) != policy.authority)
    return Error(ErrorCode::kWrongProduct, "release of another publisher");
  const ProofDemands demands{.log = demand.policy.log(),
                             .notaries = policy.notaries.view(),
                             .required_classes = policy.required_classes.view(),
                             .min_independent_witnesses = policy.min_independent_witnesses,
                             .dependent_cosigners = policy.dependent_cosigners.view(),
                             .not_after = demand.not_after,
                             .danger_without_verdict = policy.notaries.empty()};
  EK_TRY_ASSIGN(const VerifiedReleaseProof proof,
                VerifyReleaseProof(provider, demands, demand.proof, statement.content()));
  std::unique_ptr<VerifiedRelease::Contents> contents(
      new (std::nothrow) VerifiedRelease::Contents(std::move(targets), std::move(statement)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "release");
  contents->cosigned_at = proof.checkpoint().cosigned_at();
  return VerifiedRelease(std::move(contents));
}

}  // namespace edgekeep::release
