// Licences where the trust policy that the licensor follows has chips in quarantine.
#include "edgekeep/author/followed_policy.h"

#include "../licensor_lock.h"
#include "edgekeep/author/licence_papers.h"
#include "edgekeep/author/renewal_desk.h"
#include "edgekeep/formats/licence_report.h"
#include "licence_fixture.h"
#include "policy_crew.h"

namespace edgekeep::author {
namespace {

// The class of a TestDevice's chip, and what it comes with.
formats::QuarantinedClass ClassOf(const TestDevice& device, std::uint64_t last_firmware) {
  return {device.chip->manufacturer, 0, last_firmware, {}};
}

class QuarantinedLicences : public Licences {
 protected:
  void SetUp() override {
    Licences::SetUp();
    request_.terms.transferable = true;
    // Keys take their time to be made: a copy of what was made once.
    std::filesystem::copy(TestPublisher().directory(), directory_ / "acme", std::filesystem::copy_options::recursive);
    auto publisher = Publisher::Open(TestContext(), directory_ / "acme");
    ASSERT_TRUE(publisher);
    publisher_ = std::make_unique<Publisher>(*std::move(publisher));
  }

  Done Follow(std::uint64_t version, const std::vector<formats::QuarantinedClass>& quarantine,
              const std::string& authority = "acme", const Context& context = TestContext()) {
    PolicyContent content = DevelopmentPolicy();
    content.version = version;
    content.authority = authority;
    content.quarantine = quarantine;
    const Buffer policy = PolicyOf(content, Root());
    const auto followed =
        FollowPolicy(context, *publisher_, {.policy = Bytes::Copy(policy).value(), .root = Root(), .policy_root = {}});
    if (!followed) return followed.error();
    EXPECT_EQ(followed->version, version);
    EXPECT_EQ(followed->num_quarantined, quarantine.size());
    return {};
  }

  static const std::string& Root() {
    static const std::string root = FirstRoot();
    return root;
  }

  std::string New(const char* name) { return directory_ / (name + std::to_string(num_files_++)); }

  Outcome<LicenceReport> IssueTo(const TestDevice& device) {
    LicenceRequest request = request_;
    request.device_request = New("request");
    WriteAll(request.device_request, device.Request(device));
    request.output = licence_ = New("licence");
    return IssueLicence(TestContext(), *publisher_, TestPassphrase(), request);
  }

  // As IssueTo, up to where keys would be opened: that costs a second, and these tests are about what comes before.
  Done AskFor(const TestDevice& device) {
    LicenceRequest request = request_;
    request.device_request = New("request");
    WriteAll(request.device_request, device.Request(device));
    request.output = New("licence");
    bool was_asked = false;
    request.is_allowed = [&](const DeviceId&) -> Done {
      was_asked = true;
      return Failure{ErrorCode::kUntrusted, "asked", "d.ekd", "none"};
    };
    const auto issued = IssueLicence(TestContext(), *publisher_, TestPassphrase(), request);
    EXPECT_FALSE(issued);
    return was_asked ? Done() : issued.error();
  }

  // What the device says of the last licence, with its request of now in it.
  std::string Report(std::string_view type, const TestDevice& device) {
    const Buffer licence = ReadAll(licence_), request = device.Request(device);
    Buffer buffer(formats::kMaxLicenceReportSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeLicenceReport(
        {.licence = licence, .device_request = request, .counted_seconds = 0, .calls_reserved = 0, .made_at = kNow},
        payload));
    const sealing::SigningKey* const keys[] = {&device};
    const Bytes bytes = sealing::SignObject(TestContext().provider, type, payload.written(), keys).value();
    const std::string path = New("report");
    WriteAll(path, {bytes.view().begin(), bytes.view().end()});
    return path;
  }

  Outcome<LicenceReport> Renew(const TestDevice& device) {
    return RenewLicence(TestContext(), *publisher_, TestPassphrase(),
                        {.report = Report(formats::typ::kLicenceRenewal, device), .output = New("renewed")});
  }

  Outcome<LicenceReport> Transfer(const std::string& receipt, const TestDevice& heir) {
    const std::string request = New("heir");
    WriteAll(request, heir.Request(heir));
    return TransferLicence(TestContext(), *publisher_, TestPassphrase(),
                           {.receipt = receipt, .device_request = request, .output = New("transferred")});
  }

