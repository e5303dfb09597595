// What the commands of an owner's credential share: the keep's words, files in and out.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "session.h"

namespace edgekeep::cli::device {

using Der = std::vector<std::uint8_t>;

// PEM, base64 or DER; `what` names it in refusals. Nothing for an empty path.
Outcome<Der> ReadArmouredFile(const std::string& path, const std::string& what);

// What a request is made of. Empty parts are absent.
struct RequestInputs {
  Der authority, csr_attributes;
  std::string challenge_password;
};

// One line of a private file; nothing for an empty path.
Outcome<std::string> ReadChallengePassword(const std::string& path);

// PKCS#10, DER.
Outcome<Der> MakeRequest(const Session& session, const app::Client& client, const RequestInputs& inputs);
Outcome<ek_credential> GiveAnswer(const Session& session, const app::Client& client, const Der& answer,
                                  const Der& others);

// By the keep, whose numbers EK_TLS_IDENTITY_… are.
Outcome<std::vector<Der>> TlsCertificates(const Session& session, const app::Client& client, int identity);
Outcome<Der> SignTls(const Session& session, const app::Client& client, int identity, ByteView transcript_hash);

struct ShownCredential {
  ek_credential facts;
  Der certificate;
};

Outcome<ShownCredential> ShowCredential(const Session& session, const app::Client& client);
Done TellCredential(const Session& session, const std::string& before, const ek_credential& credential);

}  // namespace edgekeep::cli::device
