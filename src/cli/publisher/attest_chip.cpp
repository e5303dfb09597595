#include "attest_chip.h"

#include "edgekeep/attest/evidence.h"
#include "factory_files.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

using author::At;
using author::Failure;
using author::Outcome;

Outcome<std::uint32_t> ManufacturerBy(const Session& session, const std::string& makers, const std::string& path,
                                      const formats::ChipKeys& chip) {
  if (chip.certificate.empty())
    return Failure{ErrorCode::kNotFound, "the chip has no certificate of its maker", path,
                   "compare its endorsement key with what whoever sold it says, by --endorsement"};
  EK_TRY_ASSIGN(const factory::X509Library library, At("OpenSSL", factory::X509Library::Open()));
  EK_TRY_ASSIGN(const std::vector<std::string> pems, ReadPemFiles(makers));
  EK_TRY_ASSIGN(const factory::ChipMakers believed, At(makers, factory::ChipMakers::Parse(library, pems)));
  EK_TRY_ASSIGN(const factory::VerifiedEndorsement said,
                At(path, believed.VerifyEndorsement(chip.certificate, session.context.now)));
  if (!Equal(said.key.view(), chip.endorsement))
    return Failure{ErrorCode::kWrongDevice, "the certificate is another chip's", path, "do not enrol this device"};
  if (said.manufacturer) return *said.manufacturer;
  return Failure{ErrorCode::kUntrusted, "the chip's certificate names no maker", path,
                 "compare its endorsement key with what whoever sold it says, by --endorsement"};
}

}  // namespace

void AddChipOptions(CLI::App& command, ChipBelief& belief) {
  command.add_option("--makers", belief.makers, "certificates of chips' makers: a directory of *.pem, or a file");
  command.add_option("--endorsement", belief.endorsement, "refuse any other endorsement key than this (SHA-256)");
  AddFactoryOptions(command, belief.factory);
}

Outcome<KnownChip> JudgeChip(const Session& session, const ChipBelief& belief, const std::string& path,
                             const attest::VerifiedAttestationKeys& keys) {
  EK_TRY(CheckNotRetired(session, belief.factory, keys.id()));
  const bool is_asked = !belief.makers.empty() || !belief.endorsement.empty() || !belief.factory.identity.empty();
  if (!keys.chip()) {
    EK_TRY(CheckFactory(session, belief.factory, keys.id()));
    if (!is_asked) return KnownChip();
    return Failure{ErrorCode::kWrongDevice, "this device has no chip with an endorsement key", path,
                   "take the keys of the device that was meant"};
  }
  EK_TRY_ASSIGN(const Digest digest,
                At(path, attest::EndorsementFingerprint(session.context.provider, keys.chip()->endorsement)));
  KnownChip known{.endorsement = Hex(digest.view()), .manufacturer = std::nullopt};
  EK_TRY(CheckFactory(session, belief.factory, keys.id(), digest));
  if (!is_asked)
    return Failure{ErrorCode::kBadArgument, "nobody says whose chip this is: any program can be one", path,
                   "name its maker's certificates by --makers, or by --endorsement the key if whoever sold it says " +
                       known.endorsement};
  if (!belief.endorsement.empty() && belief.endorsement != known.endorsement)
    return Failure{ErrorCode::kWrongDevice, "another endorsement key than the expected one: " + known.endorsement, path,
                   "ask whoever sold the chip"};
  if (!belief.makers.empty()) {
    EK_TRY_ASSIGN(known.manufacturer, ManufacturerBy(session, belief.makers, path, *keys.chip()));
  } else {
    session.report.Warn("the chip's maker is the device's own word: --makers would show it");
  }
  return known;
}

}  // namespace edgekeep::cli::publisher
