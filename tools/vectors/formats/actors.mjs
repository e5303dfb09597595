// Who appears in the vectors: one publisher with an author and a licensor, one device, and a product's epoch keys.
import { bigEndian, chosen } from "./bytes.mjs";
import { derive, ecdsaP256Key, ed25519Key, hybridKemKey, kidOf, mlDsa65Key } from "./crypto.mjs";

export const product = "acme/label-ocr";
export const version = { sequence: 7, display: "1.4.0" };
export const epoch = 3;

export const author = [ed25519Key("author"), mlDsa65Key("author")];
export const licensor = [ed25519Key("licensor"), mlDsa65Key("licensor")];
export const stranger = [ed25519Key("stranger"), mlDsa65Key("stranger")];
export const licensorKem = hybridKemKey("licensor");

export const device = { identity: ecdsaP256Key("device"), kem: hybridKemKey("device"), vaultKey: chosen("vault key", 32) };
export const deviceId = kidOf(device.identity.publicKey);

export const contentKey = chosen("content key", 32);

// spec/licence.md §5: K_{n-1} from K_n.
const chainStart = 5;
const chain = [chosen("epoch key 5", 32)];
for (let n = chainStart; n > 0; n--)
  chain.push(derive(chain.at(-1), undefined, "edgekeep epoch chain v1", bigEndian(n - 1, 8)));
export const epochKey = (n) => chain[chainStart - n];
export const epochChain = chain.map((key, i) => ({ epoch: chainStart - i, key }));
