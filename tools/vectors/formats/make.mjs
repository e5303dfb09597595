// Writes spec/vectors/*.json. Everything follows from names (bytes.mjs): a second run writes the same bytes.
//   cd tools/vectors && npm ci && node formats/make.mjs
import { writeGrantVectors } from "./grant.mjs";
import { writeCommitRecordVectors, writeSlotFileVectors } from "./installed.mjs";
import { writeKeyFileVectors } from "./key_file.mjs";
import { writeLicenceVectors } from "./licence.mjs";
import { writeLicenceReportVectors } from "./licence_report.mjs";
import { writeLogEntryVectors } from "./log_entry.mjs";
import { writeOperationsPolicyVectors } from "./operations_policy.mjs";
import { writeOrderVectors } from "./order.mjs";
import { writePackageVectors } from "./package.mjs";
import { writeProductPolicyVectors } from "./product_policy.mjs";
import { writeReceiptVectors } from "./receipt.mjs";
import { writeSealedFileVectors } from "./sealed_file.mjs";
import { writeSegmentVectors } from "./segments.mjs";
import { writeStoredValueVectors } from "./stored_values.mjs";
import { writeDeviceRequestVectors, writeTrustVectors } from "./trust.mjs";
import { writeTrustPolicyVectors } from "./trust_policy.mjs";

writePackageVectors();
writeProductPolicyVectors();
writeOperationsPolicyVectors();
writeSealedFileVectors();
writeSegmentVectors();
writeSlotFileVectors();
writeGrantVectors();
writeLicenceVectors();
writeLicenceReportVectors();
writeTrustVectors();
writeTrustPolicyVectors();
writeOrderVectors();
writeDeviceRequestVectors();
writeCommitRecordVectors();
writeKeyFileVectors();
writeReceiptVectors();
writeLogEntryVectors();
writeStoredValueVectors();
