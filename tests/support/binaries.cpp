#include "binaries.h"

#include <pwd.h>
#include <unistd.h>

namespace edgekeep::test {

std::filesystem::path BinaryDirectory() {
  return EDGEKEEP_BINARIES;
}

std::string Binary(const std::string& name) {
  return BinaryDirectory() / name;
}

std::filesystem::path SourceDirectory() {
  return EDGEKEEP_SOURCE;
}

std::filesystem::path EngineLibrary() {
  return SourceDirectory() / "build/deps/onnxruntime/lib/libonnxruntime.so.1";
}

std::filesystem::path OcrModel(const std::string& name) {
  return SourceDirectory() / "build/deps/models/ocr" / name;
}

std::string WhyNoDevice() {
  if (::geteuid() != 0) return "SKIP device: needs root to start the spawner";
  if (::getpwnam("edgekeep-keep") == nullptr) return "SKIP device: user edgekeep-keep is missing; run script/bootstrap";
  if (!std::filesystem::exists(EngineLibrary())) return "SKIP device: ONNX Runtime is missing; run script/bootstrap";
  return "";
}

}  // namespace edgekeep::test
