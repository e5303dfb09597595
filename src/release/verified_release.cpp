#include "edgekeep/release/verified_release.h"

#include <new>

#include "edgekeep/base/hex.h"
#include "edgekeep/release/release_proof.h"
#include "edgekeep/release/release_statement.h"
#include "metadata_file.h"

namespace edgekeep::release {

struct VerifiedRelease::Contents {
  explicit Contents(MetadataFile its_targets) noexcept : targets(std::move(its_targets)) {}

  MetadataFile targets;
  ProductName product;
  Version version;
  std::uint64_t security_epoch = 0;
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

// "acme/label-ocr/stable/7/model.eks": the product is in front.
Result<ProductName> ProductIn(std::string_view path) {
  const std::size_t first = path.find('/');
  const std::size_t second = first == std::string_view::npos ? first : path.find('/', first + 1);
  if (second == std::string_view::npos) return Error(ErrorCode::kMalformed, "target outside a product's directory");
  return ProductName::Parse(path.substr(0, second));
}

}  // namespace

VerifiedRelease::VerifiedRelease(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

VerifiedRelease::VerifiedRelease(VerifiedRelease&& other) noexcept = default;
VerifiedRelease& VerifiedRelease::operator=(VerifiedRelease&& other) noexcept = default;
VerifiedRelease::~VerifiedRelease() = default;

const ProductName& VerifiedRelease::product() const noexcept {
  return contents_->product;
}

const Version& VerifiedRelease::version() const noexcept {
  return contents_->version;
}

std::uint64_t VerifiedRelease::security_epoch() const noexcept {
  return contents_->security_epoch;
}

UnixTime VerifiedRelease::cosigned_at() const noexcept {
  return contents_->cosigned_at;
}

Result<ReleasedFile> VerifiedRelease::Find(TargetKind kind, const Digest& sha256, std::uint64_t size) const {
  const InlineString<128> hex = ToHex(sha256.view());
  const Node targets = contents_->targets.content().Find("targets");
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Node target = targets[i];
    const Node said = target.Find("custom").Find("edgekeep");
    if (!IsText(target.Find("hashes").Find("sha256"), hex.view()) || !IsNumber(target.Find("length"), size)) continue;
    if (!IsText(said.Find("kind"), NameOf(kind))) continue;
    ReleasedFile file;
    EK_TRY_ASSIGN(file.product, ProductIn(targets.KeyAt(i)));
    EK_TRY_ASSIGN(file.security_epoch, said.Find("security-epoch").AsUnsigned());
    return file;
  }
  return Error(ErrorCode::kNotFound, kind == TargetKind::kSealedFile ? "sealed file: not one of the release"
                                                                     : "grant: not one of the release");
}

Result<VerifiedRelease> VerifyRelease(const crypto::Provider& provider, const ReleaseDemand& demand) {
  const formats::TrustPolicy& policy = demand.policy.policy();
  EK_TRY(CheckPeople(provider, policy, "targets", demand.root, demand.targets));
  EK_TRY_ASSIGN(const ReleaseStatement statement, ReleaseStatement::Read(provider, demand.targets));
  const formats::ReleaseEntry& entry = statement.entry();
  const std::string_view product = entry.product.view();
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
  EK_TRY_ASSIGN(MetadataFile targets, MetadataFile::Parse(demand.targets, FileType::kTargets));
  std::unique_ptr<VerifiedRelease::Contents> contents(new (std::nothrow) VerifiedRelease::Contents(std::move(targets)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "release");
  contents->product = entry.product;
  contents->version = entry.version;
  contents->security_epoch = entry.security_epoch;
  contents->cosigned_at = proof.checkpoint().cosigned_at();
  return VerifiedRelease(std::move(contents));
}

}  // namespace edgekeep::release
