// Content-Type, Content-Encoding, Accept and the query string, a line for each; a line that is a - alone is left out.
import type { FastifyRequest } from 'fastify'
import { answerFormat, requestFormat, type Format } from '../../../src/http/formats.js'
import { readQuery } from '../../../src/http/query.js'
import { Failure } from '../../../src/errors.js'
import { Mutator } from '../mutate.js'
import { formatOf, queryOf, weightsOf } from '../reference/negotiation.js'
import type { Target, Verdict } from '../target.js'
import { compare } from './compare.js'

const OFFERED: readonly Format[] = ['json', 'safetensors']
const WORDS = [
  'application/json', 'application/vnd.safetensors', 'application/x-safetensors', 'application/*', '*/*', 'text/html', 'text/*', 'APPLICATION/JSON', ';q=0', ';q=1', ';q=0.5', '; Q=0.001', ';q=1.001',
  ';q=', ';q=-1', ';q=1e3', ';charset=utf-8', ';x="a,b;q=0"', ';x="\\""', ',', ', ,', ';', ' ', '\t', '\n', '-', '/', '*', '"', 'identity', 'gzip', 'gzip, br', 'q=0', 'application', 'json', '\xa0', '\xff', '__proto__',
  'gradients', 'input', 'target', 'reduction', 'none', '=', '&', '&&', '%', '%20', '%2C', '%26', '%ff', '%C3%A9', '%ED%A0%80', '%00', '%zz', '+', '[1,2]', '[', ']', '1,2,3', '1e400', '-0', 'NaN', 'Infinity', 'true', 'false',
  '0.1', '.5', '1.', '01', '1e5', '9007199254740993', 'timeout_ms', 'non_finite', 'constructor', 'toString', '[]', '[NaN]', '#', '?'
]

function request (headers: Readonly<Record<string, string | undefined>>): FastifyRequest { return { headers } as unknown as FastifyRequest }

/** What Accept asks for and what is answered; of a field that is against the grammar, only that it is answered or refused. */
function accepts (accept: string): Verdict {
  const chosen = ((): Format | null => {
    try {
      return answerFormat(request({ accept }), OFFERED)
    } catch (error) {
      if (error instanceof Failure && error.status === 406) return null
      throw error
    }
  })()
  const weights = accept.trim() === '' ? { json: 1, safetensors: 0 } : weightsOf(accept)
  if (weights === null) return chosen === null ? 'refused' : 'accepted'
  const most = Math.max(...Object.values(weights))
  if (most === (chosen === null ? 0 : weights[chosen]) && (most > 0) === (chosen !== null)) return chosen === null ? 'refused' : 'accepted'
  throw new Error(`Accept is ${accept}: answered as ${chosen ?? 'nothing'}, of weights ${JSON.stringify(weights)}`)
}

export const negotiation: Target = {
  name: 'negotiation',
  seeds: [
    'application/json\n-\napplication/json\nreduction=none&gradients=input,target&label_smoothing=0.1',
    'application/vnd.safetensors; charset=utf-8\nidentity\napplication/json;q=0.1, application/vnd.safetensors;q=0.9\nscale=1&scale=2&full=true',
    '-\n-\n*/*\ntimeout_ms=1000&non_finite=null&weights=[1,2,3]',
    'Application/X-Safetensors\n-\ntext/html, application/*;q=0.5, */*;q=0.1\ngradients=input&gradients=target&name=%C3%A9+x',
    'application/vnd.huggingface.safetensors\n-\napplication/json;x="a, b";q=0.5,application/vnd.safetensors;q=0.4\na=.5&b=1.&c=-0&d=NaN&e=1,2'
  ].map(text => Buffer.from(text)),
  mutate: (seed, pool, { next }) => new Mutator(next, WORDS).mutate(seed, pool),
  fuzz: async data => {
    const [type, encoding, accept, ...query] = data.toString('latin1').split('\n').map(line => line === '-' ? undefined : line)
    const headers = { 'content-type': type, 'content-encoding': encoding }
    const verdicts = [
      await compare(() => requestFormat(request(headers), OFFERED), () => formatOf(type, encoding)),
      accept === undefined ? 'accepted' : accepts(accept),
      await compare(() => [...readQuery(`/?${query.join('\n')}`)], () => queryOf(query.join('\n')))
    ]
    return verdicts.includes('refused') ? 'refused' : 'accepted'
  }
}
