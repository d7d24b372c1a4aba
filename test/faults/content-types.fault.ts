// Content types in every spelling, with bodies of every kind: what a body is parsed as is what it is validated as, or it is refused.
import { fault } from './arena.js'
import { post, say } from './raw.js'
import { writeSafetensors } from '../safetensors.js'

type Reading = 'json' | 'safetensors' | 'refused'

/** How each spelling is read. */
const SPELLINGS: Readonly<Record<Reading, readonly string[]>> = {
  json: [
    'application/json', 'APPLICATION/JSON', 'Application/Json', ' application/json', '\tapplication/json', 'application/json ', 'application/json\t',
    ' \t application/json \t ', 'application/json;', 'application/json ;', 'application/json\t;charset=utf-8', 'application/json;charset=utf-8',
    'application/json; charset=UTF-8', 'application/json; charset="utf-8"', 'application/json; charset=latin1', 'application/json; charset=utf-16',
    'application/json;;', 'application/json; profile="a;b"', 'application/json; q=0.1', 'application/json; type=application/vnd.safetensors',
    'application/json;application/vnd.safetensors', `application/json; x=${'a'.repeat(5000)}`
  ],
  safetensors: [
    'application/vnd.safetensors', 'application/x-safetensors', 'application/vnd.huggingface.safetensors', 'Application/Vnd.Safetensors',
    'application/vnd.safetensors; charset=utf-8', '\tapplication/vnd.safetensors\t', 'application/vnd.safetensors;application/json'
  ],
  refused: [
    '', ' ', ';', '/', 'application', 'application/', '/json', 'json', 'text/json', 'text/plain', 'text/x-json', 'application/json5', 'application/jsonp',
    'application/jso', 'application/json/', 'application//json', 'application/json/vnd.safetensors', 'application/ json', 'application /json',
    'application/json, text/plain', 'text/plain, application/json', 'application/json,application/json', 'application/json text/plain',
    'application/json\u00a0', '\u00a0application/json', 'application/json\u00ff', 'application/json+vnd.safetensors', 'application/problem+json',
    'application/ld+json', 'application/*', '*/*', 'application/octet-stream', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a',
    'application/vnd.safetensors+json', 'application/vnd.safetensors, application/json', '"application/json"', '<application/json>', 'application\\json',
    'application%2Fjson', 'application/json%00', 'application/__proto__', '__proto__', 'constructor', 'application/json\r\nContent-Type: text/plain',
    'text/plain\r\nContent-Type: application/json', 'application/json\r\ncontent-type: application/json'
  ]
}

const operand = (...values: number[]) => ({ shape: [values.length], data: new Float64Array(values) })
const pair = { input: operand(1, 2), target: operand(2, 4) }

/** Bodies of every kind, valid and not, with the status when it is read as JSON and when as safetensors. */
const BODIES = [
  { body: '{"input": [1, 2], "target": [2, 4]}', json: 200, safetensors: 400 },
  { body: '{"input": [1, 2], "target": [2, 4], "bogus": 1}', json: 400, safetensors: 400 },
  { body: '{"input": [1, 2], "target": [2, 4], "reduction": "median"}', json: 422, safetensors: 400 },
  { body: '{"input": [1, 2], "target": ', json: 400, safetensors: 400 },
  { body: '{"input": [1, 2], "target": [1, 2, 3]}', json: 422, safetensors: 400 },
  { body: writeSafetensors(pair), json: 400, safetensors: 200 },
  { body: writeSafetensors({ ...pair, bogus: operand(1) }), json: 400, safetensors: 400 },
  { body: writeSafetensors(pair).subarray(0, -1), json: 400, safetensors: 400 },
  { body: writeSafetensors({ input: operand(1, 2), target: operand(1, 2, 3) }), json: 400, safetensors: 422 }
] as const

fault({ faults: ['F10'], title: 'every spelling of a content type is read in one way, or refused', env: { WORKERS: '2', MEMORY_LIMIT: '64M' } }, async arena => {
  let [requests, differences, wrong] = [0, 0, 0]
  for (const reading of ['json', 'safetensors', 'refused'] as const) {
    for (const type of SPELLINGS[reading]) {
      for (const { body, ...status } of BODIES) {
        const lines = [`Content-Type: ${type}`, `Content-Length: ${body.length}`, 'Connection: close']
        const { statuses, text } = await say(arena.port, post('/v1/losses/mse', lines, body))
        const right = reading === 'refused' ? [400, 415].includes(statuses[0]!) : statuses[0] === status[reading]
        requests++
        if (statuses.length !== 1 || !right) {
          differences++
          arena.t.comment(JSON.stringify(type), text.slice(0, 600))
        }
        if (statuses[0] === 200 && !text.includes('"loss":2.5,')) wrong++
      }
    }
  }
  arena.measure('spellings', Object.values(SPELLINGS).flat().length, { least: 40 })
  arena.measure('requests', requests, { least: 360 })
  arena.measure('answers other than those of the one reading', differences, { exactly: 0 })
  arena.measure('answers with a wrong loss', wrong, { exactly: 0 })
})
