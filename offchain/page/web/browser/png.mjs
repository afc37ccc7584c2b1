// Pictures of a page in 256 colours: a third of the bytes, and nobody sees it. Reads the PNGs that Chromium writes: 8 bits for each channel, not
// interlaced.
import * as zlib from "node:zlib";

const { deflateSync, inflateSync } = zlib;
// Later versions of node have it.
const { crc32 } = zlib;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, check]);
}

function checksum(bytes) {
  if (crc32 !== undefined) {
    return crc32(bytes);
  }
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** Width, height and the colour of each pixel as 0xRRGGBB. */
function decode(png) {
  const data = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") {
      [width, height, channels] = [body.readUInt32BE(0), body.readUInt32BE(4), body[9] === 6 ? 4 : 3];
    } else if (kind === "IDAT") {
      data.push(body);
    }
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  let above = new Uint8Array(stride);
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)];
    const line = Uint8Array.from(raw.subarray(row * (stride + 1) + 1, (row + 1) * (stride + 1)));
    for (let at = 0; at < stride; at += 1) {
      const [left, up, corner] = [at < channels ? 0 : line[at - channels], above[at], at < channels ? 0 : above[at - channels]];
      const guess = left + up - corner;
      const [l, u, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const paeth = l <= u && l <= c ? left : u <= c ? up : corner;
      line[at] += [0, left, up, (left + up) >> 1, paeth][filter] ?? 0;
    }
    for (let x = 0; x < width; x += 1) {
      pixels[row * width + x] = (line[x * channels] << 16) | (line[x * channels + 1] << 8) | line[x * channels + 2];
    }
    above = line;
  }
  return { width, height, pixels };
}

/** The same picture with the 256 colours that it has most of; every other becomes the nearest of these. */
export function shrink(png) {
  const { width, height, pixels } = decode(Buffer.from(png));
  const counts = new Map();
  for (const colour of pixels) {
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort(([one, a], [other, b]) => b - a || one - other).slice(0, 256).map(([colour]) => colour);
  const index = new Map(palette.map((colour, place) => [colour, place]));
  const apart = (one, other) => {
    const [r, g, b] = [(one >> 16) - (other >> 16), ((one >> 8) & 255) - ((other >> 8) & 255), (one & 255) - (other & 255)];
    return r * r + g * g + b * b;
  };
  const nearest = (colour) => {
    let best = 0;
    palette.forEach((known, place) => {
      best = apart(colour, known) < apart(colour, palette[best]) ? place : best;
    });
    index.set(colour, best);
    return best;
  };
  const rows = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = pixels[row * width + x];
      rows[row * (width + 1) + 1 + x] = index.get(colour) ?? nearest(colour);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
