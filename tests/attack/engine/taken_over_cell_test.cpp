// The engine's library takes over its cells, on a whole device with two models installed, each open by an application
// of another user. A cell broken into holds one model's key: each of the two can look for whatever it likes.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <memory>

#include "application.h"
#include "attacked_device.h"
#include "binaries.h"
#include "device_secrets.h"
#include "files.h"
#include "order.h"
#include "require.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;
using attack::FoundDescriptor;
using attack::kNeedleSize;
using attack::Needle;
using attack::Report;
using attack::Task;

constexpr const char* kMine = "acme/mine";
constexpr const char* kOther = "acme/other";
constexpr uid_t kMyUser = 64501;
constexpr uid_t kOtherUser = 64502;

// Bytes to be looked for, and what they are.
struct Wanted {
  std::vector<Needle> needles;
  std::vector<std::string> names;

  // All of `bytes`: whoever holds a piece of it of twice a needle's size is found out.
  void Add(const std::string& name, std::span<const std::uint8_t> bytes) {
    for (std::size_t at = 0; at + kNeedleSize <= bytes.size(); at += kNeedleSize) {
      needles.push_back(attack::MaskedNeedle(bytes.data() + at));
      names.push_back(name);
    }
  }

  // Pieces from all over a file that occur nowhere by chance.
  void AddContent(const std::string& name, const fs::path& file) {
    const std::vector<std::uint8_t> bytes = ReadFile(file);
    for (std::size_t at = 4096; at + kNeedleSize <= bytes.size(); at += 8192) {
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      std::vector<std::uint8_t> piece(begin, begin + kNeedleSize);
      std::ranges::sort(piece);
      if (std::ranges::unique(piece).begin() - piece.begin() > 12) Add(name, {&bytes[at], kNeedleSize});
    }
  }

  void AddSecrets(const std::vector<Secret>& secrets) {
    for (const Secret& secret : secrets) Add(secret.name, secret.bytes);
  }

  std::span<const std::uint8_t> body() const { return attack::BytesOf(needles); }

  // Names of what a search found.
  std::vector<std::string> Found(const std::optional<Report>& counts) const {
    EXPECT_TRUE(counts && counts->size() == needles.size()) << "the search was not made";
    std::vector<std::string> found;
    for (std::size_t i = 0; counts && i < counts->size(); ++i) {
      if ((*counts)[i] > 0 && (found.empty() || found.back() != names[i])) found.push_back(names[i]);
    }
    return found;
  }
};

fs::path ModelOf(const std::string& product) {
  return product == kMine ? DirectionModel() : OcrModel("ch_PP-OCRv4_det_infer.onnx");
}

// The device, made once for all tests; only reopening changes anything.
struct Scene {
  Scene() {
    device.UseEngine(EK_HOSTILE_ENGINE);
    device.Start();
    const fs::path request = device.Initialise(Publisher::Shared().trust_bundle());
    for (const char* product : {kMine, kOther}) Install(request, product);
    mine = std::make_unique<Application>(device.root(), kMine, kMyUser);
    other = std::make_unique<Application>(device.root(), kOther, kOtherUser);
    // Its tensors have been in its ring and in its cell.
    Require(other->Call(Task::kTellOpened, {}).has_value(), "a call is not answered");
    AddSecrets(kMine, *mine, my_secrets);
    AddSecrets(kOther, *other, others_secrets);
  }

  void Install(const fs::path& request, const std::string& product) const {
    Publisher& publisher = Publisher::Shared();
    const fs::path sealed = publisher.Seal(ModelOf(product), product);
    const Outcome install =
        device.Edgekeep({"install", sealed, publisher.Grant(sealed), publisher.Licence(request, product)});
    Require(install.exit_code == 0, install.err);
  }

  // A product's key, content and tensors; and what every product of the device hangs on.
  void AddSecrets(const std::string& product, const Application& application, Wanted& wanted) {
    std::vector<Secret> secrets = SecretsFor(device.root(), product);
    wanted.AddSecrets({secrets.front()});
    wanted.AddContent("content", ModelOf(product));
    wanted.Add("tensor", application.marker());
    secrets.erase(secrets.begin());
    devices_secrets.AddSecrets(secrets);
  }

