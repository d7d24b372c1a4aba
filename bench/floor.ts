// The transport floor, a process of its own: what a server costs that evaluates nothing. A bare node:http server reads
// and discards a body and answers a constant; a bare Fastify takes a body into a buffer and answers a constant. Here
// also runs JSON.parse of a body alone, so that it is timed under the same Node as the service.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Fastify from 'fastify'
import { median } from './statistics.js'

/** As long as an answer of the service to five rows of logits. */
const ANSWER = JSON.stringify({ loss: 1.2964054113722696, reduction: 'mean', dtype: 'float64', shape: [], sum: 6.482027056861349, divisor: 5 })

/** Body limit of Fastify, which has one. */
const LIMIT = 2 ** 30

/** How often a body is parsed to find how long that takes. */
const PARSES = 5

function answer (response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
  response.end(text)
}

const discard = createServer((request, response) => {
  if (request.url === '/parse') {
    parse(request, response)
  } else {
    request.on('data', () => {})
    request.on('end', () => { answer(response, ANSWER) })
  }
})

/** Answers how many milliseconds JSON.parse of the body takes, its text being there already. */
async function parse (request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('latin1')
  const times = Array.from({ length: PARSES }, () => {
    const start = performance.now()
    JSON.parse(text)
    return performance.now() - start
  })
  answer(response, JSON.stringify({ milliseconds: median(times) }))
}

const constant = Fastify({ bodyLimit: LIMIT })
constant.removeAllContentTypeParsers()
constant.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
constant.post('*', async (_request, reply) => reply.header('content-type', 'application/json').send(ANSWER))

const [discardPort, constantPort] = process.argv.slice(2).map(Number)
discard.listen(discardPort, '127.0.0.1')
await constant.listen({ port: constantPort!, host: '127.0.0.1' })
