#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/formats/owner_credential.h"
#include "edgekeep/formats/provisioning.h"
#include "edgekeep/formats/transfer.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeProductionOrder, EncodeProductionOrder);
  CheckRoundTrip(input, DecodeTicketBook, EncodeTicketBook);
  CheckRoundTrip(input, DecodeProvisioned, EncodeProvisioned);
  CheckRoundTrip(input, DecodeVoided, EncodeVoided);
  CheckRoundTrip(input, DecodeFactoryIdentity, EncodeFactoryIdentity);
  CheckRoundTrip(input, DecodeIdentityList, EncodeIdentityList);
  CheckRoundTrip(input, DecodeProvisioningHello, EncodeProvisioningHello);
  CheckRoundTrip(input, DecodeProvisioningChallenge, EncodeProvisioningChallenge);
  CheckRoundTrip(input, DecodeProvisioningProof, EncodeProvisioningProof);
  CheckRoundTrip(input, DecodeProvisioningRefusal, EncodeProvisioningRefusal);
  CheckRoundTrip(input, DecodeOwnerRecord, EncodeOwnerRecord);
  CheckRoundTrip(input, DecodeTransfer, EncodeTransfer);
  CheckRoundTrip(input, DecodeSignedTransfer, EncodeSignedTransfer);
  CheckRoundTrip(input, DecodeTransferAnswer, EncodeTransferAnswer);
  return 0;
}
