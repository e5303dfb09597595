// policy operations write, show.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/policy/operations.h"
#include "policy_file.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

using formats::OperationsPolicy;

struct OperationsArguments {
  std::string file, output, before;
};

author::Outcome<OperationsPolicy> ReadOperations(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, formats::kMaxOperationsPolicySize)));
  return author::At(path, formats::DecodeOperationsPolicy(bytes.view()));
}

std::string OriginText(const OperationsPolicy& policy) {
  return "operations policy " + std::to_string(policy.version) + " of " + std::string(policy.authority.view());
}

author::Done WriteOperations(const Session& session, const OperationsArguments& arguments) {
  EK_TRY_ASSIGN(const OperationsPolicy policy, ReadOperationsFile(arguments.file));
  std::uint64_t last = 0;
  if (!arguments.before.empty()) {
    EK_TRY_ASSIGN(const OperationsPolicy before, ReadOperations(arguments.before));
    last = before.version;
  }
  EK_TRY(author::At(arguments.file, formats::CheckOperationsStep(last, policy.version)));
  EK_TRY_ASSIGN(const ProductName product,
                author::At(arguments.file, formats::OperationsProductOf(policy.authority.view())));
  std::array<std::uint8_t, formats::kMaxOperationsPolicySize> buffer;
  CborWriter out(buffer);
  EK_TRY(author::At(arguments.file, formats::EncodeOperationsPolicy(policy, out)));
  EK_TRY(author::At(arguments.output, files::WriteNewFile(arguments.output, files::Access::kPublic, out.written())));
  return session.report.Tell(OriginText(policy) + " is in " + arguments.output +
                                 ".\nRelease it: 'edgekeep release propose " + arguments.output + " --product " +
                                 std::string(product.view()) + " --version-sequence " + std::to_string(policy.version) +
                                 " ...'",
                             json::Object().Set("file", arguments.output).Set("product", product.view()));
}

author::Done ShowOperations(const Session& session, const OperationsArguments& arguments) {
  EK_TRY_ASSIGN(const OperationsPolicy policy, ReadOperations(arguments.file));
  std::string text = OriginText(policy);
  for (const std::string& line : policy::Describe(policy)) text += "\n  " + line;
  json::Object object;
  object.Set("policy", policy::ToJson(policy));
  if (!arguments.before.empty()) {
    EK_TRY_ASSIGN(const OperationsPolicy before, ReadOperations(arguments.before));
    json::Array differences;
    for (const std::string& line : policy::Differences(before, policy)) {
      text += "\n  * " + line;
      differences.emplace_back(line);
    }
    object.Set("differences", differences);
  }
  return session.report.Tell(text, object);
}

}  // namespace

void AddOperationsCommands(CLI::App& policy, Session& session, Action& action) {
  CLI::App* group =
      policy.add_subcommand("operations", "what devices demand of every open, as they get it by an ordinary release");
  group->require_subcommand(1);
  auto arguments = std::make_shared<OperationsArguments>();
  CLI::App* write = group->add_subcommand("write", "make the file for a release");
  write->add_option("POLICY", arguments->file, "JSON: version, authority and demands")->required();
  write->add_option("-o,--output", arguments->output, "file to make, X.ekop")
      ->required()
      ->check(CLI::Validator(
          [](const std::string& path) { return path.ends_with(".ekop") ? "" : "must end with .ekop"; }, ""));
  write->add_option("--before", arguments->before, "the policy before, X.ekop: needed above version 1000");
  write->callback([&session, &action, arguments] {
    action = [&session, arguments] { return WriteOperations(session, *arguments); };
  });
  CLI::App* show = group->add_subcommand("show", "show what a file demands");
  show->add_option("FILE", arguments->file, "X.ekop")->required();
  show->add_option("--before", arguments->before, "the policy before: show what the file demands more or less");
  show->callback([&session, &action, arguments] {
    action = [&session, arguments] { return ShowOperations(session, *arguments); };
  });
}

}  // namespace edgekeep::cli::publisher
