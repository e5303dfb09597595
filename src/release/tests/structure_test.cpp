// Files that are rightly signed and not as they must be: each is refused, and by the field that is wrong.
#include <gtest/gtest.h>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

using Object = json::Object;

std::string WithTimestamp(const Edit& edit) {
  Repository repository;
  Device device(repository);
  repository.PublishTimestamp(edit);
  return device.Refresh();
}

std::string WithRoot(const Edit& edit) {
  Repository repository;
  Device device(repository);
  repository.PublishRoot(edit);
  return device.Refresh();
}

std::string WithTargets(const Edit& edit) {
  Repository repository;
  Device device(repository);
  repository.PublishTargets("targets", edit);
  repository.PublishSnapshot();
  repository.PublishTimestamp();
  return device.Refresh();
}

Object Get(const Object& content, const char* name) {
  return *content.Find(name)->AsObject().value();
}

// Sets one field inside "delegations".
Edit Delegations(json::Value roles, const char* field = "roles") {
  return [=](Object& content) { content.Set("delegations", Object().Set("keys", Object()).Set(field, roles)); };
}

Object Role(const char* name) {
  return Object().Set("name", name).Set("keyids", json::Array{}).Set("threshold", 1).Set("terminating", false);
}

Object Bins(json::Value bits) {
  return Object().Set("keyids", json::Array{}).Set("threshold", 1).Set("bit_length", bits).Set("name_prefix", "b");
}

TEST(MetadataStructure, CommonFields) {
  EXPECT_EQ(WithTimestamp({}), "done");
  const std::pair<const char*, json::Value> wrong[] = {
      {"_type", "snapshot"},
      {"_type", 1},
      {"spec_version", "2.0.0"},
      {"spec_version", "1"},
      {"spec_version", "1.x"},
      {"spec_version", 1},
      {"version", 0},
      {"version", -1},
      {"version", "2"},
      {"version", UINT64_MAX},
      {"version", json::Value()},
      {"expires", "2099-12-31"},
      {"expires", "2099-02-29T00:00:00Z"},
      {"expires", 4102444799},
      {"meta", json::Array{}},
      {"meta", Object()},
      {"meta", Object().Set("snapshot.json", Object().Set("version", 0))},
      {"meta", Object().Set("snapshot.json", Object().Set("version", 1).Set("length", 0))},
      {"meta", Object().Set("snapshot.json", Object().Set("version", 1).Set("hashes", Object()))},
      {"meta", Object().Set("snapshot.json", Object().Set("version", 1).Set("hashes", Object().Set("sha256", 1)))}};
  for (const auto& [field, value] : wrong) {
    const std::string said = WithTimestamp([&](Object& content) { content.Set(field, value); });
    EXPECT_TRUE(said.starts_with("malformed: ") || said.starts_with("unsupported: version of"))
        << field << ": " << said;
  }
  EXPECT_EQ(WithTimestamp([](Object& content) { content.Set("spec_version", "1.0"); }), "done");
  EXPECT_EQ(WithTimestamp([](Object& content) { content.Set("x-unknown", json::Array{1, Object()}); }), "done");
  EXPECT_EQ(WithTimestamp([](Object& content) { content.Set("x", 1.5); }), "malformed: JSON number that is no integer");
}

TEST(MetadataStructure, OnlyUnknownHashesAreRefused) {
  const auto with = [](const Object& hashes) {
    return WithTimestamp([&](Object& content) {
      content.Set("meta", Object().Set("snapshot.json", Object().Set("version", 1).Set("hashes", hashes)));
    });
  };
  Repository repository;
  const std::string& snapshot = repository.files()["1.snapshot.json"];
  EXPECT_EQ(with(Object().Set("md5", "00")), "unsupported: hash algorithm");
  EXPECT_EQ(with(Object().Set("sha256", "00").Set("md5", "00")), "malformed: hash of release metadata");
  EXPECT_EQ(with(Object().Set("sha256", "xyz")), "malformed: hexadecimal length");
  EXPECT_FALSE(snapshot.empty());
}

TEST(MetadataStructure, Roots) {
  EXPECT_EQ(WithRoot([](Object& content) { content.Set("consistent_snapshot", 1); }), "malformed: JSON boolean");
  EXPECT_EQ(WithRoot([](Object& content) { content.Set("keys", json::Array{}); }), "malformed: keys");
  EXPECT_EQ(WithRoot([](Object& content) { content.Set("keys", Get(content, "keys").Set("k", 1)); }),
            "malformed: JSON string");
  const auto with_role = [](const char* role, const char* field, const json::Value& value) {
    return WithRoot([&](Object& content) {
      Object roles = Get(content, "roles");
      content.Set("roles", roles.Set(role, Get(roles, role).Set(field, value)));
    });
  };
  EXPECT_EQ(with_role("snapshot", "threshold", 0), "malformed: number in metadata");
  EXPECT_EQ(with_role("snapshot", "threshold", "1"), "malformed: JSON unsigned integer");
  EXPECT_EQ(with_role("targets", "keyids", "targets-1"), "malformed: key ids");
  EXPECT_EQ(with_role("targets", "keyids", json::Array{"a", "b", "a"}), "malformed: key id twice");
  EXPECT_EQ(with_role("targets", "keyids", json::Array{1}), "malformed: JSON string");
  EXPECT_EQ(WithRoot([](Object& content) {
              const Object roles = Get(content, "roles");
              content.Set("roles", Object().Set("root", *roles.Find("root")).Set("targets", *roles.Find("targets")));
            }),
            "malformed: JSON unsigned integer");
}

