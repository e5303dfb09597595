#include "edgekeep/gate/cell_orders.h"

#include "slot_input.h"

namespace edgekeep::gate {
namespace {

Result<CellHello> DecodeHello(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CellHello hello;
  EK_TRY_ASSIGN(hello.engine_key, fields.Text<128>(1));
  EK_TRY_ASSIGN(hello.memory_locking, fields.Text<32>(2));
  EK_TRY(fields.End());
  return hello;
}

Result<ServeModelOrder> DecodeServe(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ServeModelOrder order;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(order.file, DecodeSlotInput(in));
  EK_TRY_ASSIGN(order.prepared, fields.Flag(2));
  EK_TRY_ASSIGN(order.threads, fields.Unsigned<std::uint32_t>(3));
  EK_TRY_ASSIGN(order.policy, fields.Policy(4));
  EK_TRY(fields.End());
  return order;
}

Result<ServeModelAnswer> DecodeServed(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ServeModelAnswer answer;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(answer.model, DecodeModelInfo(in));
  EK_TRY_ASSIGN(answer.provider, fields.Unsigned<std::uint8_t>(2));
  EK_TRY_ASSIGN(answer.processors_ignored, fields.Flag(3));
  EK_TRY(fields.End());
  return answer;
}

}  // namespace

Result<SlotFileInput> DecodeSlotInput(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SlotFileInput file;
  EK_TRY_ASSIGN(file.key, fields.Secret(1));
  EK_TRY_ASSIGN(file.header_digest, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(file.tags_digest, fields.IdOf<Digest>(3));
  EK_TRY(fields.End());
  return file;
}

Status EncodeSlotInput(const SlotFileInput& file, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Secret(1, file.key));
  EK_TRY(fields.ByteString(2, file.header_digest.view()));
  return fields.ByteString(3, file.tags_digest.view());
}

Result<CellHello> DecodeCellHello(ByteView body) {
  return DecodeWhole(body, DecodeHello);
}

Status EncodeCellHello(const CellHello& hello, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, hello.engine_key.view()));
  return fields.Text(2, hello.memory_locking.view());
}

Result<ServeModelOrder> DecodeServeModelOrder(ByteView body) {
  return DecodeWhole(body, DecodeServe);
}

Status EncodeServeModelOrder(const ServeModelOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, order.policy.empty() ? 3 : 4));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeSlotInput(order.file, out));
  EK_TRY(fields.Flag(2, order.prepared));
  EK_TRY(fields.Unsigned(3, order.threads));
  return fields.Policy(4, order.policy);
}

Result<ServeModelAnswer> DecodeServeModelAnswer(ByteView body) {
  return DecodeWhole(body, DecodeServed);
}

Status EncodeServeModelAnswer(const ServeModelAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeModelInfo(answer.model, out));
  EK_TRY(fields.Unsigned(2, answer.provider));
  return fields.Flag(3, answer.processors_ignored);
}

}  // namespace edgekeep::gate
