/** Texts as QR codes (ISO/IEC 18004): bytes, with error correction of level M, 15 % of the code. */

import { toUtf8 } from "@bithive/client";

/** Bytes of error correction in each block, and blocks, by version from 1: the standard's table 9, level M. */
const CHECKS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** Remainders of format and version are taken by these polynomials; formats are masked, so that none is without dark modules. */
const [FORMAT, FORMAT_MASK, VERSION] = [0x537, 0x5412, 0x1f25];

type Grid = boolean[][];

/** Rows of modules, dark ones true, without the light around them; nothing where the text has more than 666 bytes. */
export function qrOf(text: string): Grid | undefined {
  const bytes = toUtf8(text);
  const version = CHECKS.findIndex((_, at) => bytes.length <= roomOf(at + 1)) + 1;
  if (version === 0) {
    return undefined;
  }
  const size = 17 + 4 * version;
  const dark: Grid = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const fixed: Grid = dark.map((row) => [...row]);
  patterns(version, dark, fixed);
  place(codewords(version, bytes), dark, fixed);
  const codes = MASKS.map((_, mask) => masked(dark, fixed, mask));
  const faults = codes.map(faultsOf);
  return codes[faults.indexOf(Math.min(...faults))];
}

/** Bytes of a code that are not patterns, format or version. */
function wordsOf(version: number): number {
  const marks = Math.floor(version / 7) + 2;
  const all = (16 * version + 128) * version + 64 - (version < 2 ? 0 : (25 * marks - 10) * marks - 55 + (version < 7 ? 0 : 36));
  return Math.floor(all / 8);
}

function dataOf(version: number): number {
  return wordsOf(version) - (CHECKS[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);
}

/** Bytes of text: mode and length take twelve bits, from version 10 on twenty. */
function roomOf(version: number): number {
  return dataOf(version) - (version < 10 ? 2 : 3);
}

/** The bytes of all blocks, one of each in turn. */
function codewords(version: number, bytes: Uint8Array): number[] {
  const length = version < 10 ? 8 : 16;
  const bits = bitsOf(4, 4).concat(bitsOf(bytes.length, length), ...[...bytes].map((byte) => bitsOf(byte, 8)), [0, 0, 0, 0]);
  const data: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) {
    data.push(bits.slice(at, at + 8).reduce((sum, bit) => 2 * sum + bit, 0));
  }
  for (let filler = 0xec; data.length < dataOf(version); filler ^= 0xec ^ 0x11) {
    data.push(filler);
  }
  const [blocks, checks] = [BLOCKS[version - 1] ?? 1, CHECKS[version - 1] ?? 0];
  const [short, longer] = [Math.floor(data.length / blocks), data.length % blocks];
  const parts: number[][] = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const end = at + short + (block >= blocks - longer ? 1 : 0);
    parts.push(data.slice(at, end));
    at = end;
  }
  const divisor = generator(checks);
  return [...inTurn(parts), ...inTurn(parts.map((part) => remainder(part, divisor)))];
}

function inTurn(parts: readonly number[][]): number[] {
  const longest = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => parts.flatMap((part) => part[at] ?? [])).flat();
}

function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, bit) => (value >>> (count - 1 - bit)) & 1);
}

/** A product in the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1. */
function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

/** The product of (x - 2^i) for all i below `degree`, without its first coefficient, 1. */
function generator(degree: number): number[] {
  const result = [...new Array<number>(degree - 1).fill(0), 1];
  for (let step = 0, root = 1; step < degree; step += 1, root = times(root, 2)) {
    for (let at = 0; at < degree; at += 1) {
      result[at] = times(result[at] ?? 0, root) ^ (result[at + 1] ?? 0);
    }
  }
  return result;
}

function remainder(data: readonly number[], divisor: readonly number[]): number[] {
  return data.reduce((rest, byte) => {
    const factor = byte ^ (rest[0] ?? 0);
    return divisor.map((coefficient, at) => (rest[at + 1] ?? 0) ^ times(coefficient, factor));
  }, divisor.map(() => 0));
}

