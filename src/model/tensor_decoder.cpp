#include "tensor_decoder.h"

#include <limits>

#include "once.h"
#include "wire_reader.h"

namespace edgekeep::model {
namespace {

// Field numbers of onnx.proto.
enum TensorField : std::uint32_t {
  kDims = 1,
  kDataType = 2,
  kName = 8,
  kRawData = 9,
  kExternalData = 13,
  kDataLocation = 14
};

enum EntryField : std::uint32_t { kKey = 1, kValue = 2 };

constexpr std::uint64_t kLocationExternal = 1;

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

struct Entry {
  std::string_view key;
  std::string_view value;
};

Result<Entry> DecodeEntry(ByteView message) {
  Entry entry;
  Once once;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kKey && field.number != kValue) continue;
    EK_TRY(once.Mark(field.number));
    EK_TRY_ASSIGN((field.number == kKey ? entry.key : entry.value), field.Text());
  }
  return entry;
}

Result<std::uint64_t> ParseDecimal(std::string_view text) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return Refused("model: external data with a number that is none");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMost - digit) / 10) return Refused("model: external data with a number over 63 bits");
    value = value * 10 + digit;
  }
  if (text.empty()) return Refused("model: external data with a number that is none");
  return value;
}

// The keys ONNX names; the checksum says nothing that the package's own digest does not say better.
class ExternalDataCollector {
 public:
  Status Add(const Entry& entry) {
    if (entry.key == "location") {
      EK_TRY(once_.Mark(0));
      data_.location = entry.value;
    } else if (entry.key == "offset") {
      EK_TRY(once_.Mark(1));
      EK_TRY_ASSIGN(data_.offset, ParseDecimal(entry.value));
    } else if (entry.key == "length") {
      EK_TRY(once_.Mark(2));
      EK_TRY_ASSIGN(data_.length, ParseDecimal(entry.value));
    } else if (entry.key == "checksum") {
      EK_TRY(once_.Mark(3));
    } else {
      return Refused("model: external data with an unknown key");
    }
    any_ = true;
    return {};
  }

  bool any() const noexcept { return any_; }

  const ExternalData& data() const noexcept { return data_; }

 private:
  ExternalData data_;
  Once once_;
  bool any_ = false;
};

class TensorDecoder {
 public:
  Status Add(const Field& field) {
    switch (field.number) {
      case kDims:
        return AddDims(field);
      case kDataType: {
        EK_TRY(once_.Mark(field.number));
        EK_TRY_ASSIGN(const std::uint64_t type, field.Varint());
        if (type > 255) return Refused("model: an element type that is none");
        tensor_.type = static_cast<std::int32_t>(type);
        return {};
      }
      case kName: {
        EK_TRY(once_.Mark(field.number));
        EK_TRY_ASSIGN(tensor_.name, field.Text());
        return {};
      }
      case kRawData: {
        EK_TRY(once_.Mark(field.number));
        EK_TRY_ASSIGN(tensor_.raw_data, field.Message());
        return {};
      }
      case kExternalData: {
        EK_TRY_ASSIGN(const ByteView message, field.Message());
        EK_TRY_ASSIGN(const Entry entry, DecodeEntry(message));
        return external_.Add(entry);
      }
      case kDataLocation: {
        EK_TRY(once_.Mark(field.number));
        EK_TRY_ASSIGN(location_, field.Varint());
        return {};
      }
      default:
        return {};
    }
  }

  Result<Tensor> Finish() && {
    if (location_ > kLocationExternal) return Refused("model: a data location that is none");
    const bool outside = location_ == kLocationExternal;
    if (outside != external_.any()) return Refused("model: external data half stated");
    if (outside && external_.data().location.empty()) return Refused("model: external data without a location");
    if (outside && once_.Has(kRawData)) return Refused("model: a tensor both inside and outside");
    if (outside) tensor_.external = external_.data();
    return tensor_;
  }

 private:
  Status AddDims(const Field& field) {
    if (field.type != WireType::kBytes) {
      EK_TRY_ASSIGN(const std::uint64_t dim, field.Varint());
      return AddDim(dim);
    }
    for (WireReader packed(field.bytes); !packed.at_end();) {
      EK_TRY_ASSIGN(const std::uint64_t dim, packed.NextVarint());
      EK_TRY(AddDim(dim));
    }
    return {};
  }

  Status AddDim(std::uint64_t dim) {
    const auto value = static_cast<std::int64_t>(dim);
    if (value < 0) return Refused("model: a stored tensor with a negative dimension");
    if (!tensor_.dims.PushBack(value)) return Refused("model: a stored tensor with too many dimensions");
    return {};
  }

  Tensor tensor_;
  ExternalDataCollector external_;
  Once once_;
  std::uint64_t location_ = 0;
};

}  // namespace

Result<Tensor> DecodeTensor(ByteView message) {
  TensorDecoder decoder;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    EK_TRY(decoder.Add(field));
  }
  return std::move(decoder).Finish();
}

}  // namespace edgekeep::model
