// Writes the bill of materials of what production runs, as CycloneDX JSON, to standard output. It follows from package.json and
// package-lock.json alone: its serial number is a digest of its content, and it bears no time, so that the same packages give the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OPTIONS = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']

/** What npm says of the lock file without what only development needs: its own --omit=dev also leaves out what both need. */
function listed ({ devDependencies, ...manifest }, lock) {
  const packages = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev)
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages: { '': manifest, ...Object.fromEntries(packages) } }))
    return JSON.parse(execFileSync('npm', OPTIONS, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A UUID of version 8, which is for digests. */
function uuid (text) {
  const digest = createHash('sha256').update(text).digest('hex')
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}

const read = name => JSON.parse(readFileSync(name, 'utf8'))
const manifest = read('package.json')
const { serialNumber, metadata: { timestamp, ...metadata }, ...bill } = listed(manifest, read('package-lock.json'))
const timeless = { ...bill, metadata: { ...metadata, component: { ...metadata.component, name: manifest.name } } }
process.stdout.write(JSON.stringify({ ...timeless, serialNumber: `urn:uuid:${uuid(JSON.stringify(timeless))}` }, null, 2) + '\n')
