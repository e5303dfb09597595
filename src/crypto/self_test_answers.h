// Known answers for the self-test, in hexadecimal: made by tools/vectors/crypto/self_test_answers.mjs.
#pragma once
#include <string_view>

namespace edgekeep::crypto::answers {

// Of the message "edgekeep self-test".
inline constexpr std::string_view kSha256 = "4b69f98be9dc96854737e50e3fd84cecca5b42e878312cdcb93dbad344d45018";
inline constexpr std::string_view kSha384 =
    "9d916698923f25ee26fa353a659eb835abca3d4ccc6271c2504b888e62df1f9242406c4983eaa889e7015e537d18fcc0";
inline constexpr std::string_view kSha512 =
    "a592d024f1d1c4bce08b899e87d6861570b7e3ce1cd9b10df891fdc632b52af2316e5a4ed3846c3dc2026b483d0cf0b290a17d629e72e8ff"
    "ad54d962586d0102";
inline constexpr std::string_view kSha3_256 = "53fc04b0455a4a78b5d0bc80e22ee047827032d1a4fa5ce60a722bd11ecdcba4";
inline constexpr std::string_view kSha3_512 =
    "68ece30f7c5d6dc6725db793d289fb5542c4c66ec40c0ab901ab52f0100df26619fe47e81ae47620b74af50cc33d6ae2b6b4b6acef050c3e"
    "127848eb908920d8";

// Input key and salt count up from 0; info or password is the message; Argon2id with 32 KiB, 2 passes, 2 lanes.
inline constexpr std::string_view kHkdfSha256 =
    "55932cd1f2ca783474833c3cbb66e7461d5903d9610a2adc675018dcbb9d26de0f865e1c2a0de559";
inline constexpr std::string_view kHkdfSha512 =
    "ea1a3194339d1a4c07e30844837b21c36005c9d4fd79319a87805b39fe3b15930d08628ca15da863b0b8b96a9a8fd2b6d8b7a3d400c10364"
    "5838af4558810bb5cd90671e66275387";
inline constexpr std::string_view kArgon2id = "70e0666109e647e1d883835f326be819d3432f50e64c435a842b382017da4744";

// Key and nonce count up from 0, associated data "aad", plaintext the message; the tag comes last.
inline constexpr std::string_view kAes256Gcm = "2266b17eae80a76bad32f2e7d7c40c08f0a2fa6a1a5d2d96699607de6200a4256091";
inline constexpr std::string_view kAes128Gcm = "f608c0ab0d7e92246ba104e6508e046dc0527490c9925a8204352ce6d9166e0b5110";
inline constexpr std::string_view kChaCha20Poly1305 =
    "ec9f6f654272c03097f05a9ffe307a06ba04d715b9dd991a59a2ab68a803fd8a45a6";

// Private keys count up from 0; public keys by their SHA-256.
inline constexpr std::string_view kEd25519Public = "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c";
inline constexpr std::string_view kEd25519Signature =
    "061abbc8185bf5ff8be393caae524067000c7ea98d7a2386caa43ffad4e8f6e3d01920366078ed09afce509bb2435eeed530221e80534295"
    "4b1ad131f0872201";
inline constexpr std::string_view kP256Public = "c6f4e212a3ac26051c507ab582c041f01044b2d140d5ee018c4f950acd061460";
inline constexpr std::string_view kEcdsaP256Signature =
    "404ebf1b7c4d8ac2619bb1b97052da45ce4493d5d84e21115ed748be60793eac1ab08eec5440c125b35cfe226641130290a076d9da2334e8"
    "39fd84fa2e58b7cb";
inline constexpr std::string_view kMlDsa44Public = "9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46";
inline constexpr std::string_view kMlDsa65Public = "d666806e11cee19a7c989f7445f90dd419cf4d2d51db8c0fdb4c0f0a542238c9";
inline constexpr std::string_view kMlDsa87Public = "91dc389cfaa01470b7f66eee45a4ae9026d154817c754dfe22298b3fa241ffcd";

// Wycheproof's rsa_pss_2048_sha256_mgf1_32_test.json, tcId 1: over the empty message.
inline constexpr std::string_view kRsaPublicKey =
    "3082010a0282010100a2b451a07d0aa5f96e455671513550514a8a5b462ebef717094fa1fee82224e637f9746d3f7cafd31878d80325b6ef"
    "5a1700f65903b469429e89d6eac8845097b5ab393189db92512ed8a7711a1253facd20f79c15e8247f3d3e42e46e48c98e254a2fe9765313"
    "a03eff8f17e1a029397a1fa26a8dce26f490ed81299615d9814c22da610428e09c7d9658594266f5c021d0fceca08d945a12be82de4d1ece"
    "6b4c03145b5d3495d4ed5411eb878daf05fd7afc3e09ada0f1126422f590975a1969816f48698bcbba1b4d9cae79d460d8f9f85e7975005d"
    "9bc22c4e5ac0f7c1a45d12569a62807d3b9a02e5a530e773066f453d1f5b4c2e9cf7820283f742b9d50203010001";
inline constexpr std::string_view kRsaPssSignature =
    "4f01e0c12b08625ecac89a69231906edf826380f37c959a96690d046316d68ffce9d5c471694fcebfc6b45534864689256e4fc81c78e583f"
    "675d0c94b449647451e81beff01a11a516d5e5ce3f1a910437cb8a3a5096b19fb15f4524a35b23d89cdba12cf5b71aac1047b28c562df7c5"
    "542c34ce23a182cf7e0e231934b17294799d44877a1d68ef1b8f073619b7618e6b7c22db20030d98cf591ffc3d4da5f58613ecd5ecfc3b40"
    "a1d02f40891ca43695cd4c088b05a8054c89c595a47e274816f35384226f74459ee63e25a1bfc03c360490552ec38343f8ace502f065303b"
    "00bc0ec320711b211fde92e57feb9013c3609342495ec0d7cabdec21e54acc38";

// The peer's private key is 0, 2, 3, 4 …
inline constexpr std::string_view kP256PeerPublic = "5bbe051477416bad6b18810e0a1884885c57738f4b2acaccc8593f0bdebe1a5c";
inline constexpr std::string_view kP256Dh = "4bee1b906a443f4dd62ee15fc11548a243b4b27b3ab008ececf32cb637e13e9c";
inline constexpr std::string_view kP521Public = "c22c72a382824e881148148585ea63dda5921f076444ff630948fd5f4fcb88c9";
inline constexpr std::string_view kP521PeerPublic = "33f83fcbb6f0222496e600ea9db7c459dde979d66dc1fffaf6a31ec0da71f073";
inline constexpr std::string_view kP521Dh =
    "0093b7f848d6ab0cf0debc43c60c588e644f058fcf72614e6630d221fde49a35ecbb73ab8b913a86f6af8df588f8abaf56d137fb419516b6"
    "fe6980ef009d268ad6e8";
inline constexpr std::string_view kX25519Public = "eedd883da0a9451593dc0a38e583fb770fa27dbbed209c20404e075e68c4f0c9";
inline constexpr std::string_view kX25519PeerPublic =
    "aaa8fff703b50b2297f4f6e13508f72420d96fd01ebb84cb074449caaef64041";
inline constexpr std::string_view kX25519Dh = "4274a32e953acb8314d0f09bcbcb5193c5ef799ddcd0036f8c4682e5801dac73";

// The ciphertext counts up from 0, so that the secret is that of implicit rejection (FIPS 203 §6.3).
inline constexpr std::string_view kMlKem768Public = "0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9";
inline constexpr std::string_view kMlKem768Rejection =
    "2dcec6eacd41f41e98bbf1e6c4b6d1cfa76d83079fa78decb49d77f6ff9b796d";
inline constexpr std::string_view kMlKem1024Public = "c7b8fa0aa471d5ae18922d6ccad5b31e1d84f92ae723abfd13747018740a8530";
inline constexpr std::string_view kMlKem1024Rejection =
    "fa0e8f717366945dc1177a1b3eef44bd329bc1d0987e4e4a12bc0373aa096a37";

// The first message of spec/vectors/hpke-suites.txt, in suite 1.
inline constexpr std::string_view kHpkePrivateKey =
    "0ad7227b4ce009a0a5843f7a3f2f52946aff7b794365c377ab000c3473dadb9221194421c051d7d8cb5c1b3176d04bfbf051c5323369f842"
    "11d2a9974967da8e0cc7695ba1d5e479b4d2f699b2c26882655c75a3e7e2b0fdb0fa39917b3e6406";
inline constexpr std::string_view kHpkeEnc =
    "8cf69f0e7e5caa04c8c7403d35f48ed88734dc44ae49fb342f161034f0bff9a057ccf90625621da6daa2751855da4d64d7ee732871b701a9"
    "e5eb0d489e9838b4f249a53e053839fe0f72335da15fef97d013cacec7c4be9f8cdae7d2505f62cef2385031df22673103ebc0dc0c812ad4"
    "67640f450171f9d4800e221e60a32288e3246f92e8a07a8c6e6edabcb8591e55eddf69a8c5aa59090e97273dea8a81b2c56d6fc1c33dc2aa"
    "c04e77352a0c36deb08795094cf4110e5cf5c6136e3c802e5ad735d059f2abab00737b43525ea521aae8c9e4f371e8e59a2f6877b0a8e1e2"
    "8a6bf8512f0593e4dbd7b9c1473b0d5a74669211d5cb8f4385d5b39ae32d6fe885fac9c33bd7627cf89d57b20b0c81ccd555e2ea71e95a47"
    "620ee0c8ca35047cf96b157b0a394cf87d704b9b3e1caca358e7f7042f7884787099c71a820414285871459dcdf4da6a05fe005bcbcb8160"
    "e59a248b5fb0820d6aceaead60f4633eb046c2f49d76ab265d01627d9cd7a7f1cea0f6d84143a6cf2bceff97df53c5fd41eb1d3595e33092"
    "68aba38c6a20d26b46002cbd4407abef045b1a78e71116fefbfd287c2ac733fbb21955ffcfee4d5d637aa965ddc93cb73fda40b26bc562db"
    "b27938a60c5f3af50956c69f46c2a2a34b6abe67176cc144c4745fd7ad846717e7215c9bbbbf62eed31bd497014d881261aef5c1def8a969"
    "e57c7a346d72779f19eda44bebacef755a4d25f5d9870e5dbb3addbc5a9a18f778877339acac89fcc434dddaf956417c1a105b9a8a5a7622"
    "5af8c0f21f8985e0c4e513a944e59887e2469084302c6486dd5c1e240f54e1e2e15934730a196d5a5e660c7f14012fbf8239920d980b4191"
    "d64403559e3550153ac9c09a9df424531d8866ed5c626b10c5cb69e20ed1263800fe72967eabf1a415692b81fec1b3a694b8aace82ee81b8"
    "f77308215b9906f26e2e91d643f1ac38acd0b7a185b538601e26e893639d8298f34c36545e6f1a200610ce260d6803cb529026831fa75831"
    "77020591d1eff9da77c3e0220e765892106344ef9f3c774cc59e37c16909278f147a2303756a25e4e814a2d1f31e60fe6211ed900989b91b"
    "083e130532895161d5d029fe20186be3710cdb27f6298ab0576e0c7ba5bb9c5c86c386d469b2e288f080039e7a5a081292d22f95ee820d84"
    "4072061e11b4ce29bd00458e0983e755f8ac40fe498c70f040edc67b7f06eabc4059088e1c9b9fa7c41d4af5dfa3ed4b890156e08bb6df13"
    "92884f6b0d479512918eff5734bce5f1f13ded73ff8ba2dfda10c4b9b3203a773fb6c38821d3806efa0ccbc0e04d90784f9e4903b20583e1"
    "069c94f01504234d6f99473b1e23357989317967c2017d4bef6a84e247f18f0fbfd3de78aa31ba4e47085d20a02254755ff4b8f18d7a7167"
    "393b9631273b7bbed7b730e43ed9ae93feb299cfd0d7f6f63b169501281c9defaf7feef19afdaf4982c1558cbdc978f9addd122b6820ea75"
    "96d456540092d0d2b7098e4965ff7ea5686744a71b2a68a30439212da54e9f955e1ed4a822a13f8bee4499096b6c38fe14a1fb213fc068c1"
    "51a4076359f9f2dad95b5747b9499c8b7430f260d66fa0a17f872f5d55767a8af0";
inline constexpr std::string_view kHpkeCiphertext =
    "ba7602bfcd19b90daca4db2e6989a7b20a034ef86dfbf48ad30b769d8f91a3dcbc39a1f3dc8204370c82ef4292272b14";

}  // namespace edgekeep::crypto::answers
