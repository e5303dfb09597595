// Whether a device is one that its product's owner takes, as whoever enrols, attests or licenses it asks.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/factory/identity.h"
#include "factory_files.h"

namespace edgekeep::cli::publisher {

// Whose word counts: the product's owner, the stations, the factory's authority.
struct BeliefArguments {
  std::string owner, stations, authority;
};

// Stations and authority. `prefix`: of the options' names.
void AddBeliefOptions(CLI::App& command, BeliefArguments& arguments);

struct Beliefs {
  factory::X509Library library;
  release::log::Policy stations;
  std::optional<factory::Authority> authority;  // borrows from the library
};

author::Outcome<std::unique_ptr<Beliefs>> ReadBeliefs(const Session& session, const BeliefArguments& arguments);
factory::CertificateCheck CheckBy(const Session& session, const factory::Authority& authority);

// An identity, and the list that is to take it.
struct ListedArguments {
  BeliefArguments beliefs;
  std::string identity, list;
  std::vector<std::string> retired;  // certificates of retirement
};

struct ListedIdentity {
  factory::JournalledIdentity identity;
  factory::VerifiedList list;
  DeviceId device;
};

author::Outcome<factory::VerifiedList> ReadList(const Session& session, const std::string& path,
                                                const std::string& owner);

// Chips that retired by these lists, of whatever orders of that owner.
author::Outcome<std::vector<formats::ChipId>> ChipsRetiredBy(const Session& session,
                                                             const std::vector<std::string>& lists,
                                                             const std::string& owner);

// Refuses what factory verify refuses: a ticket that was used twice, is unknown or void, what is not on the list.
author::Outcome<ListedIdentity> VerifyListed(const Session& session, const Beliefs& beliefs,
                                             const ListedArguments& arguments);

// For commands that do something else: all of it is given, or none, and then nothing is asked, unless the publisher
// demands identities; and --retired.
void AddFactoryOptions(CLI::App& command, ListedArguments& arguments);
// By the list of the publisher whose directory was named, or of the one in this directory, where it demands identities
// (kForbidden without one; kNotFound where the directory that was named is no publisher's), else by the one given, if
// any. That
// the identity is this device's, and its chip the one with that endorsement key (SHA-256), where it is known.
author::Done CheckFactory(const Session& session, const ListedArguments& arguments, const DeviceId& device,
                          const std::optional<Digest>& endorsement = {});

// Which list CheckFactory asked, for reports: none where nobody demands one, which says where a demand was looked for.
struct AskedList {
  const char* list = "";  // "demanded", "given", "none"
  std::string looked_in;  // the directory, whole
  std::string text;       // for people
};

author::Outcome<AskedList> WhichListWasAsked(const Session& session, const ListedArguments& arguments);
// That none of the certificates of retirement is this device's.
author::Done CheckNotRetired(const Session& session, const ListedArguments& arguments, const DeviceId& device);

}  // namespace edgekeep::cli::publisher
