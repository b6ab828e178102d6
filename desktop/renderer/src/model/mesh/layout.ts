import { type Mesh, type MeshMember, partsOf } from './mesh.ts'

export interface Place {
  readonly member: MeshMember
  /** Pixels from the left and the top. */
  readonly x: number
  readonly y: number
  /** Direction away from the middle of its ring, radians; 0 is to the right, a quarter turn is down. */
  readonly angle: number
}

interface Ring {
  readonly x: number
  readonly y: number
  readonly members: number
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>
  /** Middle of the ring that a member stands on: links bend towards it. */
  readonly middles: ReadonlyMap<string, Ring>
}

export interface Frame {
  readonly width: number
  readonly height: number
  /** Room at the sides for names, pixels. */
  readonly sides: number
  /** Room above and below, pixels. */
  readonly ends: number
}

/** Beyond this many on one circle, members stand in several, so that each can be pointed at. */
export const oneCircle = 60
/** Distance of two circles, as a share of the radius. */
const circleStep = 0.11
const maxCircles = 6

/**
 * Where everyone stands: on a ring, stations at the top, then nodes by name, clockwise. It depends on who is there and not on who
 * is linked, so that a link that comes and goes moves nobody; only parts of a mesh that do not see each other at all stand apart.
 */
export function layoutMesh(mesh: Mesh, frame: Frame): Layout {
  const parts = partsOf(mesh)
  const islands = parts.filter((part, index) => index > 0 && part.length > 1)
  const away = new Set(islands.flat())
  const groups = [mesh.members.filter((member) => !away.has(member)), ...islands]
  const weights = groups.map(({ length }) => Math.sqrt(length) + 1)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const places = new Map<string, Place>()
  const middles = new Map<string, Ring>()
  let left = 0
  for (const [index, group] of groups.entries()) {
    const width = (frame.width * (weights[index] ?? 1)) / total
    ring(group, { ...frame, width }, left, places, middles)
    left += width
  }
  return { places, middles }
}

function ring(
  members: readonly MeshMember[],
  { width, height, sides, ends }: Frame,
  left: number,
  places: Map<string, Place>,
  middles: Map<string, Ring>,
): void {
  const middle = { x: left + width / 2, y: height / 2, members: members.length }
  const radiusX = Math.max(40, width / 2 - sides)
  const radiusY = Math.max(40, height / 2 - ends)
  // Wide windows stretch the ring a little, no more: an ellipse crowds its ends.
  const spreadX = Math.min(radiusX, radiusY * 1.5)
  const spreadY = Math.min(radiusY, radiusX * 1.5)
  const circles = Math.min(maxCircles, Math.ceil(members.length / oneCircle))
  for (const [index, member] of members.entries()) {
    const angle = (index / members.length) * 2 * Math.PI - Math.PI / 2
    const share = 1 - (index % circles) * circleStep
    const x = members.length === 1 ? middle.x : middle.x + Math.cos(angle) * spreadX * share
    const y = members.length === 1 ? middle.y : middle.y + Math.sin(angle) * spreadY * share
    places.set(member.id, { member, x, y, angle })
    middles.set(member.id, middle)
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** How far links bend towards the middle of their ring: 0 is straight. */
const bend = 0.3

function bendPoint(from: Point, to: Point, middle: Point): Point {
  const x = (from.x + to.x) / 2
  const y = (from.y + to.y) / 2
  return { x: x + (middle.x - x) * bend, y: y + (middle.y - y) * bend }
}

/** A link as SVG path data. */
export function linkPath(from: Point, to: Point, middle: Point): string {
  const by = bendPoint(from, to, middle)
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`
  return `M${at(from)}Q${at(by)} ${at(to)}`
}

/** A point of a link. @param share of its way, 0 to 1 */
export function pointOnLink(from: Point, to: Point, middle: Point, share: number): Point {
  const by = bendPoint(from, to, middle)
  const rest = 1 - share
  return {
    x: rest * rest * from.x + 2 * rest * share * by.x + share * share * to.x,
    y: rest * rest * from.y + 2 * rest * share * by.y + share * share * to.y,
  }
}
