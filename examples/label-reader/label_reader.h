// Reads the text of a picture with three protected models: where text is, which way up it is, what it says.
#pragma once
#include <edgekeep/edgekeep.hpp>
#include <expected>
#include <string>
#include <vector>

#include "alphabet.h"
#include "picture.h"
#include "text_box.h"

namespace label_reader {

class LabelReader {
 public:
  // Opens PUBLISHER/label-detect, …/label-direction and …/label-ocr on the device at `root`. The error is one line for
  // a person.
  static std::expected<LabelReader, std::string> Open(const char* root, const std::string& publisher,
                                                      Alphabet alphabet);

  // The lines of text, in reading order; those the models are not sure of are left out.
  std::expected<std::vector<Text>, std::string> Read(const Picture& picture);

 private:
  using Model = edgekeep::app::Model;

  LabelReader(Model detect, Model direction, Model ocr, Alphabet alphabet)
      : detect_(std::move(detect)),
        direction_(std::move(direction)),
        ocr_(std::move(ocr)),
        alphabet_(std::move(alphabet)) {}

  std::expected<std::vector<TextBox>, std::string> Detect(const Picture& picture);
  std::expected<bool, std::string> IsUpsideDown(const Picture& text);
  std::expected<Text, std::string> Recognise(const Picture& text);

  Model detect_;
  Model direction_;
  Model ocr_;
  Alphabet alphabet_;
};

}  // namespace label_reader
