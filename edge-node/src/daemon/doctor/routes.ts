/** First address of multicast, 224.0.0.0, and the first that is not any more. */
const multicastFirst = 0xe0000000
const routeUp = 0x1

/**
 * Interfaces over which multicast is routed, from /proc/net/route: a route to 224.0.0.0/4 or a part of it, else the default route.
 * Addresses are in hexadecimal in the byte order of the machine, which is little-endian on all that this runs on.
 */
export function parseDefaultOrMulticastRoutes(text: string): readonly string[] {
  const found: string[] = []
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, , flags, , , , mask] = line.trim().split(/\s+/)
    if (name === undefined || destination === undefined || flags === undefined || mask === undefined) continue
    if ((Number.parseInt(flags, 16) & routeUp) === 0) continue
    const address = swapBytes(Number.parseInt(destination, 16))
    const bits = swapBytes(Number.parseInt(mask, 16))
    const covers = (multicastFirst & bits) >>> 0 === address
    const within = address >= multicastFirst && address < 0xf0000000
    if (covers || within) found.push(name)
  }
  return [...new Set(found)]
}

function swapBytes(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
}
