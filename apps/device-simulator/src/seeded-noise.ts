const { imul, floor } = Math;
const SQRT_3 = Math.sqrt(3);

/** Roughly normal with mean 0 and variance 1, within ±3.5: the sum of four uniform numbers, centred and scaled. */
export function gaussian(stream: number, index: number): number {
  let state = mix(stream ^ mix(index % 0x100000000) ^ floor(index / 0x100000000));
  let sum = -2;
  for (let draw = 0; draw < 4; draw += 1) {
    state = mix((state + 0x9e3779b9) | 0);
    sum += (state >>> 0) / 0x100000000;
  }
  return sum * SQRT_3;
}

/** Evenly distributed over [0, 1). */
export function uniform(stream: number, index: number): number {
  return (
    (mix(mix(stream ^ mix(index % 0x100000000) ^ floor(index / 0x100000000)) + 0x9e3779b9) >>> 0) /
    0x100000000
  );
}

/** FNV-1a over UTF-16 units, mixed. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return mix(hash);
}

/** The finaliser of MurmurHash3 (public domain): every input bit changes every output bit with probability one half. */
function mix(value: number): number {
  let hash = value | 0;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
