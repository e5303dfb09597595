#include "log_directory.h"

#include <cstdio>

#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "http_storage.h"

namespace edgekeep::cli::publisher {

namespace {

constexpr std::chrono::seconds kLockPatience{10};

template <typename OpenKeys>
author::Outcome<WritableLog> OpenLog(const Session& session, const std::string& directory, OpenKeys open_keys) {
  const crypto::Provider& provider = session.context.provider;
  WritableLog opened;
  EK_TRY_ASSIGN(opened.storage, author::At(directory, log::OpenDirectory(directory, kLockPatience)));
  EK_TRY_ASSIGN(log::NoteKeys note_keys, open_keys(directory + "/keys"));
  opened.keys = std::make_unique<log::NoteKeys>(std::move(note_keys));
  EK_TRY_ASSIGN(log::Log log, author::At(directory, log::Log::Open(provider, *opened.storage, opened.keys->signers())));
  opened.log = std::make_unique<log::Log>(std::move(log));
  return opened;
}

}  // namespace

author::Outcome<WritableLog> OpenWritableLog(const Session& session, const std::string& directory) {
  return OpenLog(session, directory, [&](const std::string& keys) -> author::Outcome<log::NoteKeys> {
    EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
    return author::At(keys, log::NoteKeys::Open(session.context.provider, keys, log::NoteRole::kLog, passphrase));
  });
}

author::Outcome<WritableLog> OpenLogToCosign(const Session& session, const std::string& directory) {
  return OpenLog(session, directory, [&](const std::string& keys) {
    return author::At(keys, log::NoteKeys::OpenPublic(session.context.provider, keys, log::NoteRole::kLog));
  });
}

author::Outcome<ReadableLog> OpenReadableLog(const std::string& directory) {
  ReadableLog opened;
  if (directory.starts_with("http://") || directory.starts_with("https://")) {
    opened.storage = std::make_unique<HttpStorage>(directory);
  } else {
    EK_TRY_ASSIGN(opened.storage, author::At(directory, log::OpenDirectoryToRead(directory)));
  }
  for (const char* prefix : {log::kPublicPrefix, ""}) {
    Result<std::string> note = opened.storage->Read(std::string(prefix) + "checkpoint", release::log::kMaxNoteSize);
    if (!note && note.error().code() != ErrorCode::kNotFound) return author::Describe(note.error(), directory);
    if (!note) continue;
    opened.prefix = prefix;
    opened.note = *std::move(note);
    EK_TRY_ASSIGN(const auto parsed, author::At(directory, release::log::ParseSignedNote(opened.note)));
    EK_TRY_ASSIGN(const auto checkpoint, author::At(directory, release::log::ParseCheckpoint(parsed.text)));
    opened.origin = checkpoint.origin;
    opened.head = {.size = checkpoint.size, .root = checkpoint.root};
    return opened;
  }
  return author::Failure{ErrorCode::kNotFound, "no log here", directory, "make one with 'edgekeep log init'"};
}

author::Outcome<std::string> ReadText(const std::string& path, std::size_t max_size) {
  EK_TRY_ASSIGN(const Bytes bytes, author::At(path, files::ReadFile(path, max_size)));
  return std::string(AsText(bytes.view()));
}

author::Outcome<release::log::Policy> ReadLogPolicy(const Session& session, const std::string& path) {
  EK_TRY_ASSIGN(const std::string text, ReadText(path, release::log::kMaxPolicySize));
  return author::At(path, release::log::Policy::Parse(session.context.provider, text));
}

author::Done WriteText(const std::string& path, const std::string& text) {
  if (!path.empty()) return author::At(path, files::WriteNewFile(path, files::Access::kPublic, AsBytes(text)));
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return author::Failure{ErrorCode::kIo, "cannot write the result", "standard output", "check where it goes"};
}

}  // namespace edgekeep::cli::publisher