  void Restart() {
    mine.reset();
    other.reset();
    device.Stop();
    device.Start();
    mine = std::make_unique<Application>(device.root(), kMine, kMyUser);
    other = std::make_unique<Application>(device.root(), kOther, kOtherUser);
  }

  Device device;
  std::unique_ptr<Application> mine;
  std::unique_ptr<Application> other;
  Wanted my_secrets;
  Wanted others_secrets;
  Wanted devices_secrets;
};

class TakenOverCell : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (WhyNoDevice().empty()) scene_ = std::make_unique<Scene>();
  }

  static void TearDownTestSuite() { scene_.reset(); }

  void SetUp() override {
    if (!scene_) GTEST_SKIP() << WhyNoDevice();
  }

  static std::vector<std::string> Search(Task task, const Wanted& wanted) {
    return wanted.Found(scene_->mine->Call(task, wanted.body()));
  }

  static std::vector<FoundDescriptor> Descriptors(Task task) {
    const auto report = scene_->mine->Call(task, {});
    EXPECT_TRUE(report);
    return report ? attack::ItemsIn<FoundDescriptor>(*report) : std::vector<FoundDescriptor>();
  }

  static bool IsMySlotFile(const FoundDescriptor& found) {
    for (const fs::path& file : FilesBelow(scene_->device.state() / "store")) {
      struct stat status{};
      if (stat(file.c_str(), &status) != 0 || status.st_ino != found.inode) continue;
      return file.string().find("mine") != std::string::npos && (found.flags & O_ACCMODE) == O_RDONLY;
    }
    return false;
  }

  static inline std::unique_ptr<Scene> scene_;
};

using Names = std::vector<std::string>;

const Names kAllOfAModel = {"slot key", "content", "tensor"};

TEST_F(TakenOverCell, FindsItsOwnModelAndNothingElse) {
  // Control: it finds whatever there is.
  EXPECT_EQ(Search(Task::kSearchMemory, scene_->my_secrets), kAllOfAModel);
  EXPECT_EQ(Search(Task::kSearchMemory, scene_->others_secrets), Names());
  EXPECT_EQ(Search(Task::kSearchMemory, scene_->devices_secrets), Names());
  // Control: in the other one's cell, the same search finds the other one's.
  const auto found = scene_->other->Call(Task::kSearchMemory, scene_->others_secrets.body());
  EXPECT_EQ(scene_->others_secrets.Found(found), kAllOfAModel);
}

TEST_F(TakenOverCell, FoundNothingWhileItsEngineWasLoaded) {
  EXPECT_EQ(Search(Task::kSearchSnapshot, scene_->my_secrets), Names()) << "before there was any order";
  EXPECT_EQ(Search(Task::kSearchSnapshot, scene_->others_secrets), Names());
  EXPECT_EQ(Search(Task::kSearchSnapshot, scene_->devices_secrets), Names());
  // Control: what was there then is found.
  Wanted program;
  constexpr std::string_view kText = "usage: edgekeep-cell --purpose serve";
  program.Add("program", {reinterpret_cast<const std::uint8_t*>(kText.data()), kText.size()});
  EXPECT_EQ(Search(Task::kSearchSnapshot, program), Names{"program"});
}

TEST_F(TakenOverCell, OpensNoFileWhileItsEngineIsLoaded) {
  const auto opened = scene_->mine->Call(Task::kTellOpened, {});
  ASSERT_TRUE(opened && opened->size() == std::size(attack::kPathsToTry));
  EXPECT_EQ(opened->front(), 0) << "control: " << attack::kPathsToTry[0];
  for (std::size_t i = 1; i < opened->size(); ++i) EXPECT_NE((*opened)[i], 0) << attack::kPathsToTry[i];
}

// By kind: the null device thrice, sockets, and files; what the files are.
struct Kinds {
  std::size_t devices = 0;
  std::size_t sockets = 0;
  std::vector<FoundDescriptor> files;
};

