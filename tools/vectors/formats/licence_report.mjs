// Licence reports (spec/licence-report.md): a request to renew and a receipt of a return, of the leased licence.
import { encode } from "./cbor.mjs";
import { chosen } from "./bytes.mjs";
import { device } from "./actors.mjs";
import { leasedLicence } from "./licence.mjs";
import { fieldsOf, sign } from "./signed.mjs";
import { deviceRequest } from "./trust.mjs";
import { commonRefusals, fieldRefusals, replaced } from "./variants.mjs";
import { object, writeVectors } from "./vector_file.mjs";

export function writeLicenceReportVectors() {
  const report = { licence: leasedLicence(), device_request: deviceRequest(), counted_seconds: 2600000, calls_reserved: 17, made_at: 1790000200 };
  const map = new Map(Object.values(report).map((value, i) => [i + 1, value]));
  const payload = encode(map);
  const signed = (type) => ({ ...object(type, "signed-object", sign(type, payload, [device.identity]), fieldsOf(payload, [device.identity], type)), type });
  const short = new Map([[1, chosen("short licence", 8)], [2, chosen("short request", 8)], [3, 1], [4, 2], [5, 1790000200]]);
  writeVectors("licence-report", "spec/licence-report.md", {
    objects: [object("report", "licence-report", payload, report), signed("edgekeep/licence-renewal"), signed("edgekeep/licence-return")],
    refused: [
      ...commonRefusals("licence-report", short),
      ...fieldRefusals("licence-report", short, [
        ["no licence", "malformed", 1, new Uint8Array(0)], ["no device request", "malformed", 2, new Uint8Array(0)],
        ["in the year 10000", "malformed", 5, 253402300800], ["licence as a text", "malformed", 1, "licence"],
      ]),
      ...fieldRefusals("licence-report", replaced(short, 3, 0), [["a sixth field", "malformed", 6, 1]]),
    ],
  });
}