/** What readers find the code by, and room for its format. */
function patterns(version: number, dark: Grid, fixed: Grid) {
  const size = dark.length;
  const set = (x: number, y: number, isDark: boolean) => {
    const [row, known] = [dark[y], fixed[y]];
    if (row !== undefined && known !== undefined && x >= 0 && x < size) {
      [row[x], known[x]] = [isDark, true];
    }
  };
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const square = (x: number, y: number, radius: number, rings: readonly number[]) => {
    for (let down = -radius; down <= radius; down += 1) {
      for (let right = -radius; right <= radius; right += 1) {
        set(x + right, y + down, !rings.includes(Math.max(Math.abs(right), Math.abs(down))));
      }
    }
  };
  const marks = marksOf(version, size);
  const last = marks.length - 1;
  marks.forEach((x, column) => marks.forEach((y, row) => {
    if (!((column === 0 && (row === 0 || row === last)) || (column === last && row === 0))) {
      square(x, y, 2, [1]);
    }
  }));
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) {
    square(x, y, 4, [2, 4]);
  }
  format(dark, fixed, 0);
  if (version >= 7) {
    const bits = version * 4_096 + divided(version, VERSION, 12);
    for (let bit = 0; bit < 18; bit += 1) {
      const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
      set(far, near, ((bits >>> bit) & 1) === 1);
      set(near, far, ((bits >>> bit) & 1) === 1);
    }
  }
}

function marksOf(version: number, size: number): number[] {
  if (version === 1) {
    return [];
  }
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - (count - 2 - at) * step)];
}

/** The remainder of `value`, moved up by `degree` bits, by a polynomial of that degree. */
function divided(value: number, polynomial: number, degree: number): number {
  let rest = value;
  for (let bit = 0; bit < degree; bit += 1) {
    rest = (rest << 1) ^ ((rest >>> (degree - 1)) * polynomial);
  }
  return rest;
}

/** Level M, which is 0, and the mask, twice. */
function format(dark: Grid, fixed: Grid, mask: number) {
  const size = dark.length;
  const bits = ((mask << 10) | divided(mask, FORMAT, 10)) ^ FORMAT_MASK;
  const set = (x: number, y: number, isDark: boolean) => {
    const [row, known] = [dark[y], fixed[y]];
    if (row !== undefined && known !== undefined) {
      [row[x], known[x]] = [isDark, true];
    }
  };
  const is = (bit: number) => ((bits >>> bit) & 1) === 1;
  for (let bit = 0; bit < 15; bit += 1) {
    const at = bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit;
    set(8, at, is(bit));
    set(bit < 8 ? size - 1 - bit : bit === 8 ? 7 : 14 - bit, 8, is(bit));
  }
  set(8, size - 8, true);
}

/** Bits go up and down in columns of two, from the right, and leave the column of the timing pattern out. */
function place(words: readonly number[], dark: Grid, fixed: Grid) {
  const size = dark.length;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    const from = right <= 6 ? right - 1 : right;
    for (let step = 0; step < size; step += 1) {
      const y = ((from + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [from, from - 1]) {
        const row = dark[y];
        if (row !== undefined && fixed[y]?.[x] === false) {
          row[x] = (((words[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
          bit += 1;
        }
      }
    }
  }
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function masked(dark: Grid, fixed: Grid, mask: number): Grid {
  const code = dark.map((row, y) => row.map((isDark, x) => isDark !== (fixed[y]?.[x] === false && MASKS[mask]?.(x, y) === true)));
  format(code, fixed.map((row) => [...row]), mask);
  return code;
}

/** How hard a code is to read: long runs, blocks of one colour, what looks like a finder, too much of one colour. */
function faultsOf(code: Grid): number {
  const size = code.length;
  const columns = code.map((_, x) => code.map((row) => row[x] === true));
  let faults = 0;
  for (const row of [...code, ...columns]) {
    const text = row.map((isDark) => (isDark ? "1" : "0")).join("");
    faults += [...text.matchAll(/0{5,}|1{5,}/g)].reduce((sum, [run]) => sum + run.length - 2, 0);
    faults += 40 * [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let y = 0; y + 1 < size; y += 1) {
    for (let x = 0; x + 1 < size; x += 1) {
      const one = code[y]?.[x];
      faults += one === code[y]?.[x + 1] && one === code[y + 1]?.[x] && one === code[y + 1]?.[x + 1] ? 3 : 0;
    }
  }
  const count = code.flat().filter((isDark) => isDark).length;
  return faults + 10 * Math.floor((Math.abs(count * 20 - size * size * 10)) / (size * size));
}
