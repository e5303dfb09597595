#include "policy_file.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/policy/parse.h"

namespace edgekeep::cli::publisher {

author::Outcome<formats::ProductPolicy> ReadPolicyFile(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, policy::kMaxPolicyText)));
  auto policy = policy::Parse(AsText(bytes.view()));
  if (policy) return *policy;
  const policy::Complaint& complaint = policy.error();
  const std::string about = complaint.field.empty() ? "the policy" : "'" + complaint.field + "'";
  return author::Failure{ErrorCode::kBadArgument, about + " " + complaint.problem, path,
                         "correct it; spec/product-policy.md has every field"};
}

}  // namespace edgekeep::cli::publisher
