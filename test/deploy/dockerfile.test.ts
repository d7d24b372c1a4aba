import { readFileSync } from 'node:fs'
import t from 'tap'
import { pairsOf, readStages, textOf } from './dockerfile.js'

const stages = readStages(readFileSync('Dockerfile', 'utf8'))
const image = stages.at(-1)!
const instructions = stages.flatMap(stage => stage.instructions)
const { version, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string, scripts: { start: string } }

t.test('the image is made from nothing, of what other stages made, by copying alone', async t => {
  t.equal(image.base, 'scratch')
  t.same([...new Set(image.instructions.map(({ keyword }) => keyword))].filter(keyword => ['RUN', 'SHELL', 'ADD', 'ENTRYPOINT'].includes(keyword)), [])
  const names = stages.map(({ name }) => name)
  for (const { options } of image.instructions.filter(({ keyword }) => keyword === 'COPY')) if (options.from !== undefined) t.ok(names.includes(options.from))
  for (const { base } of stages.slice(0, -1)) t.equal(base, 'node:24-slim')
})

t.test('what it runs needs no shell: command and health check are lists, and start node', async t => {
  t.equal((JSON.parse(textOf(image, 'CMD')) as string[]).join(' '), scripts.start, 'the command is that of npm start')
  const [node] = JSON.parse(textOf(image, 'HEALTHCHECK').replace(/^.*?CMD /, '')) as string[]
  t.equal(node, 'node')
})

t.test('it runs as an ordinary user, by number, so that an engine can tell that it is not root', async t => {
  t.match(textOf(image, 'USER'), /^[1-9]\d+:[1-9]\d+$/)
})

t.test('its label has the version of package.json', async t => {
  t.equal(pairsOf(image, 'LABEL')['org.opencontainers.image.version'], '$VERSION')
  t.equal(pairsOf(image, 'ARG').VERSION, version)
})

t.test('dependencies come from the lock file; those of production without scripts, development\'s and commands', async t => {
  const installs = instructions.filter(({ keyword, text }) => keyword === 'RUN' && /\bnpm\b/.test(text)).map(({ text }) => text)
  for (const text of installs) t.notMatch(text, /npm (?:i|install|update|exec)\b|npx/)
  const production = stages.find(({ name }) => name === 'production')!
  t.match(textOf(production, 'RUN'), /npm ci --omit=dev --ignore-scripts && rm -rf node_modules\/\.bin/)
})

t.test('no secret is baked in', async t => {
  for (const { keyword, text } of instructions) if (['ARG', 'ENV'].includes(keyword)) t.notMatch(text, /KEY|TOKEN|SECRET|PASS/i)
})

t.test('what is copied from the checkout is not ignored', async t => {
  const patterns = readFileSync('.dockerignore', 'utf8').split('\n').filter(line => line !== '')
  const copied = instructions.filter(({ keyword, options }) => keyword === 'COPY' && options.from === undefined)
  for (const path of copied.flatMap(({ text }) => text.split(/\s+/).slice(0, -1)).filter(path => path !== '.')) {
    t.notOk(ignored(path, patterns), path)
    t.ok(readFileSync(path).length > 0)
  }
  for (const path of ['src/server.ts', 'src/kernels/losses/mse.ts', 'tsconfig.json', 'asconfig.json']) t.notOk(ignored(path, patterns), path)
  for (const path of ['node_modules/fastify', '.git/HEAD', '.env', 'test/service.ts', 'README.md']) t.ok(ignored(path, patterns), `${path} is`)
})

/** Whether the last pattern that fits a path, or a folder above it, leaves it out. */
function ignored (path: string, patterns: readonly string[]): boolean {
  const fits = (pattern: string): boolean => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`).test(path)
  return patterns.findLast(pattern => fits(pattern.replace(/^!/, '')))?.startsWith('!') === false
}
