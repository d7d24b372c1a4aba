// What a loss of entries over several slots says of itself: formulas in two float64 lanes, for either precision.
import { Block } from './block'

/**
 * To be extended with `value`, and where the loss has them with `slope`, `refuses` and `absent`: see said.d.ts. The class
 * fields are the options. Nothing is declared here, because what a loss overrides would become virtual.
 */
@unmanaged export class Slotwise {}

export { Block }
