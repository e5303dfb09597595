// inspect.
#include "commands.h"
#include "edgekeep/author/inspect.h"
#include "edgekeep/policy/write.h"
#include "signature_text.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct InspectArguments {
  std::string sealed_file;
  std::string trust;
};

const char* KindName(formats::SealedKind kind) {
  switch (kind) {
    case formats::SealedKind::kModel:
      return "model";
    case formats::SealedKind::kProgram:
      return "program";
    case formats::SealedKind::kDelta:
      return "delta";
    case formats::SealedKind::kSystemImage:
      return "system image";
  }
  return "unknown";
}

json::Object Describe(const author::SealInspection& seal) {
  const formats::SealedHeader& header = seal.header;
  json::Object open;
  open.Set("kind", KindName(header.kind)).Set("product", header.product.view());
  open.Set("version", header.version.display.view()).Set("version_sequence", header.version.sequence.value);
  open.Set("sealed_at", FormatTime(seal.record.sealed_at)).Set("id", Hex(seal.id.view()));
  open.Set("plaintext_size", header.plaintext_size).Set("file_size", seal.file_size);
  open.Set("cipher", seal.cipher).Set("key_wrap", seal.key_wrap);
  open.Set("licensor_key", Hex(header.licensor_kem_kid.view()));
  open.Set("policy", policy::ToJson(header.policy));
  open.Set("signatures", ToJson(seal.signatures));
  json::Object object;
  object.Set("public", std::move(open));
  object.Set("secret", json::Array{"contents", "number, names and sizes of the files inside", "content key"});
  object.Set("verified", VerificationToJson(seal.verified));
  return object;
}

std::string Tell(const author::SealInspection& seal, const std::string& path) {
  const formats::SealedHeader& header = seal.header;
  std::string text = Line(path + ": sealed file, " + Bytes64(seal.file_size)) + "Everybody can read:\n";
  text += Line("  kind        " + std::string(KindName(header.kind)));
  text += Line("  product     " + std::string(header.product.view()));
  text += Line("  version     " + Versioned(header.version));
  text += Line("  sealed      " + FormatTime(seal.record.sealed_at));
  text += "  contents    " + Bytes64(header.plaintext_size) + ", encrypted\n";
  text += "  cipher      " + seal.cipher + ", segments of 1 MiB\n";
  text += Line("  key wrap    " + seal.key_wrap);
  text += Line("  licensor    " + Hex(header.licensor_kem_kid.view()));
  text += Line("  policy      " + policy::ToText(header.policy));
  text += Line("  id          " + Hex(seal.id.view()));
  text += ToText(seal.signatures);
  text +=
      "Only the licensor and licensed devices can read: the contents, and how many files are inside, their names "
      "and sizes.\n";
  return text + VerificationToText(seal.verified, "author");
}

author::Done Inspect(const Session& session, const InspectArguments& arguments) {
  EK_TRY_ASSIGN(const author::SealInspection seal,
                author::InspectSeal(session.context, arguments.sealed_file, arguments.trust));
  return session.report.Tell(Tell(seal, arguments.sealed_file), Describe(seal));
}

}  // namespace

void AddInspectCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* command = root.add_subcommand("inspect", "show what everybody can see of a sealed file, and what not");
  auto arguments = std::make_shared<InspectArguments>();
  command->add_option("SEALED", arguments->sealed_file, "sealed file (.eks)")->required();
  command->add_option("--trust", arguments->trust, "verify against this trust bundle (publisher.ekt)");
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Inspect(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
