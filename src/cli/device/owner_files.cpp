#include "owner_files.h"

#include <sys/stat.h>

#include "pem.h"
#include "small_file.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

// In seconds; in days (docs/decisions/0171).
constexpr std::uint64_t kDay = 86400, kLongLife = 90;
constexpr std::size_t kRequestRoom = 65536, kCertificateRoom = 4096;

const void* PointerTo(const Der& bytes) {
  return bytes.empty() ? nullptr : bytes.data();
}

ek_credential EmptyCredential() {
  ek_credential credential{};
  credential.struct_size = sizeof credential;
  return credential;
}

}  // namespace

Outcome<Der> ReadArmouredFile(const std::string& path, const std::string& what) {
  if (path.empty()) return Der();
  const auto bytes = ReadSmallFile(path, what);
  if (!bytes) return bytes.error();
  Result<Der> der = ReadArmoured(*bytes);
  if (der) return *std::move(der);
  return Failure{der.error().code(), "not " + what, path, "give one object in PEM, base64 or DER"};
}

Outcome<std::string> ReadChallengePassword(const std::string& path) {
  if (path.empty()) return std::string();
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    return Failure{ErrorCode::kForbidden, "others may read the challenge password", path, "chmod 600 it"};
  }
  const auto bytes = ReadSmallFile(path, "the challenge password");
  if (!bytes) return bytes.error();
  std::string line(AsText(*bytes));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return line;
}

Outcome<Der> MakeRequest(const Session& session, const app::Client& client, const RequestInputs& inputs) {
  ek_credential_request request = EK_CREDENTIAL_REQUEST_INIT;
  request.authority = PointerTo(inputs.authority);
  request.authority_size = inputs.authority.size();
  request.csr_attributes = PointerTo(inputs.csr_attributes);
  request.csr_attributes_size = inputs.csr_attributes.size();
  if (!inputs.challenge_password.empty()) request.challenge_password = inputs.challenge_password.c_str();
  Der made(kRequestRoom);
  std::size_t size = made.size();
  ek_error error;
  if (ek_admin_request_credential(client.get(), &request, made.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "asking for a certificate");
  }
  made.resize(size);
  return made;
}

Outcome<ek_credential> GiveAnswer(const Session& session, const app::Client& client, const Der& answer,
                                  const Der& others) {
  ek_credential credential = EmptyCredential();
  ek_error error;
  if (ek_admin_install_credential(client.get(), answer.data(), answer.size(), PointerTo(others), others.size(),
                                  &credential, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "taking the certificate");
  }
  return credential;
}

Outcome<std::vector<Der>> TlsCertificates(const Session& session, const app::Client& client, int identity) {
  std::vector<Der> all;
  ek_error error;
  for (;;) {
    Der room(kCertificateRoom);
    std::size_t size = room.size();
    const ek_code code = ek_admin_tls_certificate(client.get(), identity, all.size(), room.data(), &size, &error);
    if (code == EK_NOT_FOUND && !all.empty()) return all;
    if (code != EK_OK) return session.Refusal(app::Error(error), "asking for the certificate to show");
    room.resize(size);
    all.push_back(std::move(room));
  }
}

Outcome<Der> SignTls(const Session& session, const app::Client& client, int identity, ByteView transcript_hash) {
  Der signature(EK_TLS_SIGNATURE_SIZE);
  ek_error error;
  if (ek_admin_sign_tls(client.get(), identity, transcript_hash.data(), transcript_hash.size(), signature.data(),
                        &error) != EK_OK) {
    return session.Refusal(app::Error(error), "showing the certificate");
  }
  return signature;
}

Outcome<ShownCredential> ShowCredential(const Session& session, const app::Client& client) {
  ShownCredential shown{EmptyCredential(), Der(kRequestRoom)};
  std::size_t size = shown.certificate.size();
  ek_error error;
  if (ek_admin_show_credential(client.get(), &shown.facts, shown.certificate.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "asking for its owner's certificate");
  }
  shown.certificate.resize(size);
  return shown;
}

Done TellCredential(const Session& session, const std::string& before, const ek_credential& credential) {
  json::Object object;
  object.Set("authority", credential.authority).Set("requested", credential.requested != 0);
  object.Set("held", credential.held != 0).Set("changes", credential.changes);
  std::string text = before + "owner        " +
                     (credential.authority[0] == '\0' ? "none: name one by `edgekeep device enrol --ca`"
                                                      : "authority " + std::string(credential.authority));
  if (credential.held != 0) {
    object.Set("not_before", credential.not_before).Set("not_after", credential.not_after);
    object.Set("renew_from", credential.renew_from).Set("renewal_due", credential.now >= credential.renew_from);
    object.Set("expired", credential.now > credential.not_after);
    const std::uint64_t days = (credential.not_after - credential.not_before) / kDay;
    object.Set("life_days", days).Set("long_lived", days > kLongLife);
    text += "\ncertificate  " + std::string(credential.now > credential.not_after ? "EXPIRED " : "until ") +
            TimeText(credential.not_after) + ", to be renewed from " + TimeText(credential.renew_from) + " on";
    if (days > kLongLife) {
      text += "\nWARNING      it lives " + std::to_string(days) +
              " days: whoever takes the device has it as long, unless everybody who believes it asks what was revoked";
    }
  } else {
    text += "\ncertificate  none";
  }
  if (credential.changes != 0) text += "\nchanges      " + std::to_string(credential.changes) + " of owner so far";
  if (credential.requested != 0) text += "\nrequest      an answer is awaited";
  return session.Tell(text, object);
}

}  // namespace edgekeep::cli::device
