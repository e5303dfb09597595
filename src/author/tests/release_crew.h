// A crew that holds ceremonies, for tests.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "support.h"

namespace edgekeep::author {

// Three people and a service, made once; nobody changes their files.
struct Crew {
  explicit Crew(Profile profile) {
    for (const char* name : {"alice", "bob", "carol", "online"}) {
      const auto made = CreateReleaseKeys(TestContext(), {directory / name, name, profile}, TestPassphrase());
      if (!made) std::abort();
    }
  }

  PublicHolder Public(const std::string& name) const {
    return ReadPublicHolder(directory / name + "/" + name + ".holder.json").value();
  }

  ReleaseKeys Keys(const std::string& name) const {
    return OpenReleaseKeys(TestContext(), directory / name, TestPassphrase()).value();
  }

  RootContent Content() const {
    const std::vector<PublicHolder> people = {Public("alice"), Public("bob"), Public("carol")};
    return {.root = {people, 2},
            .targets = {people, 2},
            .snapshot = {{Public("online")}, 1},
            .timestamp = {{Public("online")}, 1},
            .expires = {kNow.value + 1000}};
  }

  Directory directory;
};

inline const Crew& SharedCrew() {
  static const Crew crew(Profile::kGeneral);
  return crew;
}

inline Done Sign(const std::string& folder, const std::string& trusted, const ReleaseKeys& keys) {
  const auto review = ReviewRoot(TestContext(), folder, trusted);
  if (!review) return review.error();
  return SignRoot(TestContext(), folder, trusted, review->digest, keys);
}

// The keys of `holder` under another name.
inline PublicHolder Renamed(PublicHolder holder, const std::string& name) {
  holder.name = name;
  for (json::Object& key : holder.keys) key.Set("x-edgekeep-holder", name);
  return holder;
}

// Keys that are not those of the crew's person of this name.
inline const ReleaseKeys& OtherKeysOf(const std::string& name) {
  static const Directory directory;
  static std::map<std::string, ReleaseKeys> made;
  if (!made.contains(name)) {
    const std::string path = directory / name;
    if (!CreateReleaseKeys(TestContext(), {path, name}, TestPassphrase())) std::abort();
    made.emplace(name, OpenReleaseKeys(TestContext(), path, TestPassphrase()).value());
  }
  return made.at(name);
}

}  // namespace edgekeep::author
