import { Random } from '../random.ts'

type Vector = readonly [number, number, number]

interface Domain {
  readonly centre: Vector
  readonly radius: number
}

interface Chain {
  readonly positions: number[]
  readonly widths: number[]
  readonly amplitudes: number[]
}

// Angstrom: what the whole chain stays in, one residue's share of a domain, and how close two elements come.
const OUTER_RADIUS = 66
const RESIDUE_VOLUME = 210
const CONTACT = 7.5
const TRIES = 36

/**
 * Grows a confined chain of secondary-structure elements through overlapping spherical domains. Helix: rise 1.5, radius
 * 2.3 Angstrom, 100 degrees a residue; strand: rise 3.3; loop: 3.8 (Pauling's values), each residue one Gaussian blob.
 */
export function growChain(seed: number): { positions: Float64Array; widths: Float64Array; amplitudes: Float64Array } {
  const random = new Random(seed).stream('phantom')
  const chain: Chain = { positions: [], widths: [], amplitudes: [] }
  let end: Vector | undefined
  for (const domain of placeDomains(random)) {
    end ??= domain.centre
    const wanted = chain.widths.length + Math.round((4 / 3) * Math.PI * domain.radius ** 3 / RESIDUE_VOLUME)
    const heavy = 0.85 + 0.4 * random.uniform()
    while (chain.widths.length < wanted) {
      for (let i = 2 + random.integer(3); i > 0; i--) {
        end = step(end, towards(end, domain, random.direction()), 3.8)
        add(chain, end, 0.9 * heavy, 2 + 0.4 * random.uniform())
      }
      end = addElement(chain, end, domain, random, heavy)
    }
  }
  return { positions: Float64Array.from(chain.positions), widths: Float64Array.from(chain.widths), amplitudes: Float64Array.from(chain.amplitudes) }
}

// Each domain touches an earlier one; unequal sizes and a random tree make the whole asymmetric.
function placeDomains(random: Random): Domain[] {
  const domains: Domain[] = [{ centre: scale(random.direction(), 14), radius: 31 }]
  for (let attempt = 0; domains.length < 7 && attempt < 1000; attempt++) {
    const parent = domains[random.integer(domains.length)]!
    const radius = 15 + 13 * random.uniform()
    const centre = step(parent.centre, random.direction(), 0.85 * (parent.radius + radius))
    const apart = domains.every((other) => distance(other.centre, centre) > 0.75 * (other.radius + radius))
    if (apart && Math.hypot(...centre) + radius < OUTER_RADIUS) domains.push({ centre, radius })
  }
  return domains
}

// A helix or strand in the direction, of those tried, that stays inside and keeps off what is already there.
function addElement(chain: Chain, start: Vector, domain: Domain, random: Random, heavy: number): Vector {
  const helix = random.uniform() < 0.65
  const count = helix ? 9 + random.integer(14) : 4 + random.integer(5)
  const rise = helix ? 1.5 : 3.3
  let best: Vector = [0, 0, 1]
  let least = Infinity
  for (let i = 0; i < TRIES && least > 0; i++) {
    const direction = random.direction()
    const cost = crowding(chain, start, direction, count * rise, domain)
    if (cost < least) {
      least = cost
      best = direction
    }
  }
  const [side, across] = frame(best)
  const phase = 2 * Math.PI * random.uniform()
  for (let i = 1; i <= count; i++) {
    const angle = phase + i * (helix ? (100 * Math.PI) / 180 : Math.PI)
    const offset = helix ? 2.3 : 0.9
    const onAxis = step(start, best, i * rise)
    const p = step(step(onAxis, side, offset * Math.cos(angle)), across, offset * Math.sin(angle))
    add(chain, p, heavy * (0.85 + 0.5 * random.uniform()), 1.5 + 0.5 * random.uniform())
  }
  return step(start, best, count * rise)
}

function crowding(chain: Chain, start: Vector, direction: Vector, length: number, domain: Domain): number {
  let cost = 0
  for (let along = 5; along <= length; along += 4.5) {
    const p = step(start, direction, along)
    cost += 3 * Math.max(0, distance(p, domain.centre) - domain.radius + 3)
    for (let j = 0; j < chain.widths.length - 3; j++) {
      const dx = chain.positions[3 * j]! - p[0]
      const dy = chain.positions[3 * j + 1]! - p[1]
      const dz = chain.positions[3 * j + 2]! - p[2]
      if (dx * dx + dy * dy + dz * dz < CONTACT * CONTACT) cost++
    }
  }
  return cost
}

function add(chain: Chain, p: Vector, amplitude: number, width: number): void {
  chain.positions.push(...p)
  chain.amplitudes.push(amplitude)
  chain.widths.push(width)
}

// A random direction, pulled inwards near the domain's surface and beyond.
function towards(p: Vector, domain: Domain, direction: Vector): Vector {
  const inward: Vector = [domain.centre[0] - p[0], domain.centre[1] - p[1], domain.centre[2] - p[2]]
  const far = Math.hypot(...inward)
  const pull = far > 0.8 * domain.radius ? 1.5 / far : 0
  const sum: Vector = [direction[0] + pull * inward[0], direction[1] + pull * inward[1], direction[2] + pull * inward[2]]
  return scale(sum, 1 / Math.max(1e-9, Math.hypot(...sum)))
}

function frame([x, y, z]: Vector): [Vector, Vector] {
  const helper: Vector = Math.abs(x) < 0.6 ? [1, 0, 0] : [0, 1, 0]
  const side = cross([x, y, z], helper)
  const unit = scale(side, 1 / Math.hypot(...side))
  return [unit, cross([x, y, z], unit)]
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function step(p: Vector, direction: Vector, length: number): Vector {
  return [p[0] + length * direction[0], p[1] + length * direction[1], p[2] + length * direction[2]]
}

function scale(v: Vector, factor: number): Vector {
  return [factor * v[0], factor * v[1], factor * v[2]]
}

function distance(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
