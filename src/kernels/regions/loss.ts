// What a loss of totals over a region says of itself, in float64 for either precision.
import { Chunk } from './chunk'

/** To be extended with the methods in said.d.ts. Nothing is declared here, because what a loss overrides would become virtual. */
@unmanaged export class Regional {}

export { Chunk }