TEST(MetadataStructure, Targets) {
  const Object hashes = Object().Set("sha256", std::string(64, '0'));
  const std::pair<json::Value, const char*> cases[] = {
      {Object().Set("x", Object().Set("length", 0).Set("hashes", hashes)), "done"},
      {Object().Set("x", Object().Set("length", -1).Set("hashes", hashes)), "malformed: JSON unsigned integer"},
      {Object().Set("x", Object().Set("hashes", hashes)), "malformed: JSON unsigned integer"},
      {Object().Set("x", Object().Set("length", 1)), "malformed: hashes"},
      {Object().Set("x", Object().Set("length", 1).Set("hashes", Object())), "malformed: hashes"},
      {json::Array{}, "malformed: targets"}};
  for (const auto& [targets, outcome] : cases) {
    EXPECT_EQ(WithTargets([&](Object& content) { content.Set("targets", targets); }), outcome);
  }
}

TEST(MetadataStructure, DelegationsOfRoles) {
  EXPECT_EQ(WithTargets(Delegations(json::Array{})), "done");
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a").Set("paths", json::Array{"*"})})), "done");
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a")})), "done");
  for (const char* name : {"", "root", "timestamp", "snapshot", "targets"}) {
    EXPECT_EQ(WithTargets(Delegations(json::Array{Role(name)})), "malformed: delegated role's name") << name;
  }
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a"), Role("b"), Role("a")})), "malformed: delegated role twice");
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a").Set("terminating", 1)})), "malformed: JSON boolean");
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a").Set("paths", "*")})), "malformed: delegated role's paths");
  EXPECT_EQ(WithTargets(Delegations(json::Array{Role("a").Set("paths", json::Array{1})})), "malformed: JSON string");
  EXPECT_EQ(WithTargets(Delegations(
                json::Array{Role("a").Set("paths", json::Array{}).Set("path_hash_prefixes", json::Array{})})),
            "malformed: delegated role's paths");
  EXPECT_EQ(WithTargets(Delegations(Object())), "malformed: delegated roles");
  EXPECT_EQ(WithTargets([](Object& content) { content.Set("delegations", Object().Set("keys", Object())); }),
            "malformed: delegations");
}

TEST(MetadataStructure, DelegationsToHashBins) {
  for (const int bits : {1, 32}) EXPECT_EQ(WithTargets(Delegations(Bins(bits), "succinct_roles")), "done");
  for (const int bits : {0, 33}) {
    EXPECT_EQ(WithTargets(Delegations(Bins(bits), "succinct_roles")), "malformed: hash bins");
  }
  EXPECT_EQ(WithTargets(Delegations(Bins("8"), "succinct_roles")), "malformed: JSON unsigned integer");
  EXPECT_EQ(WithTargets(Delegations(Bins(8).Set("name_prefix", 1), "succinct_roles")), "malformed: JSON string");
}

TEST(MetadataStructure, WhatIsNoMetadata) {
  for (const char* text : {"", "{}", "[]", "null", "{\"signed\":{}}", "{\"signed\":{},\"signatures\":{}}",
                           "{\"signed\":[],\"signatures\":[]}", "{\"signed\":{},\"signatures\":[1]}",
                           "{\"signed\":{\"a\":1,\"a\":2},\"signatures\":[]}", "{\"signed\":{},\"signatures\":[]}x"}) {
    Repository repository;
    Device device(repository);
    repository.files()["timestamp.json"] = text;
    EXPECT_TRUE(device.Refresh().starts_with("malformed: ")) << text;
  }
}

TEST(MetadataStructure, SizeDepthAndNumberOfValuesAreBounded) {
  Repository repository;
  const std::string good = repository.files()["timestamp.json"];
  std::string& file = repository.files()["timestamp.json"];
  const auto pad = [&](const std::string& more) {
    file = good;
    file.insert(file.find('{') + 1, "\"x\": " + more + ",");
    return Device(repository).Refresh();
  };
  EXPECT_EQ(pad("[1]"), "done");
  EXPECT_EQ(pad(std::string(30, '[') + std::string(30, ']')), "done");
  EXPECT_EQ(pad(std::string(40, '[') + std::string(40, ']')), "too-large: JSON depth");
  EXPECT_EQ(pad("\"" + std::string(Limits().timestamp_bytes, 'x') + "\""), "too-large: release metadata");
}

}  // namespace
}  // namespace edgekeep::release::fixture
