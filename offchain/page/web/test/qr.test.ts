import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { qrOf } from "../src/lib/qr";

const LINK = "http://127.0.0.1:8787/pay#chain=bithive-1&offer=18446744073709551615&key=000102030405060708090a0b0c0d0e0f";

/** SHA-256 of the rows of qrcode 8.2 (PyPI) for the same text, in bytes, level M, by each of the eight masks. */
const KNOWN: readonly (readonly [text: string, side: number, digests: readonly string[]])[] = [
  ["x", 21, [
    "27dcc9269d483f934146702f83ad934b65153fcb4377f1a8500d4bfc949a594d",
    "3597dfe51bab975ee911935017dcd5b801ce2d4def707f4faf3b237370a7e1e6",
    "6d1516bb67f20c78e81bf34e8a8051eff0b857aba8488158fc8b842079726cbf",
    "5dfa940409dca740f6a332e24b762741bac49eb13555c48896ac6b5e2eca1b70",
    "1968f60e7135599755aeeb18939e54436e46a69149498f605bb1e4851f6b9fd0",
    "b663f10f52b8fb0412166b2ca128f34f7c5ab687be0ebc55abd2884438349805",
    "5b1f044f3927bab384203d744af37f8922c6cd74db5871ae49332b7985d593b2",
    "6198f9b2b69327189524368eefb7baa3019c2b2a13dfc528e343fdd5c10d25a6",
  ]],
  ["https://pay.example/pay#chain=bithive-1&offer=7", 33, [
    "970b069612d671775f87a57fb96a31ada30ca9597c4a31bc11de508e0dd3b923",
    "f250cbad32f86a3efb3abb2b9cf4d36897a37586f78ba46b0dfca532e8e986ea",
    "ff32ef47c2024b1177378b9acb55ccf0f3fd0ad746081d417bdaa38970675af3",
    "5d69a72b820d25a6d8e1a1728662b3d414a4d862463ce58f07ca80ded973a58c",
    "5fb08021f5789b75944a8b6e90314edf084dd80908442a3defe2d0a6cd19b381",
    "fd739101b366044c520efdf730e14756ec30605c3eeee30072c36a38134d4479",
    "4bebdde0c5730aeb62b988512ac5b668a985a39c210eede9c42a7a2816edc2ec",
    "5a61e03f2e47ef59b8b33a46b7154530f6934b76098b88d227f3c3edb0be8ef1",
  ]],
  [LINK, 41, [
    "d7636214192dbca8a5b959ea3ea15f271db7b9ef9467861ab30baf2036ff5963",
    "9f4e726d8a1687499a6c62551a02684842fb5bcf6e7d4d237212eba36f024a2d",
    "f4bc6e6c8b3b499fab673b198d5d902c39713bce1489582aeb5c1632d455d0cd",
    "099434ed90cea86dc815c60b313e2e8afc8dbf47e3ac0f49fcaca668506bdbf2",
    "05a42e03562d61fc39fd10f8a75707b43eee6aa214acb17f9fa4f1c4ecd67a5f",
    "7bd5cd3fa8aaa11a56f42dbbf570a6a45d46f03bae1b4a07256797219d282690",
    "bf54d2f1c8f40c45746947775a6e45ee7ced3e400d2330f0a2c50c9b583dd6c5",
    "c8fdc503ff04342dd884700d59875a879dfbc731e2ff8c1272943135429202bd",
  ]],
  ["a".repeat(180), 53, [
    "10544625b001c3005211a459102f0034f538ece84219c5dab8f8384abfa59636",
    "1b7b323979f38a62436f25e51f9c44695141028c4a7e9708e94d93bf9dc48f00",
    "e9a648783a6142f70c9ac96ce3077c026a504393b3e914a1525e842b31e4c3f0",
    "3941f904e82bc39db14ae2d0a628efc699acc6b37b4bf346c77136a8152ce886",
    "5e7d85e491cd618fae24dc392da5ba4edbbdac643982d00e52f842046311ee23",
    "722ca70f038bda350a91796a92fffe758269908a32e8408aafe5f2c495a48a3f",
    "72b2a3a9cec0db21567dbda1d50c75b7a48402a35a2fe89562c3a3b01606feea",
    "e8058179f3596a1e19343ed5e74f98b33071b7f67f9cecd85fa28780ab94b248",
  ]],
  ["é中".repeat(60), 69, [
    "ddb036e87647b8e5dbea47277aad48c81060011dd66a781730b9e9004fad026a",
    "6fe6abcf6621a7286ee7b9c8194c7d6c9064312eb79dae9aac7ed1cc23a9eebd",
    "0431b2821cc5356f0e89bbe9c84b2f2a7c8d2ef2b71cb1b3ed0f3585426c9277",
    "98fcef0990129d52d27fca8167c497699b905f7e741cf5bc515a7b3b711b17b4",
    "40fac2ab80340e295197977ca80c14bdea83a419949fafe61aa26de76da21773",
    "13eefdc80b2965121ff120ea1ae73e11eaef18293c489e3b8a8a2aa729fa9784",
    "fed843b6f68ff3d990ebd5c7327c06cbba59e667c542e7e334b450b3cd94ffc6",
    "903f80875fdd7b62330275f17e0a88ff867243212d7997787b3e5b0aa0ae2239",
  ]],
  ["z".repeat(400), 77, [
    "79907a2e182e31532db2f943ca96215a1d88f578450502d1b8695ebc3832d83b",
    "7fa7a32c7228f12c9280c51daec5cf5808fd7ce1cea3ee475d0b050722670e74",
    "db89d5eecf0d6dd863c680b8034875b578f006db7c916d6cb20c26d245b39d08",
    "2f29d60878a002abc1da48b7e95d0f89ed35a9a6ed6c6d33494650a07d0c2577",
    "cdd00b940d96cd4a1591d4a2332cba212b115b88ebfc01dd25caf24935cca3d3",
    "1fb078307e84400a5584a3735a2299403a5a9a08f72bc02da5d08db7aaf343ca",
    "3be1170dccbde79d79b7438236f0a67d293d93bea2ce7fdd15ee9747bcd4a2d5",
    "eb22cabedc782edb7f334ba8406c03cc99858daa9e3e07c7133989f071cf1489",
  ]],
  ["q".repeat(666), 97, [
    "cb1e1df6c463351f63c75c061ab603f6636472c36d782cbec88cf45ba89b140a",
    "ff3464fba69a9c8f7b311b47eeddd7e2390ef4a16cd0de9b6664eaa3c705c2c8",
    "2a7fa070139cc88101445c49df94686a8335e82d4897a08f837e8b0dc8c8e5bc",
    "f5392f36a46c32cfa6ba4745e076f5af2b84775af02006e1dce626b7eadbba18",
    "245984c8c28d94d562e7690241876da356284cdb5dfdd581e40b8a135bf32ab5",
    "6b7d9e8cd3af50c22a7acc83f34199e879e2d2c5ceb07bbca9197667cc794a0e",
    "62d36021ce55a75e619bc6e4ca97aed4c4be513ee49df2a646d3c61ef861c5cc",
    "9ebca16ece4edeaab386e89813231c708ffe013c47acb5b47312efaf30c68a13",
  ]],
];

test("codes are those of another program, of each size of table and each form of format", () => {
  for (const [text, side, digests] of KNOWN) {
    const code = qrOf(text);
    assert.equal(code?.length, side);
    const rows = (code ?? []).map((row) => row.map((isDark) => (isDark ? "1" : "0")).join("")).join("\n");
    assert.ok(digests.includes(createHash("sha256").update(rows).digest("hex")), `the code of ${text.slice(0, 40)} is another one`);
  }
});

test("one text has one code, and another text another one", () => {
  assert.deepEqual(qrOf(LINK), qrOf(LINK));
  assert.notDeepEqual(qrOf(LINK), qrOf(LINK.replace("chain=b", "chain=c")));
});

test("what is more than a code has gives none", () => {
  assert.ok(qrOf("q".repeat(666)));
  assert.equal(qrOf("q".repeat(667)), undefined);
});
