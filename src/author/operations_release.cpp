#include "operations_release.h"

#include <algorithm>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/policy/operations.h"
#include "edgekeep/release/proven_release.h"

namespace edgekeep::author {
namespace {

using formats::OperationsPolicy;

Outcome<OperationsPolicy> ReadOperations(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, formats::kMaxOperationsPolicySize)));
  return At(path, formats::DecodeOperationsPolicy(bytes.view()));
}

Failure OfAnotherRelease(ErrorCode code, const std::string& what, const std::string& where) {
  return {code, what, where, "see spec/operations-policy.md"};
}

// The newest by its number among what is released; none where there is none.
const Targets::value_type* NewestOf(const Targets& released, const ProductName& product) {
  const Targets::value_type* newest = nullptr;
  std::uint64_t highest = 0;
  for (const auto& one : released) {
    if (one.second.kind != kOperationsKind) continue;
    const auto place = release::ReleasePlace::Parse(std::string_view(one.first).substr(0, one.first.rfind('/')));
    if (!place || !(place->product == product) || place->channel.view() != formats::kOperationsChannel) continue;
    if (place->sequence.value <= highest) continue;
    highest = place->sequence.value;
    newest = &one;
  }
  return newest;
}

std::uint64_t HighestOf(const Targets& released, const ProductName& product) {
  const Targets::value_type* const newest = NewestOf(released, product);
  if (newest == nullptr) return 0;
  const auto place = release::ReleasePlace::Parse(std::string_view(newest->first).substr(0, newest->first.rfind('/')));
  return place ? place->sequence.value : 0;
}

Outcome<OperationsPolicy> ReadReleased(const Context& context, const std::string& repository,
                                       const Targets::value_type& target) {
  const std::string path = StoredPath(repository, target.first, target.second.sha256);
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, formats::kMaxOperationsPolicySize)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  if (HexText(digest.view()) != target.second.sha256)
    return Describe(Error(ErrorCode::kBadSignature, "operations policy"), path);
  return At(path, formats::DecodeOperationsPolicy(bytes.view()));
}

}  // namespace

Outcome<std::string> AboutOperations(const std::string& path, const FileExpectation& expected) {
  EK_TRY_ASSIGN(const OperationsPolicy policy, ReadOperations(path));
  EK_TRY_ASSIGN(const ProductName product, At(path, formats::OperationsProductOf(policy.authority.view())));
  if (!(expected.product == product)) {
    return OfAnotherRelease(ErrorCode::kWrongProduct,
                            "an operations policy is released as " + std::string(product.view()), path);
  }
  if (expected.version.sequence.value != policy.version) {
    return OfAnotherRelease(ErrorCode::kWrongVersion,
                            "operations policy " + std::to_string(policy.version) + " in a release of sequence " +
                                std::to_string(expected.version.sequence.value),
                            path);
  }
  std::string about;
  for (const std::string& line : policy::Describe(policy)) about += (about.empty() ? "" : "; ") + line;
  return "operations policy " + std::to_string(policy.version) + " demands " + about;
}

Done CheckOperationsRelease(const release::ReleasePlace& place, const std::vector<ReleasedFile>& files,
                            const Targets& before) {
  const auto count = std::ranges::count(files, kOperationsKind, &ReleasedFile::kind);
  const std::string where(place.product.view());
  if (place.product.name() != formats::kOperationsProduct) {
    if (count == 0) return {};
    return OfAnotherRelease(ErrorCode::kBadArgument, "an operations policy in another release", where);
  }
  if (count != 1 || files.size() != 1) {
    return OfAnotherRelease(ErrorCode::kBadArgument,
                            "a release of operations policies has one of them and nothing else", where);
  }
  if (place.channel.view() != formats::kOperationsChannel) {
    return OfAnotherRelease(ErrorCode::kBadArgument,
                            "operations policies are released in channel " + std::string(formats::kOperationsChannel),
                            where);
  }
  const std::uint64_t last = HighestOf(before, place.product);
  if (formats::CheckOperationsStep(last, place.sequence.value)) return {};
  return OfAnotherRelease(ErrorCode::kWrongVersion,
                          "after operations policy " + std::to_string(last) + " follows one above it, up to " +
                              std::to_string(last + std::min(formats::kMaxOperationsStep, UINT64_MAX - last)),
                          where);
}

Outcome<std::vector<std::string>> CompareOperations(const Context& context, const std::string& repository,
                                                    const Targets& before, const ProposalReview& review,
                                                    const std::string& directory) {
  std::vector<std::string> lines;
  const auto file = std::ranges::find(review.files, kOperationsKind, &ReleasedFile::kind);
  if (file == review.files.end()) return lines;
  EK_TRY_ASSIGN(const ProductName product, At(file->target, ProductName::Parse(review.product)));
  const Targets::value_type* const newest = NewestOf(before, product);
  EK_TRY_ASSIGN(const OperationsPolicy proposed, ReadOperations(directory + "/" + file->name));
  OperationsPolicy previous{.authority = proposed.authority};
  if (newest != nullptr) {
    EK_TRY_ASSIGN(previous, ReadReleased(context, repository, *newest));
  }
  return policy::Differences(previous, proposed);
}

}  // namespace edgekeep::author
