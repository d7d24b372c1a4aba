// Two replicas behind a balancer: the file for docker compose, and the balancer's own.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { VARIABLES } from '../../src/config.js'
import { readStages, textOf } from './dockerfile.js'

interface Service {
  readonly environment: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, object>>
  readonly stop_grace_period: string
}

const compose = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }) as { services: Record<string, Service>, networks: object }
const { balancer, ...replicas } = compose.services
const haproxy = readFileSync('deploy/haproxy.cfg', 'utf8')

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const exactly = (properties: object, required: readonly string[] = []): object => ({ type: 'object', properties, required, additionalProperties: false })

/** What of the compose specification is used here; every service has to be confined. */
const SCHEMA = exactly({
  name: text,
  'x-replica': {},
  services: {
    type: 'object',
    additionalProperties: exactly({
      build: text,
      image: text,
      environment: { type: 'object', additionalProperties: text },
      user: { ...text, pattern: '^[1-9]\\d*:[1-9]\\d*$' },
      read_only: { const: true },
      cap_drop: { const: ['ALL'] },
      security_opt: { const: ['no-new-privileges:true'] },
      mem_limit: { ...text, pattern: '^\\d+[mg]$' },
      memswap_limit: { ...text, pattern: '^\\d+[mg]$' },
      pids_limit: { type: 'integer' },
      restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
      stop_grace_period: { ...text, pattern: '^\\d+s$' },
      networks: texts,
      ports: { type: 'array', items: { ...text, pattern: '^\\d+:\\d+$' } },
      volumes: { type: 'array', items: { ...text, pattern: '^\\./[^:]+:/[^:]+:ro$' } },
      depends_on: { type: 'object', additionalProperties: exactly({ condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] } }) }
    }, ['image', 'read_only', 'cap_drop', 'security_opt', 'restart', 'networks'])
  },
  networks: { type: 'object', additionalProperties: exactly({ internal: { type: 'boolean' } }) }
}, ['services', 'networks'])

t.test('the file for docker compose has members that compose knows, and confines every service', async t => {
  const validate = new Ajv().compile(SCHEMA)
  validate(compose)
  t.same(validate.errors, null)
})

t.test('what it names exists: the balancer knows each replica by a variable, under the port that the service takes', async t => {
  t.equal(Object.keys(replicas).length, 2)
  t.same(Object.values(balancer!.environment).slice(1), Object.keys(replicas).map(name => `${name}:3000`))
  t.same([...new Set([...haproxy.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))], Object.keys(balancer!.environment))
  t.same(Object.keys(balancer!.depends_on!), Object.keys(replicas))
  for (const volume of balancer!.volumes!) t.ok(existsSync(`deploy/${volume.split(':')[0]}`), volume)
  const known = VARIABLES.map(({ name }) => name)
  for (const { environment } of Object.values(replicas)) t.same(Object.keys(environment).filter(name => !known.includes(name)), [])
  t.equal(textOf(readStages(readFileSync('Dockerfile', 'utf8')).at(-1)!, 'EXPOSE'), '3000')
})

const version = spawnSync('haproxy', ['-v'], { encoding: 'utf8' })
const skip = version.error === undefined ? false : 'haproxy is missing'

t.test(`haproxy takes its file${skip === false ? '' : ` (skipped: ${skip})`}`, { skip }, async t => {
  const folder = t.testdir({ right: haproxy, wrong: haproxy.replace('retry-on', 'retry-once') })
  const env = { PATH: process.env.PATH, LISTEN: '127.0.0.1:8080', LOSSD_1: '127.0.0.1:3001', LOSSD_2: '127.0.0.1:3002' }
  const check = (name: string): { status: number | null, stderr: string } => spawnSync('haproxy', ['-c', '-f', `${folder}/${name}`], { env, encoding: 'utf8' })
  const { status, stderr } = check('right')
  t.equal(status, 0, stderr)
  t.notMatch(stderr, /WARNING|ALERT/)
  t.not(check('wrong').status, 0, 'and refuses it when it is wrong')
})

t.test('the balancer waits longer than the service, and sees it close before it stops listening; so does the engine', async t => {
  const seconds = (name: string): number => Number(new RegExp(`timeout ${name} (\\d+)s`).exec(haproxy)![1])
  const usual = (name: string): number => Number(VARIABLES.find(variable => variable.name === name)!.usual.replaceAll('`', ''))
  t.ok(seconds('server') * 1000 > usual('REQUEST_TIMEOUT'))
  t.ok(seconds('client') >= seconds('server'))
  t.match(haproxy, /http-check send meth GET uri \/readyz/)
  t.match(haproxy, /inter 1s .*fall 2/)
  t.ok(usual('SHUTDOWN_PAUSE') > 2000, 'longer than two checks')
  for (const { stop_grace_period: grace } of Object.values(replicas)) t.ok(Number.parseInt(grace) * 1000 > usual('SHUTDOWN_LIMIT'))
})
