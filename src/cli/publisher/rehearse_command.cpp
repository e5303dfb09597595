// release rehearse: what a loss of holders would come to.
#include "commands.h"
#include "edgekeep/author/rehearsal.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

std::string RoleText(const author::RehearsedRole& role) {
  std::string text = role.role + ": " + std::to_string(role.threshold) + " of " + std::to_string(role.holders) +
                     " needed, " + std::to_string(role.lost) + " lost; " + std::to_string(role.spare()) +
                     " may be lost";
  if (role.role != "root") return text;
  if (role.recovery == 0) return text + ", and beyond that only recovery keys would help, which this root has none of";
  return text + ", " + std::to_string(role.recovery) + " of its holders being recovery keys";
}

json::Object ToJson(const author::Rehearsal& rehearsal) {
  json::Array roles;
  for (const author::RehearsedRole& role : rehearsal.roles) {
    json::Object object;
    object.Set("role", role.role).Set("needed", role.threshold).Set("holders", role.holders).Set("lost", role.lost);
    roles.emplace_back(object.Set("may_be_lost", role.spare()).Set("recovery", role.recovery));
  }
  json::Array steps;
  for (const author::RehearsalStep& step : rehearsal.steps) {
    json::Object object;
    object.Set("what", step.what).Set("succeeded", step.succeeded);
    steps.emplace_back(object.Set("detail", step.detail));
  }
  json::Object object;
  return object.Set("survives", rehearsal.survives).Set("roles", std::move(roles)).Set("steps", std::move(steps));
}

struct RehearseArguments {
  author::RehearsalRequest request;
  std::string root;
};

author::Done PerformRehearsal(Session& session, RehearseArguments arguments) {
  EK_TRY_ASSIGN(arguments.request.root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(const author::Rehearsal rehearsal, author::Rehearse(session.context, arguments.request));
  std::string text;
  for (const author::RehearsedRole& role : rehearsal.roles) text += RoleText(role) + "\n";
  for (const author::RehearsalStep& step : rehearsal.steps) {
    text += std::string(step.succeeded ? "  done    " : "  FAILED  ") + step.what +
            (step.succeeded ? "" : ": " + step.detail) + "\n";
  }
  text += rehearsal.survives ? "This loss is survived. " : "This loss is NOT survived. ";
  session.found_wrong = !rehearsal.survives;
  return session.report.Tell(text + "Nothing was released; " + arguments.request.directory + " has nothing real in it.",
                             ToJson(rehearsal));
}

}  // namespace

void AddRehearseCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("rehearse", "try out the loss of holders, with keys that are thrown away");
  auto arguments = std::make_shared<RehearseArguments>();
  command->add_option("--root", arguments->root, "the root that devices have now")->required();
  command->add_option("--lost", arguments->request.lost, "name of a holder whose keys are lost");
  command->add_option("--repository", arguments->request.repository,
                      "the repository: who approved its release (default: whoever is lost)");
  command->add_option("-o,--output", arguments->request.directory, "directory to make for it")->required();
  command->callback([&session, &action, arguments] {
    action = [&session, arguments] { return PerformRehearsal(session, *arguments); };
  });
}

}  // namespace edgekeep::cli::publisher
