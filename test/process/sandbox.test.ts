// The image without an engine: laid out as its Dockerfile says, and run by bubblewrap.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { layOut, readStages, textOf } from '../deploy/dockerfile.js'
import { confined, limitMemory, noSandbox, noTrace, type Confinement } from './sandbox.js'

const MiB = 2 ** 20

/** What a small container has. */
const MEMORY = 256 * MiB

const skip = noSandbox()
const stage = readStages(readFileSync('Dockerfile', 'utf8')).at(-1)!
const command = JSON.parse(textOf(stage, 'CMD')) as string[]
const folder = mkdtempSync(join(tmpdir(), 'lossd-image-'))
const root = join(folder, 'image')
t.teardown(() => { rmSync(folder, { recursive: true }) })
if (skip === false) {
  layOut(stage, folder)
  for (const mountPoint of ['proc', 'dev', 'sys/fs/cgroup/memory']) mkdirSync(join(root, mountPoint), { recursive: true })
}

t.test(titled('in a read-only root, as an ordinary user, within 256 MiB, every endpoint answers, and SIGTERM ends it in order', skip), { skip }, async t => {
  const limit = limitMemory(MEMORY)
  if (limit !== null) t.teardown(async () => { await limit.remove() })
  const { port, child, inner } = await start(t, { root, stage, limit })
  await askEverything(t, port)
  t.match(spawnSync(...split(confined({ root, stage, env: { PORT: String(port) } }, health()))), { status: 0 }, 'the health check agrees')
  t.match(spawnSync(...split(confined({ root, stage, env: { PORT: '9' } }, health()))), { status: 1 }, 'and fails where nobody listens')
  const peak = limit?.peak() ?? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${inner}/status`, 'utf8'))![1]) * 1024
  t.ok(peak <= MEMORY, `${Math.round(peak / MiB)} MiB at most, ${limit === null ? 'resident; no control group can be made here' : 'by the control group, which ends what uses more'}`)
  const exit = once(child, 'exit')
  process.kill(inner, 'SIGTERM')
  t.match(await exit, [0])
})

t.test(titled('it writes no file, makes none, removes none, and starts no program', skip || noTrace()), { skip: skip || noTrace() }, async t => {
  const calls = join(folder, 'calls')
  const launcher = ['strace', '-f', '--seccomp-bpf', '-o', calls, '-e', 'trace=execve,open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknod,mknodat']
  const { port, inner, child } = await start(t, { root, stage, launcher })
  await askEverything(t, port)
  const exit = once(child, 'exit')
  process.kill(inner, 'SIGTERM')
  await exit
  const lines = readFileSync(calls, 'utf8').split('\n')
  const since = lines.slice(lines.findIndex(line => line.includes('execve("/usr/local/bin/node"')) + 1)
  t.ok(since.some(line => line.includes('server.js')), 'calls were seen')
  const writes = since.filter(line => /^\d+ +\w+\(/.test(line) && !/^\d+ +open(?:at)?\((?!.*O_(?:WRONLY|RDWR|CREAT))/.test(line))
  t.same(writes, [])
})

t.test(titled('inside there is nothing to write to, no shell, no npm, no capability, and no way to either', skip), { skip }, async t => {
  mkdirSync(join(root, 'probe'))
  writeFileSync(join(root, 'probe/probe.mjs'), readFileSync(new URL('./probe.js', import.meta.url)))
  const { stdout, stderr } = spawnSync(...split(confined({ root, stage }, ['node', '/probe/probe.mjs'])), { encoding: 'utf8' })
  t.equal(stderr, '')
  const nothing = { capabilities: 0, written: [], started: [], commands: [] }
  t.same(JSON.parse(stdout), { uid: 1000, pid: 1, noNewPrivileges: 1, programs: ['/usr/local/bin/node'], ...nothing })
  rmSync(join(root, 'probe'), { recursive: true })
})

function titled (title: string, skip: string | false): string { return skip === false ? title : `${title} (skipped: ${skip})` }

function split ([first, ...rest]: readonly string[]): [string, string[]] { return [first!, rest] }

function health (): string[] { return JSON.parse(textOf(stage, 'HEALTHCHECK').replace(/^.*?CMD /, '')) as string[] }

interface Running { readonly port: number, readonly child: ChildProcess, readonly inner: number }

/** Starts the image's command and waits until it is ready; `inner` is node as this machine counts it. */
async function start (t: Pick<Test, 'teardown'>, confinement: Confinement): Promise<Running> {
  const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' }
  const child = spawn(...split(confined({ ...confinement, env }, command)), { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => { child.kill('SIGKILL') })
  const port = await new Promise<number>((resolve, reject) => {
    let log = ''
    child.once('exit', code => { reject(new Error(`exit code ${code}: ${log}`)) })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        log += String(chunk)
        const ready = /ready at http:\/\/[^"]*:(\d+)/.exec(log)
        if (ready !== null) resolve(Number(ready[1]))
      })
    }
  })
  return { port, child, inner: youngest(child.pid!) }
}

/** The last of the line of children. */
function youngest (pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(text => text !== '')
  return children.length === 0 ? pid : youngest(Number(children[0]))
}

interface Examples { readonly example?: unknown, readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }

interface Operation { readonly requestBody: { readonly content: Readonly<Record<string, Examples>> } }

/** Every path of the OpenAPI document, with its first example; and what stands beside the document. */
async function askEverything (t: Test, port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const { paths } = await (await fetch(`${url}/openapi.json`)).json() as { paths: Record<string, { get?: object, post?: Operation }> }
  const failed: string[] = []
  const expect = async (path: string, body?: string): Promise<void> => {
    const reply = await fetch(url + path, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    await reply.arrayBuffer()
    if (reply.status !== 200) failed.push(`${path} ${reply.status}`)
  }
  for (const path of ['/docs', '/docs/static/swagger-ui.css', '/v1/losses/mse', '/v1/transforms/softmax']) await expect(path)
  for (const [path, { get, post }] of Object.entries(paths)) {
    if (get !== undefined && !path.includes('{')) await expect(path)
    if (post !== undefined) await expect(path, exampleOf(post))
  }
  const large = { shape: [1_000_000], data: Array<number>(1_000_000).fill(0.5) }
  await expect('/v1/losses/mse', JSON.stringify({ input: large, target: 0, reduction: 'none', gradients: ['input'] }))
  t.same(failed, [], `${Object.keys(paths).length} paths answer`)
}

function exampleOf ({ requestBody }: Operation): string {
  const { example, examples = {} } = requestBody.content['application/json']!
  return JSON.stringify(example ?? Object.values(examples)[0]!.value)
}
