// What production is made of: counted, pinned by digest, without scripts, and listed.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lockedPackages, productionPackages } from './dockerfile.js'

/** Packages that a machine without optional ones gets; whoever adds one raises it knowingly. */
const MOST = 88

const manifest = (path: string): { scripts?: Record<string, string>, dependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { scripts?: Record<string, string> }

t.test('nothing that production needs runs a script when it is installed', async t => {
  t.same(lockedPackages().filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path), [])
  const runs = (path: string): boolean => ['preinstall', 'install', 'postinstall'].some(name => name in (manifest(path).scripts ?? {}))
  t.same(productionPackages().filter(runs), [])
  t.same(productionPackages().filter(path => existsSync(join(path, 'binding.gyp'))), [], 'nothing is compiled')
})

t.test('every package is pinned: direct ones exactly, all by a SHA-512 digest', async t => {
  t.same(Object.entries(manifest('.').dependencies!).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)), [])
  t.same(lockedPackages().filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true), [])
})

t.test(`there are at most ${MOST} packages`, async t => {
  const count = lockedPackages().filter(([, { optional }]) => optional !== true).length
  t.ok(count <= MOST, `${count} packages`)
})

t.test('the bill of materials has the same bytes each time, and lists the packages of the lock file with their digests', async t => {
  const [first, second] = [bill(), bill()]
  t.equal(first, second)
  const { components, metadata } = JSON.parse(first) as { components: Array<{ 'bom-ref': string, hashes: unknown[] }>, metadata: { component: { name: string } } }
  t.equal(metadata.component.name, 'lossd')
  const listed = new Set(components.filter(({ hashes }) => hashes.length > 0).map(component => component['bom-ref']))
  t.same(lockedPackages().map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`).filter(name => !listed.has(name)), [])
})

function bill (): string { return execFileSync(process.execPath, ['deploy/sbom.mjs'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) }
