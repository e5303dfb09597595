#include "chosen_anchor.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "edgekeep/anchor/software/software_anchor.h"
#include "edgekeep/anchor/tpm2/tpm2_anchor.h"
#include "edgekeep/anchor/tpm2/tpm2_attestation.h"
#include "edgekeep/anchor/tpm2/tpm2_endorsement.h"

namespace edgekeep::keep {
namespace {

Result<formats::AnchorChoice> ReadChoice(const std::string& path) {
  const gate::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid() && errno == ENOENT) return formats::AnchorChoice();
  if (!file.valid()) return Error(ErrorCode::kIo, "the choice of an anchor");
  std::array<char, formats::kMaxAnchorChoice + 1> text;
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return Error(ErrorCode::kIo, "the choice of an anchor");
  std::string_view line(text.data(), static_cast<std::size_t>(size));
  if (line.ends_with('\n')) line.remove_suffix(1);
  return formats::ParseAnchorChoice(line);
}

}  // namespace

Result<ReachedAnchor> ReachAnchor(const std::string& directory) {
  ReachedAnchor reached;
  EK_TRY_ASSIGN(reached.choice, ReadChoice(directory + "/choice"));
  if (reached.choice.kind != formats::AnchorKind::kTpm2) return reached;
  EK_TRY(anchor::LoadTpmLibrary());
  EK_TRY_ASSIGN(const int tpm, anchor::ConnectTpm(reached.choice.tpm.c_str()));
  reached.tpm = gate::Descriptor(tpm);
  return reached;
}

Result<OpenedAnchor> OpenAnchor(ReachedAnchor reached, const crypto::Provider& provider, ports::Store& store,
                                int lost_fd) {
  if (reached.choice.kind == formats::AnchorKind::kTpm2) {
    EK_TRY_ASSIGN(auto tpm, anchor::Tpm2Anchor::OpenOrMake(provider, store, reached.tpm.Release(),
                                                           {.pcrs = reached.choice.pcrs, .lost_fd = lost_fd}));
    EK_TRY_ASSIGN(anchor::Tpm2Attestation attestation, anchor::Tpm2Attestation::Create(*tpm));
    OpenedAnchor opened;
    opened.attestor = std::make_unique<anchor::Tpm2Attestation>(std::move(attestation));
    opened.endorsement = std::make_unique<anchor::Tpm2Endorsement>(*tpm);
    opened.anchor = std::move(tpm);
    return opened;
  }
  EK_TRY_ASSIGN(anchor::SoftwareAnchor software, anchor::SoftwareAnchor::OpenOrMake(provider, store));
  std::fputs("edgekeep-keep: software anchor, for development only: whoever copies its file has the device\n", stderr);
  return OpenedAnchor{std::make_unique<anchor::SoftwareAnchor>(std::move(software)), nullptr, nullptr};
}

}  // namespace edgekeep::keep
