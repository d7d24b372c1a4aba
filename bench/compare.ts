// One row: the servers are asked the same, checked to answer the same, warmed up by trials, and then measured in turn.
import { setTimeout as delay } from 'node:timers/promises'
import { answerOf, compareAnswers } from './answers.js'
import { MEASURES, parseTime } from './measure/index.js'
import type { Effort, Measurement, Task } from './measure/task.js'
import { startLossd, startPeer, type Floor, type PeerSetting, type Server } from './servers.js'
import { median } from './statistics.js'
import type { Workload } from './workloads.js'

/** Everything that runs; a peer in every setting, or none. */
export interface Servers {
  readonly node: string
  readonly lossd: Server
  readonly peers: readonly (readonly [PeerSetting, Server])[]
  readonly floor: Floor
}

/** Figures by round. */
export interface Row {
  readonly workload: Workload
  readonly lossd: readonly number[]
  readonly peer: { readonly name: string, readonly figures: readonly number[] } | null
  readonly floor: readonly number[] | null
}

type Contestant = () => Promise<number>

/** Milliseconds between two servers' turns: threads that spin after their work have ended by then. */
const PAUSE = 20

/** Figures that everyone is warmed up by and the settings of the peer are compared by, at most. */
const TRIALS = 3

/** The requests of a workload at a scale. */
export function taskOf (workload: Workload, scale: number): Task {
  return { request: workload.request(scale), load: workload.load?.(scale) ?? null }
}

/** Measures one workload. @throws Error when a server fails or answers something else than the others */
export async function compare (workload: Workload, task: Task, servers: Servers, effort: Effort): Promise<Row> {
  if (workload.measure === 'memory') return await compareFresh(workload, task, servers, effort)
  await check(workload, task, servers)
  const { measure } = MEASURES[workload.measure]
  const lossd: Contestant = async () => await measure(servers.lossd, task, effort)
  const floor = floorOf(workload, task, servers, effort)
  const others = floor === null ? [lossd] : [lossd, floor]
  const peers = servers.peers.map(([, peer]) => ({ name: peer.name, measure: async () => await measure(peer, task, effort) }))
  const trials = await alternate([...others, ...peers.map(({ measure }) => measure)], Math.min(TRIALS, effort.rounds))
  const peer = peers[bestOf(workload, trials.slice(others.length))] ?? null
  const figures = await alternate(peer === null ? others : [...others, peer.measure], effort.rounds)
  return {
    workload,
    lossd: figures[0]!,
    peer: peer === null ? null : { name: peer.name, figures: figures.at(-1)! },
    floor: floor === null ? null : figures[1]!
  }
}

/** lossd and the peer answer the same. */
async function check ({ name }: Workload, task: Task, { lossd, peers }: Servers): Promise<void> {
  const requests = task.load === null ? [task.request] : [task.request, task.load]
  for (const request of requests) {
    const found = await answerOf(lossd, request)
    for (const [, peer] of peers) compareAnswers(name, found, await answerOf(peer, request))
  }
}

/** Which of several did best in the trials. */
function bestOf ({ measure }: Workload, trials: readonly (readonly number[])[]): number {
  const medians = trials.map(median)
  return medians.indexOf(MEASURES[measure].more ? Math.max(...medians) : Math.min(...medians))
}

function floorOf ({ floor, measure }: Workload, task: Task, servers: Servers, effort: Effort): Contestant | null {
  if (floor === undefined) return null
  if (floor === 'parse') return async () => await parseTime(servers.floor.discard, task)
  return async () => await MEASURES[measure].measure(servers.floor[floor], task, effort)
}

/** The figures of each contestant by round; who goes first changes from round to round. */
async function alternate (contestants: readonly Contestant[], rounds: number): Promise<number[][]> {
  const figures: number[][] = contestants.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const who = (round + turn) % contestants.length
      await delay(PAUSE)
      figures[who]!.push(await contestants[who]!())
    }
  }
  return figures
}

/** For peaks, which a process keeps: a new one for every figure. */
async function compareFresh (workload: Workload, task: Task, { node, peers }: Servers, effort: Effort): Promise<Row> {
  const { measure } = MEASURES[workload.measure]
  const once = async (start: () => Promise<Server>, measure: Measurement): Promise<number> => {
    const server = await start()
    try {
      return await measure(server, task, effort)
    } finally {
      await server.close()
    }
  }
  const setting = peers[0]?.[0]
  return {
    workload,
    lossd: [await once(async () => await startLossd(node), measure)],
    peer: setting === undefined
      ? null
      : { name: peers[0]![1].name, figures: [await once(async () => await startPeer(setting), measure)] },
    floor: null
  }
}
