#include "policy_file.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/policy/operations.h"
#include "edgekeep/policy/parse.h"

namespace edgekeep::cli::publisher {
namespace {

author::Failure WrongPolicy(const policy::Complaint& complaint, const std::string& path, const std::string& page) {
  const std::string about = complaint.field.empty() ? "the policy" : "'" + complaint.field + "'";
  return {ErrorCode::kBadArgument, about + " " + complaint.problem, path,
          "correct it; spec/" + page + " has every field"};
}

}  // namespace

author::Outcome<formats::ProductPolicy> ReadPolicyFile(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, policy::kMaxPolicyText)));
  auto policy = policy::Parse(AsText(bytes.view()));
  if (!policy) return WrongPolicy(policy.error(), path, "product-policy.md");
  return *policy;
}

author::Outcome<formats::OperationsPolicy> ReadOperationsFile(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, policy::kMaxPolicyText)));
  auto policy = policy::ParseOperations(AsText(bytes.view()));
  if (!policy) return WrongPolicy(policy.error(), path, "operations-policy.md");
  return *policy;
}

}  // namespace edgekeep::cli::publisher
