// All targets.
import type { Target } from '../target.js'
import { envelope } from './envelope.js'
import { long } from './long.js'
import { negotiation } from './negotiation.js'
import { safetensors } from './safetensors.js'
import { shapes } from './shapes.js'
import { tensors } from './tensors.js'

export const targets: readonly Target[] = [tensors, envelope, safetensors, negotiation, shapes, long]