  std::unique_ptr<Publisher> publisher_;
  std::string licence_;
  int num_files_ = 0;
};

TEST_F(QuarantinedLicences, AreNeitherIssuedNorRenewedNorTransferred) {
  EK_ASSERT_DONE(IssueTo(device_));
  const std::string receipt = Report(formats::typ::kLicenceReturn, device_);
  EK_ASSERT_DONE(Follow(1, {}));
  EK_ASSERT_DONE(Renew(device_));  // control: a policy without a quarantine
  {
    // Not in the middle of a renewal that is being checked.
    const auto lock = LockLicences(TestContext(), *publisher_);
    EK_ASSERT_DONE(lock);
    ExpectFailure(Follow(2, {}, "acme", InterruptedContext()), ErrorCode::kPeerGone);
  }
  EK_ASSERT_DONE(Follow(2, {ClassOf(device_, device_.chip->firmware)}));
  ExpectFailure(Renew(device_), ErrorCode::kForbidden, "in quarantine");
  const auto desk = RenewalDesk::Open(TestContext(), *publisher_, TestPassphrase(), {});
  EK_ASSERT_DONE(desk);
  const Buffer asked = ReadAll(Report(formats::typ::kLicenceRenewal, device_));
  ExpectFailure((*desk)->Renew(TestContext(), asked).licence, ErrorCode::kForbidden, "in quarantine");
  const std::string first = licence_;
  ExpectFailure(IssueTo(device_), ErrorCode::kForbidden, "in quarantine");
  EXPECT_FALSE(std::filesystem::exists(licence_));
  licence_ = first;
  TestDevice heir;
  ExpectFailure(Transfer(receipt, heir), ErrorCode::kForbidden, "in quarantine");
  heir.chip->firmware += 1;
  EK_ASSERT_DONE(Transfer(receipt, heir));  // control: another firmware, and the receipt is nobody's yet
}

// A device that says nothing of its chip has none that is as good as any.
TEST_F(QuarantinedLicences, AreForDevicesThatSayWhatChipTheyHave) {
  TestDevice hiding;
  hiding.chip.reset();
  EK_ASSERT_DONE(Follow(1, {}));
  EK_ASSERT_DONE(AskFor(hiding));  // control: nothing is quarantined
  EK_ASSERT_DONE(Follow(2, {{0x53544d20, 0, 1, {}}}));
  ExpectFailure(AskFor(hiding), ErrorCode::kForbidden, "does not say");
  EK_ASSERT_DONE(AskFor(device_));  // control: another class than the quarantined one
  // The class is in what the identity signed: who edits it has no request.
  Buffer edited = device_.Request(device_);
  const std::uint8_t maker[] = {0x1a, 0x49, 0x46, 0x58, 0x00};
  const auto at = std::ranges::search(edited, maker).begin();
  ASSERT_NE(at, edited.end());
  at[3] ^= 1;
  WriteAll(request_.device_request, edited);
  ExpectFailure(IssueLicence(TestContext(), *publisher_, TestPassphrase(), request_), ErrorCode::kBadSignature);
}

// Keys of a flawed chip are made anew; what was ordered before the flaw was known does not count.
TEST_F(QuarantinedLicences, EndWithARekeyWhereThePolicySaysSo) {
  formats::QuarantinedClass chips = ClassOf(device_, device_.chip->firmware);
  device_.rekeyed_at = kNow;
  EK_ASSERT_DONE(Follow(1, {chips}));
  ExpectFailure(AskFor(device_), ErrorCode::kForbidden, "in quarantine");
  chips.until_rekeyed = UnixTime{kNow.value + 1};
  EK_ASSERT_DONE(Follow(2, {chips}));
  ExpectFailure(AskFor(device_), ErrorCode::kForbidden, "in quarantine");
  device_.rekeyed_at = chips.until_rekeyed;
  EK_ASSERT_DONE(AskFor(device_));
  device_.rekeyed_at.reset();
  ExpectFailure(AskFor(device_), ErrorCode::kForbidden, "in quarantine");
}

// Whoever kept a request of before, and has the key in it, is given no licence for that key.
TEST_F(QuarantinedLicences, AreForTheNewestKeyOfADeviceAlone) {
  TestDevice other;
  EK_ASSERT_DONE(AskFor(device_));
  device_.rekeyed_at = kNow;
  EK_ASSERT_DONE(AskFor(device_));
  EK_ASSERT_DONE(AskFor(device_));
  device_.rekeyed_at = UnixTime{kNow.value + 1};
  EK_ASSERT_DONE(AskFor(device_));
  device_.rekeyed_at = kNow;
  ExpectFailure(AskFor(device_), ErrorCode::kForbidden, "made anew");
  device_.rekeyed_at.reset();
  ExpectFailure(AskFor(device_), ErrorCode::kForbidden, "made anew");
  EK_ASSERT_DONE(AskFor(other));  // control
  // What is damaged licenses nothing.
  const DeviceId id = device_.id();
  WriteAll(directory_ / "acme/rekeyed/" + std::string(ToHex(id.view()).view()), {'x'});
  ExpectFailure(AskFor(device_), ErrorCode::kMalformed);
}

TEST_F(QuarantinedLicences, FollowTheNewestPolicyOfTheirPublisher) {
  EK_ASSERT_DONE(Follow(2, {ClassOf(device_, 1)}));
  EK_ASSERT_DONE(Follow(2, {ClassOf(device_, 1)}));  // cut, and done again
  ExpectFailure(Follow(1, {}), ErrorCode::kWrongVersion);
  ExpectFailure(Follow(2, {}), ErrorCode::kWrongVersion);
  ExpectFailure(Follow(3, {}, "other"), ErrorCode::kWrongProduct);
  EK_ASSERT_DONE(AskFor(device_));  // control
  // What is damaged, or half there, licenses nothing.
  const std::string policy = directory_ / "acme/followed/policy.ektp", root = directory_ / "acme/followed/root.json";
  const Buffer whole = ReadAll(policy);
  Buffer flipped = whole;
  flipped[flipped.size() / 2] ^= 1;
  WriteAll(policy, flipped);
  EXPECT_FALSE(AskFor(device_));
  std::filesystem::remove(policy);
  ExpectFailure(AskFor(device_), ErrorCode::kNotFound, "followed");
  WriteAll(policy, whole);
  EK_ASSERT_DONE(AskFor(device_));
  std::filesystem::remove(root);
  ExpectFailure(AskFor(device_), ErrorCode::kNotFound, "followed");
  // Another root's people signed it not.
  WriteAll(root, {'{', '}'});
  EXPECT_FALSE(AskFor(device_));
}

}  // namespace
}  // namespace edgekeep::author
