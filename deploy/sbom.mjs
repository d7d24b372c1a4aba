// Writes the bill of materials of what production runs, as CycloneDX JSON, to standard output. It follows from package-lock.json alone:
// its serial number is a digest of its content, and it bears no time and no name of a folder, so that the same packages give the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const { name } = JSON.parse(readFileSync('package.json', 'utf8'))
const options = ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
const bill = JSON.parse(execFileSync('npm', options, { encoding: 'utf8', maxBuffer: 2 ** 26 }))
delete bill.serialNumber
delete bill.metadata.timestamp
bill.metadata.component.name = name
const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex')
const parts = [[0, 8], [8, 12], [13, 16], [17, 20], [20, 32]].map(([from, to]) => digest.slice(from, to))
const serialNumber = `urn:uuid:${parts[0]}-${parts[1]}-8${parts[2]}-8${parts[3]}-${parts[4]}`
process.stdout.write(JSON.stringify({ ...bill, serialNumber }, null, 2) + '\n')
