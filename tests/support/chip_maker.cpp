#include "chip_maker.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "files.h"
#include "require.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;
using Octets = std::vector<std::uint8_t>;

constexpr std::uint32_t kOwner = 0x40000001;
constexpr std::uint32_t kEndorsement = 0x4000000b;
constexpr std::uint32_t kCertificateIndex = 0x01c0000a;

class Command {
 public:
  explicit Command(std::uint32_t code, bool has_sessions = true) {
    Put(has_sessions ? 0x8002 : 0x8001, 2).Put(0, 4).Put(code, 4);
  }

  Command& Put(std::uint32_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) octets_.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
    return *this;
  }

  Command& Put(const Octets& bytes) {
    octets_.insert(octets_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  Command& WithoutPassword() { return Put(9, 4).Put(0x40000009, 4).Put(0, 2).Put(0, 1).Put(0, 2); }

  // The answer; throws where the TPM refuses.
  Octets AskAt(const fs::path& tpm_socket) {
    octets_[4] = static_cast<std::uint8_t>(octets_.size() >> 8);
    octets_[5] = static_cast<std::uint8_t>(octets_.size());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, tpm_socket.c_str(), sizeof address.sun_path - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{30, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    Require(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "no TPM at the socket");
    Require(write(fd, octets_.data(), octets_.size()) == static_cast<ssize_t>(octets_.size()), "the TPM hung up");
    Octets answer(4096);
    const ssize_t size = read(fd, answer.data(), answer.size());
    close(fd);
    Require(size >= 10, "the TPM gives no answer");
    answer.resize(static_cast<std::size_t>(size));
    Require(answer[6] == 0 && answer[7] == 0 && answer[8] == 0 && answer[9] == 0, "the TPM refuses");
    return answer;
  }

 private:
  Octets octets_;
};

// TPMT_PUBLIC of TCG's template L-2: P-256, restricted to decryption, under PolicySecret(endorsement hierarchy).
Octets EndorsementTemplate() {
  Octets area = {0x00, 0x23, 0x00, 0x0b, 0x00, 0x03, 0x00, 0xb2, 0x00, 0x20};
  constexpr std::array<std::uint8_t, 32> kPolicy = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc,
                                                    0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
                                                    0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
  area.insert(area.end(), kPolicy.begin(), kPolicy.end());
  // AES-128 in CFB mode, no scheme, P-256, no derivation.
  for (const int byte : {0x00, 0x06, 0x00, 0x80, 0x00, 0x43, 0x00, 0x10, 0x00, 0x03, 0x00, 0x10}) {
    area.push_back(static_cast<std::uint8_t>(byte));
  }
  for (int coordinate = 0; coordinate < 2; ++coordinate) {
    area.insert(area.end(), {0x00, 0x20});
    area.insert(area.end(), 32, 0);
  }
  return area;
}

std::string HexOf(const std::uint8_t* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    std::array<char, 3> digits;
    std::snprintf(digits.data(), digits.size(), "%02x", bytes[i]);
    text += digits.data();
  }
  return text;
}

void Run(const std::vector<std::string>& arguments) {
  const Outcome outcome = RunProgram(arguments);
  Require(outcome.exit_code == 0, arguments.front().c_str());
}

}  // namespace

ChipMaker::ChipMaker(fs::path directory) : directory_(std::move(directory)) {
  const std::string key = directory_ / "maker.key", own = directory_ / "maker.template";
  if (fs::exists(certificate())) return;
  std::ofstream(own) << "cn = \"Maker of chips\"\nca\ncert_signing_key\nexpiration_days = 3650\n";
  Run({"/usr/bin/certtool", "--generate-privkey", "--ecc", "--curve", "secp256r1", "--outfile", key});
  Run({"/usr/bin/certtool", "--generate-self-signed", "--load-privkey", key, "--template", own, "--outfile",
       certificate()});
}

Octets ChipMaker::Certify(const Octets& point) const {
  const std::string out = directory_ / "chip.der";
  Run({"/usr/bin/swtpm_cert",
       "--type",
       "ek",
       "--signkey",
       directory_ / "maker.key",
       "--issuercert",
       certificate(),
       "--out-cert",
       out,
       "--ecc-x",
       HexOf(point.data() + 1, 32),
       "--ecc-y",
       HexOf(point.data() + 33, 32),
       "--ecc-curveid",
       "secp256r1",
       "--tpm-manufacturer",
       "id:49424D00",
       "--tpm-model",
       "swtpm",
       "--tpm-version",
       "id:20191023",
       "--tpm-spec-family",
       "2.0",
       "--tpm-spec-level",
       "0",
       "--tpm-spec-revision",
       "164",
       "--tpm2",
       "--decryption",
       "--days",
       "3650",
       "--subject",
       "CN=unknown"});
  return ReadFile(out);
}

Octets EndorsementPointOf(const fs::path& tpm_socket) {
  const Octets area = EndorsementTemplate();
  Octets answer = Command(0x131)
                      .Put(kEndorsement, 4)
                      .WithoutPassword()
                      .Put(4, 2)
                      .Put(0, 4)  // no secret of its own
                      .Put(static_cast<std::uint32_t>(area.size()), 2)
                      .Put(area)
                      .Put(0, 2)
                      .Put(0, 4)
                      .AskAt(tpm_socket);
  // Header, handle, size of parameters, size of the public area; both numbers stand at the area's end.
  const std::size_t begin = 10 + 4 + 4 + 2 + area.size() - 68;
  Require(answer.size() > begin + 68, "an endorsement key of another size");
  const Octets handle(answer.begin() + 10, answer.begin() + 14);
  Octets point = {4};
  for (const std::size_t at : {begin + 2, begin + 36}) {
    const auto first = answer.begin() + static_cast<std::ptrdiff_t>(at);
    point.insert(point.end(), first, first + 32);
  }
  Command(0x165, false).Put(handle).AskAt(tpm_socket);  // TPM2_FlushContext
  return point;
}

void WriteEndorsementCertificate(const fs::path& tpm_socket, const Octets& certificate) {
  constexpr std::uint32_t kAnybodys = 0x2040004;  // read and written by its empty password, not counting failures
  Command(0x12a)
      .Put(kOwner, 4)
      .WithoutPassword()
      .Put(0, 2)
      .Put(14, 2)
      .Put(kCertificateIndex, 4)
      .Put(0x0b, 2)
      .Put(kAnybodys, 4)
      .Put(0, 2)
      .Put(static_cast<std::uint32_t>(certificate.size()), 2)
      .AskAt(tpm_socket);
  for (std::size_t at = 0; at < certificate.size(); at += 512) {
    const auto first = certificate.begin() + static_cast<std::ptrdiff_t>(at);
    const Octets part(first, first + static_cast<std::ptrdiff_t>(std::min<std::size_t>(512, certificate.size() - at)));
    Command(0x137)
        .Put(kCertificateIndex, 4)
        .Put(kCertificateIndex, 4)
        .WithoutPassword()
        .Put(static_cast<std::uint32_t>(part.size()), 2)
        .Put(part)
        .Put(static_cast<std::uint32_t>(at), 2)
        .AskAt(tpm_socket);
  }
}

void ChipMaker::Endow(const fs::path& tpm_socket) const {
  WriteEndorsementCertificate(tpm_socket, Certify(EndorsementPointOf(tpm_socket)));
}

}  // namespace edgekeep::test
