// Any bytes as each kind of body: refused, or the one encoding of what was understood. The first byte picks the kind.
#include <array>
#include <cstdlib>

#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/app.h"
#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/gate/ledger.h"
#include "edgekeep/gate/owner.h"
#include "edgekeep/gate/release.h"
#include "edgekeep/gate/statistics.h"
#include "edgekeep/gate/values.h"

namespace edgekeep::gate {
namespace {

template <typename T>
void Check(ByteView body, Result<T> (*decode)(ByteView), Status (*encode)(const T&, CborWriter&)) {
  const Result<T> value = decode(body);
  if (!value) return;
  static std::array<std::uint8_t, kMaxFrameSize> again;
  CborWriter writer(again);
  if (!encode(*value, writer) || !Equal(writer.written(), body)) std::abort();
}

void CheckStoredValues(ByteView body) {
  Check<PutValueRequest>(body, DecodePutValueRequest, EncodePutValueRequest);
  Check<GetValueRequest>(body, DecodeGetValueRequest, EncodeGetValueRequest);
  Check<DeleteValuesRequest>(body, DecodeDeleteValuesRequest, EncodeDeleteValuesRequest);
  Check<ListValuesAnswer>(body, DecodeListValuesAnswer, EncodeListValuesAnswer);
}

void CheckKind(std::uint8_t kind, ByteView body) {
  switch (kind % 26) {
    case 0:
      return Check<Failure>(body, DecodeFailure, EncodeFailure);
    case 1:
      return Check<OpenModelRequest>(body, DecodeOpenModelRequest, EncodeOpenModelRequest);
    case 2:
      return Check<OpenModelAnswer>(body, DecodeOpenModelAnswer, EncodeOpenModelAnswer);
    case 3:
      return Check<InitialiseAnswer>(body, DecodeInitialiseAnswer, EncodeInitialiseAnswer);
    case 4:
      return Check<InstallRequest>(body, DecodeInstallRequest, EncodeInstallRequest);
    case 21:
      if (!body.empty()) Check<ReleaseDirectory>(body, DecodeReleaseDirectory, EncodeReleaseDirectory);
      return Check<ReleaseStep>(body, DecodeReleaseStep, EncodeReleaseStep);
    case 22:
      return Check<AdoptAnswer>(body, DecodeAdoptAnswer, EncodeAdoptAnswer);
    case 23:
      Check<CredentialAnswer>(body, DecodeCredentialAnswer, EncodeCredentialAnswer);
      return Check<CredentialRequest>(body, DecodeCredentialRequest, EncodeCredentialRequest);
    case 24:
      Check<TlsIdentityRequest>(body, DecodeTlsIdentityRequest, EncodeTlsIdentityRequest);
      Check<TlsIdentityAnswer>(body, DecodeTlsIdentityAnswer, EncodeTlsIdentityAnswer);
      return Check<CredentialFacts>(body, DecodeCredentialFacts, EncodeCredentialFacts);
    case 5:
      return Check<InstallAnswer>(body, DecodeInstallAnswer, EncodeInstallAnswer);
    case 6:
      return Check<StatusAnswer>(body, DecodeStatusAnswer, EncodeStatusAnswer);
    case 7:
      return Check<CellHello>(body, DecodeCellHello, EncodeCellHello);
    case 8:
      Check<ServeModelAnswer>(body, DecodeServeModelAnswer, EncodeServeModelAnswer);
      return Check<ServeModelOrder>(body, DecodeServeModelOrder, EncodeServeModelOrder);
    case 9:
      return Check<InstallPackageOrder>(body, DecodeInstallPackageOrder, EncodeInstallPackageOrder);
    case 10:
      return Check<SessionOrder>(body, DecodeSessionOrder, EncodeSessionOrder);
    case 11:
      return Check<CellStatistics>(body, DecodeCellStatistics, EncodeCellStatistics);
    case 12:
      return Check<ExportModelRequest>(body, DecodeExportModelRequest, EncodeExportModelRequest);
    case 13:
      return Check<ExportModelAnswer>(body, DecodeExportModelAnswer, EncodeExportModelAnswer);
    case 14:
      return Check<ExportPackageOrder>(body, DecodeExportPackageOrder, EncodeExportPackageOrder);
    case 15:
      return Check<CallDraw>(body, DecodeCallDraw, EncodeCallDraw);
    case 16:
      return Check<DrawnCalls>(body, DecodeDrawnCalls, EncodeDrawnCalls);
    case 17:
      return Check<ReceiptsToSign>(body, DecodeReceiptsToSign, EncodeReceiptsToSign);
    case 18:
      return Check<StopOrder>(body, DecodeStopOrder, EncodeStopOrder);
    case 19:
      Check<Failure>(body, DecodeFailureInside, EncodeFailureInside);
      return Check<StatisticsAnswer>(body, DecodeStatisticsAnswer, EncodeStatisticsAnswer);
    case 25:
      return CheckStoredValues(body);
    default:
      Check<PreparePackageOrder>(body, DecodePreparePackageOrder, EncodePreparePackageOrder);
      return Check<PreparedAnswer>(body, DecodePreparedAnswer, EncodePreparedAnswer);
  }
}

}  // namespace
}  // namespace edgekeep::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > edgekeep::gate::kMaxBodySize) return 0;
  edgekeep::gate::CheckKind(data[0], {data + 1, size - 1});
  return 0;
}
