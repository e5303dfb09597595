// One valid object of each kind of production, and their fields as the vectors show them.
#pragma once
#include "described.h"
#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/formats/owner_credential.h"
#include "edgekeep/formats/provisioning.h"
#include "edgekeep/formats/transfer.h"
#include "samples.h"

namespace edgekeep::formats {

ProductionOrder SampleProductionOrder();
TicketBook SampleTicketBook();
Provisioned SampleProvisioned();
Voided SampleVoided();
FactoryIdentity SampleFactoryIdentity();
OwnerRecord SampleOwnerRecord();
Transfer SampleTransfer();
SignedTransfer SampleSignedTransfer();
TransferAnswer SampleTransferAnswer();
IdentityList SampleIdentityList();
ProvisioningHello SampleHello();
ProvisioningChallenge SampleChallenge();
ProvisioningProof SampleProof();
ProvisioningRefusal SampleRefusal();

std::vector<ObjectKind> FactoryObjects();

Json Describe(const ProductionOrder& order);
Json Describe(const TicketBook& book);
Json Describe(const Provisioned& provisioned);
Json Describe(const Voided& voided);
Json Describe(const FactoryIdentity& identity);
Json Describe(const OwnerRecord& record);
Json Describe(const Transfer& transfer);
Json Describe(const SignedTransfer& transfer);
Json Describe(const TransferAnswer& answer);
Json Describe(const IdentityList& list);
Json Describe(const ProvisioningHello& hello);
Json Describe(const ProvisioningChallenge& challenge);
Json Describe(const ProvisioningProof& proof);
Json Describe(const ProvisioningRefusal& refusal);

}  // namespace edgekeep::formats
