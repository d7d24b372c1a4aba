// The functions of one f32x4 vector, each lane by itself. Each docstring gives the worst error, found by trying every
// float32.

export { decay, exp } from './exp'
export { log, log1pUnit, logComplement } from './log'
