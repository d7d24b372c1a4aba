// The float32 nearest to a decimal, by exact arithmetic on whole numbers: slow, and independent of the kernels.

const bitLength = (n: bigint) => n.toString(2).length

/** The float32 nearest to the JSON number `text`, ties to even. */
export function nearestFloat32 (text: string): number {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  const magnitude = nearest(BigInt(whole + fraction), Number(power) - fraction.length)
  return sign ? -magnitude : magnitude
}

/** The float32 nearest to digits × 10^power. */
function nearest (digits: bigint, power: number): number {
  const size = digits.toString().length + power
  if (digits === 0n || size < -60) return 0
  if (size > 60) return Infinity
  const above = digits * 10n ** BigInt(Math.max(power, 0))
  const below = 10n ** BigInt(Math.max(-power, 0))

  // The value lies between 2^(e-1) and 2^(e+1); below 2^e the spacing of float32 is finer.
  let e = bitLength(above) - bitLength(below)
  if (compareToPower(above, below, e) < 0) e--
  const spacing = Math.max(e - 23, -149)
  const scaledAbove = above << BigInt(Math.max(-spacing, 0))
  const scaledBelow = below << BigInt(Math.max(spacing, 0))
  let mantissa = scaledAbove / scaledBelow
  const twiceRest = 2n * (scaledAbove % scaledBelow)
  if (twiceRest > scaledBelow || (twiceRest === scaledBelow && mantissa & 1n)) mantissa++
  const value = Number(mantissa) * 2 ** spacing
  return value >= 2 ** 128 ? Infinity : value
}

/** The sign of above / below - 2^e. */
function compareToPower (above: bigint, below: bigint, e: number): number {
  const left = above << BigInt(Math.max(-e, 0))
  const right = below << BigInt(Math.max(e, 0))
  return left < right ? -1 : Number(left > right)
}
