// Short names for the steps that the functions of this folder are made of; the compiler inlines every one. Nothing
// fuses or reorders: the bits of a lane are those of the same steps done one by one, on every machine.
//
// A constant is the address of its f64 or u64, made by `memory.data`: V8 builds a v128.const from several instructions
// at every use, but reads 8 bytes into both lanes with one. That made exp faster by a quarter.

const SIGN = memory.data<u64>([0x8000000000000000])
const HEAD = memory.data<u64>([0xFFFFFFFFF8000000])

/** Both lanes the 8 bytes at `address`. */
export function at (address: usize): v128 { return v128.load64_splat(address) }

export function add (a: v128, b: v128): v128 { return f64x2.add(a, b) }

export function sub (a: v128, b: v128): v128 { return f64x2.sub(a, b) }

export function mul (a: v128, b: v128): v128 { return f64x2.mul(a, b) }

export function div (a: v128, b: v128): v128 { return f64x2.div(a, b) }

/** a + b·x, rounded twice. */
export function addMul (a: v128, b: v128, x: v128): v128 { return add(a, mul(b, x)) }

/** The two coefficients at `address` as a polynomial: c₀ + c₁·x. */
export function pair (address: usize, x: v128): v128 { return addMul(at(address), at(address + 8), x) }

/** The four coefficients at `address` as a polynomial by Estrin's scheme: (c₀ + c₁·x) + (c₂ + c₃·x)·x². */
export function quad (address: usize, x: v128, x2: v128): v128 {
  return addMul(pair(address, x), pair(address + 16, x), x2)
}

/** min(x, limit); a NaN in `x` stays. One instruction, where f64x2.min takes eight. */
export function below (x: v128, limit: v128): v128 { return f64x2.pmin(x, limit) }

/** max(x, limit); a NaN in `x` stays. */
export function above (x: v128, limit: v128): v128 { return f64x2.pmax(x, limit) }

/** `x` where the mask is set, `y` elsewhere. */
export function choose (mask: v128, x: v128, y: v128): v128 { return v128.bitselect(x, y, mask) }

/** −|x|. */
export function negative (x: v128): v128 { return v128.or(x, at(SIGN)) }

/** `x`, whose sign bit is clear or that of `sign`, with the sign bit of `sign`: turns +0 into −0 where that is due. */
export function signed (x: v128, sign: v128): v128 { return v128.or(x, v128.and(sign, at(SIGN))) }

/** The leading 26 bits of `x`. Products of two heads are exact, and so is x − head(x) (Dekker 1971). */
export function head (x: v128): v128 { return v128.and(x, at(HEAD)) }

/** What rounding took from sum = a + b, exactly, if |a| ≥ |b| or a = 0 (Dekker's Fast2Sum). */
export function lost (a: v128, b: v128, sum: v128): v128 { return add(sub(a, sum), b) }
