// log show, list, prove.
#include <array>

#include "arguments.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/proof_text.h"
#include "log_commands.h"
#include "log_directory.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::array kKinds = {"release",       "approval",     "rejection",  "verdict",     "key ceremony",
                               "policy change", "epoch change", "retirement", "provisioned", "voided"};
static_assert(kKinds.size() == std::to_underlying(formats::LogContentKind::kVoided));

std::string KindOf(const formats::LogEntry& entry) {
  const auto kind = formats::KindOfLogContent(entry.content);
  return kind ? kKinds[std::to_underlying(*kind) - 1U] : "unknown";
}

author::Done Show(const Session& session, const std::string& directory) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(directory));
  EK_TRY_ASSIGN(const auto note, author::At(directory, release::log::ParseSignedNote(opened.note)));
  EK_TRY_ASSIGN(const auto checkpoint, author::At(directory, release::log::ParseCheckpoint(note.text)));
  json::Array signers;
  std::string text = Line(std::string(checkpoint.origin)) + "  entries  " + std::to_string(opened.head.size) +
                     "\n  root     " + Hex(opened.head.root.view()) + "\n";
  for (const release::log::NoteSignature& line : note.signatures) {
    const std::string signer = std::string(line.name) + " " + Hex(line.key.view());
    signers.emplace_back(signer);
    text += Line("  signed   " + signer);
  }
  json::Object object;
  object.Set("origin", checkpoint.origin).Set("size", opened.head.size).Set("root", Hex(opened.head.root.view()));
  object.Set("signatures", std::move(signers));
  return session.report.Tell(text + "Nothing is verified here: see 'log verify'.", object);
}

author::Done List(const Session& session, const std::string& directory) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(directory));
  json::Array entries;
  std::string text;
  const auto see = [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
    json::Object object;
    object.Set("index", index).Set("time", FormatTime(entry.logged_at)).Set("kind", KindOf(entry));
    object.Set("content", log::ToBase64(entry.content));
    entries.emplace_back(std::move(object));
    text += std::to_string(index) + "  " + FormatTime(entry.logged_at) + "  " + KindOf(entry) + "\n";
    return {};
  };
  EK_TRY(
      author::At(directory, CheckLogFiles(session.context.provider, *opened.storage, opened.prefix, opened.head, see)));
  json::Object object;
  object.Set("size", opened.head.size).Set("entries", std::move(entries));
  return session.report.Tell(text + std::to_string(opened.head.size) + " entries", object);
}

struct ProveArguments {
  std::string directory;
  std::uint64_t index = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // 0: the checkpoint's size
  std::string output;
  std::string entry_output;
};

author::Failure OutOfRange(const ReadableLog& opened, const std::string& directory) {
  return {ErrorCode::kBadArgument, "the log has " + std::to_string(opened.head.size) + " entries", directory,
          "entries count from 0; sizes go from 1 to that number"};
}

author::Done ProveInclusion(const Session& session, const ProveArguments& arguments) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  if (arguments.index >= opened.head.size) return OutOfRange(opened, arguments.directory);
  log::TreeReader tree = opened.Tree(session.context.provider);
  EK_TRY_ASSIGN(const log::Hashes path,
                author::At(arguments.directory, tree.InclusionPath(arguments.index, opened.head.size)));
  if (!arguments.entry_output.empty()) {
    EK_TRY_ASSIGN(const std::string entry, author::At(arguments.directory, tree.Entry(arguments.index)));
    EK_TRY(WriteText(arguments.entry_output, entry));
  }
  return WriteText(arguments.output, log::WriteLogProof(arguments.index, path, opened.note));
}

author::Done ProveConsistency(const Session& session, const ProveArguments& arguments) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  const std::uint64_t to = arguments.to == 0 ? opened.head.size : arguments.to;
  if (arguments.from > to || to > opened.head.size) return OutOfRange(opened, arguments.directory);
  log::TreeReader tree = opened.Tree(session.context.provider);
  EK_TRY_ASSIGN(const log::Hashes path, author::At(arguments.directory, tree.ConsistencyPath(arguments.from, to)));
  return WriteText(arguments.output, log::WritePath(path));
}

void AddSimple(CLI::App& group, Session& session, Action& action, const std::string& name, const std::string& what,
               author::Done (*act)(const Session&, const std::string&)) {
  CLI::App* command = group.add_subcommand(name, what);
  auto directory = std::make_shared<std::string>();
  command->add_option("DIR", *directory, "the log's directory, or an exported one")->required();
  command->callback([&session, &action, directory, act] {
    action = [&session, directory, act] { return act(session, *directory); };
  });
}

CLI::App* AddProof(CLI::App& group, Session& session, Action& action, const std::string& name, const std::string& what,
                   const std::shared_ptr<ProveArguments>& arguments,
                   author::Done (*act)(const Session&, const ProveArguments&)) {
  CLI::App* command = group.add_subcommand(name, what);
  command->add_option("DIR", arguments->directory, "the log's directory, or an exported one")->required();
  command->add_option("-o", arguments->output, "file to make (default: standard output)");
  command->callback([&session, &action, arguments, act] {
    action = [&session, arguments, act] { return act(session, *arguments); };
  });
  return command;
}

}  // namespace

void AddLogReadingCommands(CLI::App& group, Session& session, Action& action) {
  AddSimple(group, session, action, "show", "show a log's checkpoint", Show);
  AddSimple(group, session, action, "list", "check a log's files and list its entries", List);
  CLI::App* prove = group.add_subcommand("prove", "prove something about a log to whoever has its policy");
  prove->require_subcommand(1);
  auto arguments = std::make_shared<ProveArguments>();
  CLI::App* inclusion = AddProof(*prove, session, action, "inclusion", "that an entry is in the log (.tlog-proof)",
                                 arguments, ProveInclusion);
  inclusion->add_option("--index", arguments->index, "the entry's number, from 0")->required()->check(WholeNumber());
  inclusion->add_option("--entry", arguments->entry_output, "file to make with the entry itself");
  CLI::App* consistency =
      AddProof(*prove, session, action, "consistency", "that the log only grew", arguments, ProveConsistency);
  consistency->add_option("--from", arguments->from, "the earlier size")->required()->check(WholeNumber());
  consistency->add_option("--to", arguments->to, "the later size (default: all)")->check(WholeNumber(1));
}

}  // namespace edgekeep::cli::publisher
