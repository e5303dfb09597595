// Prints a TUF repository that tuf-js's own libraries made, as JSON: names of files and their bytes in base64.
//   repository.cjs mock | models
"use strict";
const crypto = require("node:crypto");
const { initializeTUFRepo, tufHandlers } = require("@tufjs/repo-mock");
const models = {
  ...require("@tufjs/models"), ...require("@tufjs/models/dist/delegations"), ...require("@tufjs/models/dist/role"),
};

const content = Buffer.from("content by tuf-js");
const expires = "2099-12-31T00:00:00Z";
const common = { version: 1, specVersion: "1.0.31", expires };
const files = {};

// What @tufjs/repo-mock makes: one old-style ECDSA key for everything, no consistent snapshots, times with milliseconds.
function mock() {
  const repository = initializeTUFRepo([{ name: "file.txt", content }]);
  const options = { metadataPathPrefix: "/metadata", targetPathPrefix: "/targets" };
  for (const { path, fn } of tufHandlers(repository, options)) {
    const { statusCode, response } = fn();
    // What the repository has not is answered by a handler too.
    if (statusCode === 200) files[path.slice(1)] = Buffer.from(response);
  }
}

function keyPair(type) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync(type, type === "rsa" ? { modulusLength: 2048 } : {});
  const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
  const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const key = type === "rsa"
    ? { keyType: "rsa", scheme: "rsassa-pss-sha256", keyVal: { public: pem } }
    : { keyType: "ed25519", scheme: "ed25519", keyVal: { public: hex } };
  const keyID = crypto.createHash("sha256").update(JSON.stringify(key)).digest("hex");
  const sign = (data) => type === "rsa"
    ? crypto.sign("sha256", data, { key: privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
    : crypto.sign(undefined, data, privateKey);
  return {
    key: new models.Key({ keyID, ...key }),
    sign: (data) => new models.Signature({ keyID, sig: sign(data).toString("hex") }),
  };
}

function put(name, signed, pair) {
  const metadata = new models.Metadata(signed);
  metadata.sign(pair.sign);
  files[`metadata/${name}`] = Buffer.from(JSON.stringify(metadata.toJSON()));
}

function targetFile(path) {
  const hash = crypto.createHash("sha512").update(content).digest("hex");
  files[`targets/${hash}.${path}`] = content;
  return new models.TargetFile({ path, length: content.length, hashes: { sha512: hash } });
}

// Delegations and hash bins, RSA and Ed25519 keys, consistent snapshots, sha512.
function withModels() {
  const pair = keyPair("ed25519");
  const rsa = keyPair("rsa");
  const role = new models.DelegatedRole({ name: "team", keyIDs: [rsa.key.keyID], threshold: 1, terminating: false, paths: ["*.txt"] });
  const bins = new models.SuccinctRoles({ keyIDs: [pair.key.keyID], threshold: 1, bitLength: 2, namePrefix: "bin" });
  const meta = { "targets.json": new models.MetaFile({ version: 1 }), "team.json": new models.MetaFile({ version: 1 }) };
  for (const name of bins.getRoles()) {
    const bin = new models.Targets(common);
    if (bins.getRoleForTarget("file.txt") === name) bin.addTarget(targetFile("file.txt"));
    put(`1.${name}.json`, bin, pair);
    meta[`${name}.json`] = new models.MetaFile({ version: 1 });
  }
  put("1.team.json", new models.Targets({ ...common, delegations: new models.Delegations({ keys: { [pair.key.keyID]: pair.key }, succinctRoles: bins }) }), rsa);
  put("1.targets.json", new models.Targets({ ...common, delegations: new models.Delegations({ keys: { [rsa.key.keyID]: rsa.key }, roles: { team: role } }) }), pair);
  put("1.snapshot.json", new models.Snapshot({ ...common, meta }), pair);
  put("timestamp.json", new models.Timestamp({ ...common, snapshotMeta: new models.MetaFile({ version: 1 }) }), pair);
  const root = new models.Root({ ...common, consistentSnapshot: true });
  for (const name of ["root", "timestamp", "snapshot", "targets"]) root.addKey(pair.key, name);
  put("1.root.json", root, pair);
}

(process.argv[2] === "mock" ? mock : withModels)();
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.toString("base64")]))));
