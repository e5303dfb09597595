// The power goes at every step of a refresh and of a search: whatever is found afterwards is metadata to go on from.
#include <gtest/gtest.h>

#include "edgekeep/store/metadata_directory.h"
#include "fixture/device.h"
#include "fixture/fault_disk.h"

namespace edgekeep::release::fixture {
namespace {

using edgekeep::fixture::FaultDisk;
using edgekeep::fixture::Survival;

std::string Serve(Client& client, Result<Progress> progress, Repository& repository) {
  while (progress && *progress == Progress::kNeedsFile) {
    const auto file = repository.files().find(client.wanted().name.c_str());
    const bool is_there = file != repository.files().end();
    progress = is_there ? client.TakeFile(AsBytes(file->second)) : client.TakeNotFound();
  }
  return progress ? "done" : Said(progress.error());
}

std::string RefreshAndFind(FaultDisk& disk, Repository& repository) {
  store::MetadataDirectory store(disk);
  auto client = Client::Open({.provider = TestProvider(), .store = store, .now = kNow});
  if (!client) return Said(client.error());
  const std::string refreshed = Serve(**client, (*client)->Refresh(), repository);
  return refreshed == "done" ? Serve(**client, (*client)->FindTarget("x"), repository) : refreshed;
}

// A root, a rotation, everything new, and a delegated role: eight files are replaced.
Repository Changed(Repository repository) {
  repository.keys["timestamp"] = {NewKey("timestamp-2")};
  repository.PublishRoot();
  const Key next = NewKey("root-2");
  repository.signers["root"] = {repository.keys["root"][0], next};
  repository.keys["root"] = {next};
  repository.PublishRoot();
  repository.delegations["targets"] = {{"role", {"*"}}};
  repository.targets["role"]["x"] = "y";
  repository.PublishTargets("role");
  repository.PublishAll();
  return repository;
}

TEST(MetadataCuts, AtEveryStepLeaveMetadataToGoOnFrom) {
  Repository first;
  Repository second = Changed(first);
  std::uint64_t num_cuts = 0;
  for (const Survival survival :
       {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn, Survival::kSeeded}) {
    for (std::uint64_t step = 0;; ++step) {
      FaultDisk disk;
      store::MetadataDirectory store(disk);
      ASSERT_TRUE(Initialise(TestProvider(), store, AsBytes(first.root(1))));
      ASSERT_EQ(RefreshAndFind(disk, first), "not-found: target");
      const std::uint64_t before = disk.num_steps();
      disk.CutAt(before + step);
      const std::string outcome = RefreshAndFind(disk, second);
      if (outcome == "done") break;
      disk.Restart(survival, step);
      disk.Heal();
      ++num_cuts;
      ASSERT_EQ(RefreshAndFind(disk, second), "done") << "cut at " << step;
      const auto stored = store.Read("targets.json", 100'000);
      ASSERT_TRUE(stored);
      EXPECT_EQ(AsText(stored->view()), second.files()["2.targets.json"]);
    }
  }
  // Six files, each created, written, synced, renamed and its directory synced at least.
  EXPECT_GE(num_cuts, 5U * 6U * 5U);
}

// The control: a disk that only says it has synced loses what the client counted on.
TEST(MetadataCuts, ControlADiskThatLiesLosesWhatWasAccepted) {
  Repository first;
  FaultDisk disk;
  store::MetadataDirectory store(disk);
  disk.LieAboutSyncs();
  ASSERT_TRUE(Initialise(TestProvider(), store, AsBytes(first.root(1))));
  ASSERT_EQ(RefreshAndFind(disk, first), "not-found: target");
  disk.Restart(Survival::kNothing);
  EXPECT_EQ(RefreshAndFind(disk, first), "not-initialised: no root metadata to begin with");
}

// A full or failing disk is an error, not a reason to go on without what it holds.
TEST(MetadataCuts, AFullDiskEndsTheRefreshAndTheNextOneGoesOn) {
  Repository first;
  Repository second = Changed(first);
  FaultDisk disk;
  store::MetadataDirectory store(disk);
  ASSERT_TRUE(Initialise(TestProvider(), store, AsBytes(first.root(1))));
  ASSERT_EQ(RefreshAndFind(disk, first), "not-found: target");
  disk.FullFrom(disk.num_steps() + 3);
  EXPECT_TRUE(RefreshAndFind(disk, second).starts_with("no-space")) << RefreshAndFind(disk, second);
  disk.Heal();
  EXPECT_EQ(RefreshAndFind(disk, second), "done");
}

}  // namespace
}  // namespace edgekeep::release::fixture
