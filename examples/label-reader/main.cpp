// label-reader: prints the text on a picture of a label.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "label_reader.h"

namespace {

constexpr const char* kUsage =
    "usage: label-reader --dictionary FILE [--root DIR] [--publisher NAME] [--json] PICTURE.png\n";

struct Arguments {
  std::string root = "/";
  std::string publisher = "acme";
  std::string dictionary;
  std::string picture;
  bool json = false;
};

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    std::string* value = nullptr;
    if (word == "--json") {
      arguments.json = true;
      continue;
    }
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

// RFC 8259 §7.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) quoted += c;
  }
  return quoted + "\"";
}

void PrintJson(const std::vector<label_reader::Line>& lines, double milliseconds) {
  std::printf("{\"milliseconds\": %.1f, \"lines\": [", milliseconds);
  const char* separator = "";
  for (const label_reader::Line& line : lines) {
    std::printf("%s\n  {\"text\": %s, \"confidence\": %.4f, \"box\": [", separator, Quoted(line.text.text).c_str(),
                line.text.confidence);
    const char* comma = "";
    for (const label_reader::Point& corner : line.box.Corners()) {
      std::printf("%s[%.1f, %.1f]", comma, corner.x, corner.y);
      comma = ", ";
    }
    std::printf("]}");
    separator = ",";
  }
  std::printf("\n]}\n");
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
  const auto start = std::chrono::steady_clock::now();
  const auto lines = reader->Read(*picture);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (!lines) return Complain(lines.error());
  if (arguments.json) {
    PrintJson(*lines, took.count());
  } else {
    for (const label_reader::Line& line : *lines) std::printf("%s\n", line.text.text.c_str());
  }
  return 0;
}
