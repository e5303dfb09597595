// Release metadata as text: keys, canonical form, ids, digests.
#pragma once
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/json/document.h"
#include "edgekeep/json/value.h"

namespace edgekeep::author {

// A file that was read, or is about to be written: {"signatures": …, "signed": …}.
struct MetadataText {
  std::string text;
  json::Document document;
  Digest digest;  // SHA-256 over the canonical form of "signed"

  ByteView bytes() const noexcept { return AsBytes(text); }

  json::Node content() const noexcept { return document.root().Find("signed"); }
};

Outcome<MetadataText> ParseMetadata(const Context& context, std::string text, const std::string& place);
Outcome<MetadataText> ReadMetadata(const Context& context, const std::string& path);
// `content` with signatures as they come: an array of {"keyid", "sig"}.
Outcome<MetadataText> WriteMetadata(const Context& context, const json::Object& content, const json::Array& signatures);

// A Value of what a Node shows, to be changed.
json::Value ValueOf(json::Node node);

// A key as release metadata has it, with the name of its holder.
json::Object KeyObject(crypto::AlgorithmId algorithm, ByteView public_key, const std::string& holder);
// SHA-256 over the canonical form of the key.
Outcome<std::string> KeyIdText(const Context& context, const json::Object& key);

std::string HexText(ByteView bytes);
// "2030-01-31T12:00:00Z"
std::string DateTimeText(UnixTime time);

}  // namespace edgekeep::author
