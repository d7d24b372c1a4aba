// When products may be in float32, and what is then computed again in float64.
//
// Sums of at most 32 products in each of four lanes, added up in float64, leave a similarity with an error of about
// 2^-27·ρ/√D, where ρ is the greatest possible similarity and D the length of a row. An error of e in the similarity to
// row c changes the loss by P_c·e. Those P_c that are greater than D/ρ² are computed in float64; the others, whose
// squares add up to less, change the loss by less than 2^-27 or so of 1 in all.
import { scalarLog } from '../functions'
import { isOwn, statistic, Sweep } from './sweep'

/** Shorter rows are not worth it: their exponentials cost more than their products. */
const LEAST_LENGTH: u32 = 32
/** Beyond this similarities themselves are wrong by as much as 0.001. */
const MOST_REACH: f64 = 1e5
/** Norms within which neither the products of float32 overflow nor their underflow is felt. */
const LEAST_NORM: f64 = 1e-15
const MOST_NORM: f64 = 1e18
/** Settles `isNarrow` and `window`, once all norms are known. */
export function choosePrecision (s: Sweep): void {
  const norm = greatestNorm(s)
  const reach = (s.normalize != 0 ? 1 : norm * norm) / s.temperature
  const fits = s.normalize != 0 ? norm < Infinity : norm >= LEAST_NORM && norm <= MOST_NORM
  s.isNarrow = fits && s.length >= LEAST_LENGTH && reach <= MOST_REACH && !isOwn(s)
  s.window = scalarLog(reach * reach / <f64>s.length)
}

/** The greatest norm of all rows; ∞ if any is NaN. */
function greatestNorm (s: Sweep): f64 {
  let most: f64 = 0
  for (let z: u32 = 0; z < s.rows; z++) {
    const norm = load<f64>(statistic(s.norms, z))
    if (!(norm <= most)) most = norm == norm ? norm : Infinity
  }
  return most
}
