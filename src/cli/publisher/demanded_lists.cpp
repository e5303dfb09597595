#include "demanded_lists.h"

#include <array>
#include <filesystem>

#include "edgekeep/factory/reconcile.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/replace_file.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "log_directory.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::size_t kMaxDemandedFile = std::size_t{16} << 20;

std::string DemandedIn(const std::string& directory) {
  return directory + "/demanded-lists";
}

ListedArguments ArgumentsIn(const std::string& place) {
  return {.beliefs = {.owner = place + "/owner.json",
                      .stations = place + "/stations.policy",
                      .authority = place + "/ca.pem"},
          .identity = {},
          .list = place + "/list",
          .retired = {}};
}

// Those of a list, which is the last: what is in front of it is what it is verified by.
std::array<const std::string*, 4> FilesOf(const ListedArguments& arguments) {
  return {&arguments.beliefs.owner, &arguments.beliefs.stations, &arguments.beliefs.authority, &arguments.list};
}

// By what is stored, whoever signed it: a change of the owner's keys that was cut can be done again.
author::Done CheckFollows(const std::string& stored, const formats::IdentityList& next, const std::string& path) {
  EK_TRY_ASSIGN(const std::string text, ReadText(stored, factory::kMaxSignedList));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                author::At(stored, formats::DecodeSignedObject(formats::typ::kIdentityList, AsBytes(text))));
  EK_TRY_ASSIGN(const formats::IdentityList before, author::At(stored, formats::DecodeIdentityList(object.payload)));
  if (factory::CheckFollows(before, next)) return {};
  return author::Failure{ErrorCode::kWrongVersion,
                         "older than the list that is demanded, or somebody who retired by that is not said to have",
                         path, "name the newest; its owner reconciles with --before"};
}

author::Done Copy(const std::string& from, const std::string& to, bool is_new) {
  EK_TRY_ASSIGN(const std::string bytes, ReadText(from, kMaxDemandedFile));
  return author::At(to, is_new ? files::WriteNewFile(to, files::Access::kPublic, AsBytes(bytes))
                               : files::ReplaceFile(to, files::Access::kPublic, AsBytes(bytes)));
}

author::Done CopyAll(const ListedArguments& from, const ListedArguments& to, bool is_new) {
  const auto sources = FilesOf(from), targets = FilesOf(to);
  for (std::size_t i = 0; i < sources.size(); ++i) EK_TRY(Copy(*sources[i], *targets[i], is_new));
  return {};
}

// What it says of itself; it is verified by that order's list.
author::Outcome<std::string> OrderOf(const std::string& path) {
  EK_TRY_ASSIGN(const std::string bytes, ReadText(path, formats::kMaxFactoryIdentitySize));
  EK_TRY_ASSIGN(const formats::FactoryIdentity identity,
                author::At(path, formats::DecodeFactoryIdentity(AsBytes(bytes))));
  EK_TRY_ASSIGN(const formats::LogEntry entry, author::At(path, formats::DecodeLogEntry(identity.entry)));
  EK_TRY_ASSIGN(const formats::Provisioned provisioned, author::At(path, formats::DecodeProvisioned(entry.content)));
  return Hex(provisioned.order.view());
}

}  // namespace

author::Done DemandList(const Session& session, const ListedArguments& given) {
  EK_TRY(ReadBeliefs(session, given.beliefs));
  EK_TRY_ASSIGN(const factory::VerifiedList verified, ReadList(session, given.list, given.beliefs.owner));
  const formats::IdentityList list = verified.list();
  const std::string all = DemandedIn(session.directory), place = all + "/" + Hex(list.order.view());
  EK_TRY(author::At(all, files::EnsureDirectory(all)));
  if (std::filesystem::exists(place)) {
    EK_TRY(CheckFollows(ArgumentsIn(place).list, list, given.list));
    return CopyAll(given, ArgumentsIn(place), false);
  }
  EK_TRY_ASSIGN(files::NewDirectory made, author::At(place, files::NewDirectory::Create(place)));
  EK_TRY(CopyAll(given, ArgumentsIn(made.path()), true));
  return author::At(place, made.Commit());
}

author::Outcome<bool> DemandsIdentities(const std::string& directory) {
  const std::string all = DemandedIn(directory);
  std::error_code failed;
  const std::filesystem::file_status status = std::filesystem::status(all, failed);
  if (status.type() == std::filesystem::file_type::not_found) return false;
  if (status.type() == std::filesystem::file_type::directory) return true;
  return author::Failure{ErrorCode::kIo, "whether identities are demanded cannot be read", all, "check the directory"};
}

author::Outcome<ListedArguments> DemandedFor(const Session& session, const std::string& identity) {
  EK_TRY_ASSIGN(const std::string order, OrderOf(identity));
  const std::string place = DemandedIn(session.directory) + "/" + order;
  ListedArguments arguments = ArgumentsIn(place);
  arguments.identity = identity;
  std::error_code ignored;
  if (std::filesystem::exists(place, ignored)) return arguments;
  return author::Failure{ErrorCode::kNotFound, "this publisher has no list of that identity's order", identity,
                         "bring its newest list: edgekeep publisher demand-identities"};
}

}  // namespace edgekeep::cli::publisher
