// One valid object of each kind, small, with a recognisable filling.
#pragma once
#include "codecs.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/key_file.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/licence_report.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/package_index.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/slot_file.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/formats/trust_policy.h"

namespace edgekeep::formats {

// `size` bytes that begin with `first` and count on from it; they live as long as the program.
ByteView Filler(std::size_t size, std::uint8_t first);

template <typename Id>
Id FilledId(std::uint8_t first) {
  return Id::From(Filler(Id::kSize, first)).value();
}

Preamble SamplePreamble();
ProductPolicy SampleProductPolicy();  // no field has its default
OperationsPolicy SampleOperationsPolicy();
SealedHeader SampleSealedHeader();  // without a policy
SealRecord SampleSealRecord();
Preamble SampleSlotPreamble();
SlotFileHeader SampleSlotFileHeader();
SignedObject SampleSignedObject();
Grant SampleGrant();
Licence SampleLicence();
PublicKey SamplePublicKey();
TrustBundle SampleTrustBundle();
TrustPolicy SampleTrustPolicy();           // for production
void AddSampleRules(TrustPolicy& policy);  // and quarantined classes; it has the officer olga
TimeRepair SampleTimeRepair();
Order SampleOrder();
OrderAuthority SampleOrderAuthority();
RetirementCertificate SampleRetirementCertificate();
DeviceRequest SampleDeviceRequest();
CommitRecord SampleCommitRecord();
KeyFile SampleKeyFile();
ReceiptBatch SampleReceiptBatch();
Receipt SampleReceipt();
PackageIndex SamplePackageIndex();  // laid out
std::uint64_t SamplePackageSize();

template <typename Object>
ByteVector EncodedBy(Status (*encode)(const Object&, CborWriter&), const Object& object) {
  return EncodedInto<CborWriter>(16384, [&](CborWriter& out) { return encode(object, out); });
}

// A kind of object: valid bytes, and its decoder with its encoder.
struct ObjectKind {
  const char* name;
  ByteVector sample;
  Result<ByteVector> (*reencoded)(ByteView);
  bool is_cbor = true;  // the sample as a whole is one CBOR item
};

// Every kind, some with more than one sample.
std::vector<ObjectKind> AllObjects();

}  // namespace edgekeep::formats
