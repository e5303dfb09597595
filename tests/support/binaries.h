// Where the programs under test are, and what the machine offers them.
#pragma once
#include <filesystem>
#include <string>

namespace edgekeep::test {

// Path of a built program: "edgekeep", "edgekeep-spawner".
std::string Binary(const std::string& name);
// The directory of all built programs.
std::filesystem::path BinaryDirectory();
// ONNX Runtime's library and the OCR models that script/bootstrap put into build/deps.
std::filesystem::path EngineLibrary();
std::filesystem::path OcrModel(const std::string& name);
std::filesystem::path SourceDirectory();

// Empty when devices can be started here, otherwise why not ("SKIP device: needs root").
std::string WhyNoDevice();

}  // namespace edgekeep::test
