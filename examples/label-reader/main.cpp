// label-reader: prints the text on a picture of a label.
#include <cstdio>
#include <string>
#include <string_view>

#include "label_reader.h"

namespace {

constexpr const char* kUsage = "usage: label-reader --dictionary FILE [--root DIR] [--publisher NAME] PICTURE.png\n";

struct Arguments {
  std::string root = "/";
  std::string publisher = "acme";
  std::string dictionary;
  std::string picture;
};

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    std::string* value = nullptr;
    if (word == "--root") value = &arguments.root;
    if (word == "--publisher") value = &arguments.publisher;
    if (word == "--dictionary") value = &arguments.dictionary;
    if (value == nullptr && (word.starts_with('-') || !arguments.picture.empty())) return false;
    if (value == nullptr) {
      arguments.picture = word;
    } else if (++i < argc) {
      *value = argv[i];
    } else {
      return false;
    }
  }
  return !arguments.picture.empty() && !arguments.dictionary.empty();
}

int Complain(const std::string& what) {
  std::fprintf(stderr, "label-reader: %s\n", what.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  auto alphabet = label_reader::Alphabet::Read(arguments.dictionary);
  if (!alphabet) return Complain(alphabet.error());
  const auto picture = label_reader::ReadPng(arguments.picture);
  if (!picture) return Complain(picture.error());
  auto reader = label_reader::LabelReader::Open(arguments.root.c_str(), arguments.publisher, *std::move(alphabet));
  if (!reader) return Complain(reader.error());
  const auto lines = reader->Read(*picture);
  if (!lines) return Complain(lines.error());
  for (const label_reader::Text& line : *lines) std::printf("%s\n", line.text.c_str());
  return 0;
}
