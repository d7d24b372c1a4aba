// Opens /docs in headless Chromium and looks for every loss and transform on the page it draws.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const server = spawn(process.execPath, ['build/src/server.js'], {
  env: { ...process.env, HOST: '127.0.0.1', PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit']
})
const base = await new Promise((resolve, reject) => {
  server.once('exit', code => { reject(new Error(`the server ended with ${code}`)) })
  server.stdout.on('data', chunk => {
    const address = /ready at (http:\/\/[^"]*)/.exec(chunk)?.[1]
    if (address !== undefined) resolve(address)
  })
})
try {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`, '--virtual-time-budget=30000']
  const { stdout } = await promisify(execFile)('chromium', [...flags, '--dump-dom', `${base}/docs/`], { maxBuffer: 2 ** 28, timeout: 120_000 })
  const text = stdout.replaceAll(/<[^>]*>|\u200b/g, '')
  const names = []
  for (const plural of ['losses', 'transforms']) {
    const list = (await (await fetch(`${base}/v1/${plural}`)).json())[plural]
    names.push(...list.flatMap(({ name, aliases }) => [name, ...aliases].map(one => `/v1/${plural}/${one}`)))
  }
  const missing = names.filter(name => !text.includes(name))
  if (missing.length > 0) throw new Error(`the page does not show ${missing.join(', ')}`)
  console.log(`the page shows all ${names.length} operations`)
} finally {
  server.kill()
}
