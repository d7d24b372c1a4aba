// `npm run bench`: lossd, the peer and the transport floor side by side, over HTTP.
import { compare, taskOf, type Row, type Servers } from './compare.js'
import { describeMachine, majorOf } from './machine.js'
import { isWhole, readOptions, type Options } from './options.js'
import { cells, HEADS, plainCells, table } from './report.js'
import { writeSection } from './results.js'
import { missingForPython, PEER_SETTINGS, startFloor, startLossd, startPeer } from './servers.js'
import { WORKLOADS } from './workloads.js'

const MODULES = ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'msgspec', 'orjson', 'numpy', 'torch']

/** How small large requests are in a short run. */
const SHORT_SCALE = 1 / 16

const EFFORT = { milliseconds: 700 }
const SHORT_EFFORT = { milliseconds: 50 }

const SHORT_NOTE = 'Everything answers. This was a short run: large requests are a sixteenth of their size, and the times mean nothing.'

const options = readOptions(process.argv.slice(2))
const servers = await startAll(options)
try {
  const rows = await measureAll(options, servers)
  console.log(options.short ? SHORT_NOTE : `\n${render(rows)}`)
  if (isWhole(options)) writeResults(options, servers, rows)
} finally {
  await closeAll(servers)
}

/** Starts every server; without Python there is no peer. */
async function startAll ({ node, short }: Options): Promise<Servers> {
  const missing = missingForPython(MODULES)
  if (missing !== null) console.log(`The peer is skipped: ${missing} (pip install -r bench/peers/requirements.txt)`)
  const settings = missing !== null ? [] : short ? PEER_SETTINGS.slice(0, 1) : PEER_SETTINGS
  const [lossd, floor, ...peers] = await Promise.all([
    startLossd(node), startFloor(node), ...settings.map(async setting => [setting, await startPeer(setting)] as const)
  ])
  return { node, lossd, floor, peers }
}

async function closeAll ({ lossd, floor, peers }: Servers): Promise<void> {
  await Promise.all([lossd, floor.discard, ...peers.map(([, peer]) => peer)].map(async server => { await server.close() }))
}

/** Every row that was asked for; each is printed as soon as it is there. */
async function measureAll ({ only, rounds, short }: Options, servers: Servers): Promise<Row[]> {
  const rows: Row[] = []
  for (const workload of WORKLOADS.filter(({ name }) => only.test(name))) {
    const task = taskOf(workload, short ? SHORT_SCALE : 1)
    const row = await compare(workload, task, servers, { rounds, ...short ? SHORT_EFFORT : EFFORT })
    console.log(short ? plainCells(row).join(' · ') : cells(row).filter(cell => cell !== '').join(' · '))
    rows.push(row)
  }
  return rows
}

function render (rows: readonly Row[]): string { return table(HEADS, rows.map(cells)) }

function writeResults ({ node, rounds }: Options, servers: Servers, rows: readonly Row[]): void {
  writeSection(`Service, Node ${majorOf(node)}`, [
    '`npm run bench' + (node === process.execPath ? '' : ' -- --node <path>') + '`: medians of ' + `${rounds} rounds, ratios are medians of paired ratios.`,
    '',
    ...describeMachine(node, servers.peers.length === 0 ? [] : MODULES),
    '',
    render(rows)
  ])
}
