#include "npy.h"

#include <gtest/gtest.h>

namespace edgekeep::cli::device {
namespace {

// A file of version 1.0 with this header, padded by nothing.
std::vector<std::uint8_t> File(const std::string& header, std::size_t data_size, char version = 1) {
  std::string text("\x93NUMPY", 6);
  text += {version, 0};
  text += {static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  if (version > 1) text += std::string(2, '\0');
  text += header + std::string(data_size, 'd');
  return {text.begin(), text.end()};
}

ErrorCode CodeOf(const std::string& header, std::size_t data_size) {
  const Result<Tensor> tensor = DecodeNpy(File(header, data_size));
  return tensor ? ErrorCode{} : tensor.error().code();
}

TEST(Npy, DecodesWhatNumPyWrites) {
  // numpy.save of numpy.arange(6, dtype='<f4').reshape(2, 3), NumPy 1.24.
  const std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + std::string(58, ' ') + "\n";
  const Result<Tensor> tensor = DecodeNpy(File(header, 24));
  ASSERT_TRUE(tensor) << tensor.error().where();
  EXPECT_EQ(tensor->type, ek_element_type{EK_FLOAT32});
  EXPECT_EQ(tensor->shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensor->bytes.size(), 24U);
}

TEST(Npy, DecodesScalarsVectorsAndLaterVersions) {
  EXPECT_TRUE(DecodeNpy(File("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", 8)));
  const auto vector = DecodeNpy(File("{'shape':(5,),'fortran_order':False,'descr':\"|u1\"}", 5, 2));
  ASSERT_TRUE(vector) << vector.error().where();
  EXPECT_EQ(vector->shape, std::vector<std::int64_t>{5});
  EXPECT_TRUE(DecodeNpy(File("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }", 0, 3)));
}

TEST(Npy, RefusesOtherHeadersByName) {
  EXPECT_EQ(CodeOf("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4),
            ErrorCode::kTooLarge);
  for (const char* header :
       {"", "{}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "{'descr': '<f4', 'shape': (1,), 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1), }", "{'x': 1, 'descr': '<f4', 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"}) {
    EXPECT_EQ(CodeOf(header, 4), ErrorCode::kMalformed) << header;
  }
}

TEST(Npy, EveryPrefixIsRefusedAndNoFlippedBitDoesHarm) {
  const std::vector<std::uint8_t> data = {1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<std::int64_t> shape = {2, 1};
  const std::vector<std::uint8_t> file = EncodeNpy(EK_FLOAT32, shape, data);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(DecodeNpy(ByteView(file).first(size))) << size;
  }
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::vector<std::uint8_t> flipped = file;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const Result<Tensor> tensor = DecodeNpy(flipped);
    EXPECT_TRUE(!tensor || tensor->bytes.size() == data.size()) << bit;
  }
}

TEST(Npy, EncodesWhatItDecodes) {
  const std::vector<std::uint8_t> data(48, 7);
  for (const ek_element_type type : {EK_FLOAT32, EK_UINT8, EK_INT8, EK_UINT16, EK_INT16, EK_INT32, EK_INT64, EK_BOOL,
                                     EK_FLOAT16, EK_FLOAT64, EK_UINT32, EK_UINT64}) {
    const std::vector<std::int64_t> shape = {2, static_cast<std::int64_t>(24 / ElementSize(type))};
    const std::vector<std::uint8_t> file = EncodeNpy(type, shape, data);
    EXPECT_EQ((file.size() - data.size()) % 64, 0U);
    const Result<Tensor> tensor = DecodeNpy(file);
    ASSERT_TRUE(tensor) << tensor.error().where();
    EXPECT_EQ(tensor->type, type);
    EXPECT_EQ(tensor->shape, shape);
    EXPECT_EQ(tensor->bytes, data);
  }
}

// NumPy knows neither: their bits are written as what it knows.
TEST(Npy, WritesTypesThatNumPyDoesNotKnowAsTheirBits) {
  const std::vector<std::uint8_t> data = {1, 2};
  for (const auto& [type, written, count] :
       {std::tuple<ek_element_type, ek_element_type, std::int64_t>{EK_BFLOAT16, EK_UINT16, 1},
        {EK_FLOAT8E5M2, EK_UINT8, 2}}) {
    const std::vector<std::int64_t> shape = {count};
    const Result<Tensor> tensor = DecodeNpy(EncodeNpy(type, shape, data));
    ASSERT_TRUE(tensor) << tensor.error().where();
    EXPECT_EQ(tensor->type, written);
    EXPECT_EQ(tensor->bytes, data);
  }
}

}  // namespace
}  // namespace edgekeep::cli::device
