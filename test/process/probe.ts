// Run inside the image: tries to write everywhere and to start what a container often has, and says as JSON what it is and what it could do.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

const MOUNTED = ['/proc', '/sys', '/dev']

function * entries (folder: string): Generator<Dirent> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    yield entry
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory() && !MOUNTED.includes(path)) yield * entries(path)
  }
}

function works (action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

/** Whether it is a program for the processor, and no library. */
function program (path: string): boolean {
  const first = Buffer.alloc(4)
  const file = openSync(path, 'r')
  readSync(file, first)
  closeSync(file)
  return first.toString('latin1') === '\x7FELF' && !/\.so(?:\.|$)|\.node$/.test(path)
}

const status = readFileSync('/proc/self/status', 'utf8')
const field = (name: string): number => Number.parseInt(new RegExp(`${name}:\\s+(\\w+)`).exec(status)![1]!, 16)
const all = [...entries('/')]
const pathOf = (entry: Dirent): string => join(entry.parentPath, entry.name)
const folders = ['/', ...all.filter(entry => entry.isDirectory()).map(pathOf), '/tmp', '/proc', '/proc/1', '/sys', '/dev', '/dev/shm']
const files = all.filter(entry => entry.isFile()).map(pathOf)
process.stdout.write(JSON.stringify({
  uid: process.getuid!(),
  pid: process.pid,
  capabilities: field('CapEff') + field('CapPrm') + field('CapBnd'),
  noNewPrivileges: field('NoNewPrivs'),
  written: folders.filter(folder => works(() => { writeFileSync(join(folder, 'written'), 'x') })),
  started: ['sh', '/bin/sh', 'bash', 'busybox', 'npm', 'npx', 'corepack', 'env', 'apt-get'].filter(name => spawnSync(name, ['--version']).error === undefined),
  programs: files.filter(program),
  commands: all.filter(({ name }) => name === '.bin').map(pathOf)
}))
