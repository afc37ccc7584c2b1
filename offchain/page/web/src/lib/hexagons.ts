/** Where cells of a field of hexagons are: a spiral around the middle, so that any number of them looks whole. */

/** Middle of a cell, for hexagons whose corners are 1 from their middle. */
export interface Cell {
  x: number;
  y: number;
}

/** One step in each direction, in the order in which a ring is walked. Axial coordinates, pointed tops. */
const STEPS = [[1, -1], [0, -1], [-1, 0], [-1, 1], [0, 1], [1, 0]] as const;

/** The first `count` cells of the spiral. */
export function spiral(count: number): Cell[] {
  const cells: Cell[] = [];
  for (let ring = 0; cells.length < count; ring += 1) {
    // Each ring begins at its lower left corner.
    let [q, r] = [-ring, ring];
    if (ring === 0) {
      cells.push(middle(q, r));
      continue;
    }
    for (const [dq, dr] of [STEPS[5], STEPS[0], STEPS[1], STEPS[2], STEPS[3], STEPS[4]]) {
      for (let step = 0; step < ring && cells.length < count; step += 1) {
        cells.push(middle(q, r));
        [q, r] = [q + dq, r + dr];
      }
    }
  }
  return cells;
}

function middle(q: number, r: number): Cell {
  return { x: Math.sqrt(3) * (q + r / 2), y: 1.5 * r };
}

/** Corners of a hexagon of a radius around a cell, as SVG writes points. */
export function corners({ x, y }: Cell, radius: number): string {
  return Array.from({ length: 6 }, (_, corner) => {
    const angle = (Math.PI / 180) * (60 * corner - 90);
    return `${round(x + radius * Math.cos(angle))},${round(y + radius * Math.sin(angle))}`;
  }).join(" ");
}

/** The view that shows all cells: `x y width height`. */
export function view(cells: readonly Cell[], margin = 1.1): string {
  const xs = cells.map(({ x }) => x);
  const ys = cells.map(({ y }) => y);
  const [left, top] = [Math.min(0, ...xs) - margin, Math.min(0, ...ys) - margin];
  const [right, bottom] = [Math.max(0, ...xs) + margin, Math.max(0, ...ys) + margin];
  return [left, top, right - left, bottom - top].map(round).join(" ");
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
