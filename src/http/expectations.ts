// Expect: 100-continue: who asks before it sends a body is told to go on when that begins to be read, and not before. Where it is refused
// instead, Node ends the connection, as nobody knows whether the body still comes.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

const asking = new WeakMap<IncomingMessage, ServerResponse>()

/** Leaves it to `askForBody` to answer those that ask. */
export function expectations (server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    asking.set(request, response)
    server.emit('request', request, response)
  })
}

/** Tells the client to send its body, if it waits for that. */
export function askForBody (request: IncomingMessage): void {
  if (request.headers.expect === undefined) return
  asking.get(request)?.writeContinue()
  asking.delete(request)
}
