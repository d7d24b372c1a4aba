// Bodies that are no JSON, no safetensors and nothing else, in any length.
import { fault } from './arena.js'
import { ask } from './ask.js'

const TYPES = ['application/json', 'application/vnd.safetensors']

fault({ faults: ['F10'], title: 'bodies of random bytes are refused in words', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  let [refused, worst] = [0, 0]
  const count = arena.scale(3000, 300)
  for (let i = 0; i < count; i++) {
    const body = Buffer.from(Array.from({ length: i % 97 }, (_, at) => (i * 31 + at * at * 17) & 255))
    const start = performance.now()
    const { status, headers } = await ask(`${arena.url}/v1/losses/mse`, { headers: { 'content-type': TYPES[i % TYPES.length]! }, body })
    if (status === 400 && headers['content-type']?.startsWith('application/problem+json')) refused++
    worst = Math.max(worst, performance.now() - start)
  }
  arena.measure('bodies refused with 400 and a problem', refused, { exactly: count })
  arena.measure('slowest refusal', worst, { most: 1000 }, 'ms')
})
