// API keys: when some are configured, /v1 wants one of them. Keys are compared as hashes in constant time.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { Failure } from '../errors.js'

/** A check to run before a body is read; it names the key that was used on the request, for the log. */
export function keyCheck (keys: Config['apiKeys']): (request: FastifyRequest) => Promise<void> {
  const known = keys.map(({ name, key }) => ({ name, hash: hash(key) }))
  return async request => {
    const given = keyOf(request)
    if (given === undefined) {
      throw new Failure('unauthorized', 'expected an API key as "Authorization: Bearer <key>" or "x-api-key: <key>"', [], { 'www-authenticate': 'Bearer' })
    }
    const digest = hash(given)
    const match = known.filter(one => timingSafeEqual(one.hash, digest))
    if (match.length === 0) throw new Failure('forbidden', 'the API key is not known')
    request.keyName = match[0]!.name
  }
}

function keyOf ({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const header = headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header : undefined)
}

function hash (key: string): Buffer { return createHash('sha256').update(key).digest() }

declare module 'fastify' {
  interface FastifyRequest { keyName?: string }
}