Kinds KindsOf(const std::vector<FoundDescriptor>& all) {
  Kinds kinds;
  for (const FoundDescriptor& found : all) {
    if (S_ISCHR(found.mode)) ++kinds.devices;
    if (S_ISSOCK(found.mode)) ++kinds.sockets;
    if (S_ISREG(found.mode)) kinds.files.push_back(found);
  }
  EXPECT_EQ(kinds.devices + kinds.sockets + kinds.files.size(), all.size()) << "a descriptor of no known kind";
  return kinds;
}

TEST_F(TakenOverCell, HoldsNoDescriptorThatIsNotItsOwn) {
  // While its engine is loaded: the control socket, and the engine, opened anew to be loaded.
  const Kinds earlier = KindsOf(Descriptors(Task::kTellEarlier));
  EXPECT_EQ(earlier.devices, 3U);
  EXPECT_EQ(earlier.sockets, 1U);
  ASSERT_FALSE(earlier.files.empty());
  for (const FoundDescriptor& file : earlier.files) EXPECT_EQ(file.inode, earlier.files.front().inode);
  // Then: its session's and its ledger's sockets, its sealed file to read, and perhaps its ring.
  const Kinds now = KindsOf(Descriptors(Task::kTellDescriptors));
  EXPECT_EQ(now.devices, 3U);
  EXPECT_EQ(now.sockets, 3U);
  EXPECT_EQ(std::ranges::count_if(now.files, IsMySlotFile), 1);
  EXPECT_LE(now.files.size(), 2U);
}

// The same search, by the same library, where nothing confines it.
std::optional<Report> SearchUnconfined(const std::vector<pid_t>& processes, const Wanted& wanted) {
  void* const library = dlopen(EK_HOSTILE_ENGINE, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(library, nullptr) << dlerror();
  using SearchThem = void (*)(const std::vector<Needle>&, const std::vector<std::string>&, Report&);
  const auto search = reinterpret_cast<SearchThem>(dlsym(library, "EdgekeepSearchProcesses"));
  if (search == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const pid_t pid : processes) names.push_back(std::to_string(pid));
  Report report;
  search(wanted.needles, names, report);
  return report;
}

TEST_F(TakenOverCell, ReadsNoOtherProcess) {
  EXPECT_EQ(Search(Task::kSearchProcesses, scene_->others_secrets), Names());
  EXPECT_EQ(Search(Task::kSearchProcesses, scene_->devices_secrets), Names());
  // Control: root finds them; not the keys of models, where the kernel has pages that it shows to nobody.
  const Names content = scene_->others_secrets.Found(
      SearchUnconfined(scene_->device.ProcessesNamed("edgekeep-cell"), scene_->others_secrets));
  EXPECT_NE(std::ranges::find(content, "content"), content.end());
  const Names keys = scene_->devices_secrets.Found(
      SearchUnconfined(scene_->device.ProcessesNamed("edgekeep-keep"), scene_->devices_secrets));
  for (const char* key : {"vault key", "ML-KEM seed", "anchor"}) {
    EXPECT_NE(std::ranges::find(keys, key), keys.end()) << key;
  }
}

// Each of these ends the cell that tries it, and nobody else. That each gets through where nothing confines it shows
// Confinement.ControlGetsThroughWithout.
TEST_F(TakenOverCell, EndsByTryingMoreAndNobodyElseDoes) {
  for (const char* attempt : {"keyring", "shared_memory", "message_queue", "read_memory", "unix_abstract", "fork"}) {
    attack::Order order{.attack = attempt, .knowledge = {}};
    order.knowledge.victim_pid = scene_->device.ProcessesNamed("edgekeep-keep").front();
    order.knowledge.abstract_name = "nobody";
    order.knowledge.unix_path = "/nowhere";
    order.knowledge.file = "/nothing";
    order.knowledge.directory = "/";
    const std::string text = attack::EncodeOrder(order);
    EXPECT_FALSE(
        scene_->mine->Call(Task::kTryAttack, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}))
        << attempt;
    EXPECT_TRUE(scene_->other->Call(Task::kTellDescriptors, {})) << attempt;
    EXPECT_TRUE(scene_->device.KeepIsTheSame()) << attempt;
    // Who crashes cells again and again waits longer each time; a keep that starts knows of no crashes.
    scene_->Restart();
  }
}

}  // namespace
}  // namespace edgekeep::test
