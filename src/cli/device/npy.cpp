#include "npy.h"

#include <array>
#include <cctype>
#include <charconv>

#include "edgekeep/base/reader.h"
#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

struct Descriptor {
  ek_element_type type;
  std::string_view text;
};

// NumPy's names of the types; for those of one byte the byte order is "|".
constexpr std::array kDescriptors = {
    Descriptor{EK_FLOAT32, "<f4"}, Descriptor{EK_UINT8, "|u1"},  Descriptor{EK_INT8, "|i1"},
    Descriptor{EK_UINT16, "<u2"},  Descriptor{EK_INT16, "<i2"},  Descriptor{EK_INT32, "<i4"},
    Descriptor{EK_INT64, "<i8"},   Descriptor{EK_BOOL, "|b1"},   Descriptor{EK_FLOAT16, "<f2"},
    Descriptor{EK_FLOAT64, "<f8"}, Descriptor{EK_UINT32, "<u4"}, Descriptor{EK_UINT64, "<u8"},
};

Error Malformed(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

// Reads the header, a literal of a Python dictionary with exactly the keys descr, fortran_order and shape.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  Result<Tensor> Read() {
    Tensor tensor;
    EK_TRY(Expect('{'));
    for (int i = 0; i < 3; ++i) {
      EK_TRY(ReadMember(tensor));
      if (!Take(',')) break;
    }
    EK_TRY(Expect('}'));
    if (seen_ != kAll) return Malformed("npy header: a key is missing");
    SkipBlanks();
    if (!rest_.empty()) return Malformed("npy header: something follows it");
    return tensor;
  }

 private:
  static constexpr unsigned kAll = 7;

  void SkipBlanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }

  bool Take(char wanted) {
    SkipBlanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool TakeWord(std::string_view word) {
    SkipBlanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  Status Expect(char wanted) {
    if (!Take(wanted)) return Malformed("npy header");
    return {};
  }

  Result<std::string_view> ReadString() {
    const char quote = Take('\'') ? '\'' : '"';
    if (quote == '"' && !Take('"')) return Malformed("npy header: no string");
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) return Malformed("npy header: a string without end");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  Status See(unsigned bit) {
    if ((seen_ & bit) != 0) return Malformed("npy header: a key is there twice");
    seen_ |= bit;
    return {};
  }

  Status ReadMember(Tensor& tensor) {
    EK_TRY_ASSIGN(const std::string_view key, ReadString());
    EK_TRY(Expect(':'));
    if (key == "descr") {
      EK_TRY(See(1));
      return ReadType(tensor);
    }
    if (key == "fortran_order") {
      EK_TRY(See(2));
      if (TakeWord("False")) return {};
      return Error(ErrorCode::kUnsupported, "npy: column-major order; save it row-major");
    }
    if (key != "shape") return Malformed("npy header: another key");
    EK_TRY(See(4));
    return ReadShape(tensor);
  }

  Status ReadType(Tensor& tensor) {
    EK_TRY_ASSIGN(const std::string_view text, ReadString());
    for (const Descriptor& descriptor : kDescriptors) {
      if (descriptor.text != text) continue;
      tensor.type = descriptor.type;
      return {};
    }
    return Error(ErrorCode::kUnsupported, "npy: this element type or byte order");
  }

  Status ReadShape(Tensor& tensor) {
    EK_TRY(Expect('('));
    while (!Take(')')) {
      if (tensor.shape.size() == EK_MAX_RANK) return Error(ErrorCode::kTooLarge, "npy: more than 8 dimensions");
      SkipBlanks();
      std::int64_t dimension = -1;
      const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dimension);
      if (code != std::errc() || dimension < 0) return Malformed("npy header: a dimension");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      tensor.shape.push_back(dimension);
      if (!Take(',') && !rest_.starts_with(')')) return Malformed("npy header: the shape");
    }
    return {};
  }

  std::string_view rest_;
  unsigned seen_ = 0;
};

Result<std::size_t> ReadHeaderSize(Reader& reader) {
  EK_TRY_ASSIGN(const ByteView magic, reader.ReadBytes(kMagic.size()));
  if (AsText(magic) != kMagic) return Malformed("no npy file");
  EK_TRY_ASSIGN(const std::uint8_t version, reader.ReadU8());
  EK_TRY(reader.ReadU8());
  if (version < 1 || version > 3) return Error(ErrorCode::kUnsupported, "npy: this version of the format");
  if (version == 1) {
    EK_TRY_ASSIGN(const std::uint16_t size, reader.ReadU16LittleEndian());
    return size;
  }
  EK_TRY_ASSIGN(const std::uint32_t size, reader.ReadU32LittleEndian());
  return size;
}

std::string HeaderText(ek_element_type type, std::span<const std::int64_t> shape) {
  std::string text = "{'descr': '";
  for (const Descriptor& descriptor : kDescriptors) {
    if (descriptor.type == NpyType(type)) text += descriptor.text;
  }
  text += "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t dimension : shape) text += std::to_string(dimension) + ", ";
  return text + "), }";
}

}  // namespace

Result<Tensor> DecodeNpy(ByteView file) {
  Reader reader(file);
  EK_TRY_ASSIGN(const std::size_t header_size, ReadHeaderSize(reader));
  EK_TRY_ASSIGN(const ByteView header, reader.ReadBytes(header_size));
  EK_TRY_ASSIGN(Tensor tensor, HeaderReader(AsText(header)).Read());
  const auto elements = CountElements(tensor.shape);
  if (!elements || reader.remaining() != *elements * ElementSize(tensor.type)) {
    return Malformed("npy: the data's size is not what the shape says");
  }
  EK_TRY_ASSIGN(const ByteView data, reader.ReadBytes(reader.remaining()));
  tensor.bytes.assign(data.begin(), data.end());
  return tensor;
}

std::vector<std::uint8_t> EncodeNpy(ek_element_type type, std::span<const std::int64_t> shape, ByteView data) {
  std::string header = HeaderText(type, shape);
  const std::size_t unpadded = kMagic.size() + 4 + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::vector<std::uint8_t> file;
  file.reserve(kMagic.size() + 4 + header.size() + data.size());
  file.insert(file.end(), kMagic.begin(), kMagic.end());
  for (const std::size_t byte : {std::size_t{1}, std::size_t{0}, header.size() & 0xFF, header.size() >> 8}) {
    file.push_back(static_cast<std::uint8_t>(byte));
  }
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

Outcome<Tensor> ReadNpy(const std::string& path) {
  constexpr std::size_t kLargest = std::size_t{1} << 30;
  EK_TRY_ASSIGN(const std::vector<std::uint8_t> bytes, ReadRegularFile(path, "the input", kLargest));
  Result<Tensor> tensor = DecodeNpy(bytes);
  if (!tensor) {
    return Failure{tensor.error().code(), tensor.error().where(), path, "save it with numpy.save"};
  }
  return *std::move(tensor);
}

}  // namespace edgekeep::cli::device
