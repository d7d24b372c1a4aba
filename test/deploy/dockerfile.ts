// The Dockerfile as data, and its last stage carried out without an engine: what the stages before it make is taken from this checkout.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** `COPY --from=build a b` has the keyword COPY, the options {from: build} and the text `a b`. */
export interface Instruction {
  readonly keyword: string
  readonly options: Readonly<Record<string, string>>
  readonly text: string
}

/** A stage: what it is based on, and what it does. */
export interface Stage { readonly base: string, readonly name: string, readonly instructions: readonly Instruction[] }

/** Reads a Dockerfile (without here-documents and parser directives of meaning), stage by stage. */
export function readStages (text: string): Stage[] {
  const stages: Array<Stage & { instructions: Instruction[] }> = []
  for (const instruction of readInstructions(text)) {
    const [base, , name] = instruction.text.split(/\s+/)
    if (instruction.keyword === 'FROM') stages.push({ base: base!, name: name ?? '', instructions: [] })
    else stages.at(-1)!.instructions.push(instruction)
  }
  return stages
}

function readInstructions (text: string): Instruction[] {
  const lines = text.split('\n').filter(line => !line.startsWith('#')).join('\n').replaceAll(/\\\n/g, ' ').split('\n')
  return lines.filter(line => line.trim() !== '').map(line => {
    const [, keyword, flags, text] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line.trim())!
    return { keyword: keyword!.toUpperCase(), options: optionsOf(flags!), text: text! }
  })
}

function optionsOf (flags: string): Record<string, string> {
  return Object.fromEntries([...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, name, value]) => [name!, value!]))
}

/** The text of the last instruction with that keyword. */
export function textOf ({ instructions }: Stage, keyword: string): string {
  return instructions.findLast(instruction => instruction.keyword === keyword)?.text ?? ''
}

/** `A=1 B="two words"` of every instruction with that keyword. */
export function pairsOf ({ instructions }: Stage, keyword: string): Record<string, string> {
  const text = instructions.filter(instruction => instruction.keyword === keyword).map(instruction => instruction.text).join(' ')
  return Object.fromEntries([...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, plain]) => [name!, quoted ?? plain!]))
}

/** Lays out in `folder` what the last stage of the Dockerfile copies together. */
export function layOut (stage: Stage, folder: string): void {
  const sources: Record<string, string> = { build: '.', production: join(folder, 'production'), root: join(folder, 'base') }
  production(sources.production!)
  execFileSync('sh', ['deploy/root.sh', join(sources.root!, 'image')], { env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}` } })
  let at = '/'
  for (const { keyword, options, text } of stage.instructions) {
    if (keyword === 'WORKDIR') at = text
    if (keyword === 'COPY') copy(sources[options.from ?? ''] ?? '.', text.split(/\s+/), join(folder, 'image'), at)
  }
}

/** Paths of a stage are absolute there (/lossd is the checkout); those of the context are relative. Of a folder, its content is copied. */
function copy (source: string, words: readonly string[], image: string, at: string): void {
  const target = words.at(-1)!
  for (const path of words.slice(0, -1).map(word => join(source, word.replace(/^\/lossd\//, '')))) {
    const into = target.endsWith('/') && !statSync(path).isDirectory() ? join(target, basename(path)) : target
    mkdirSync(dirname(join(image, resolve(at, into))), { recursive: true })
    execFileSync('cp', ['-rLT', path, join(image, resolve(at, into))])
  }
}

/** What `npm ci --omit=dev` installs on this machine, taken from what is installed. */
function production (folder: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('cp', ['-r', '--parents', ...productionPackages().filter(path => path.lastIndexOf('node_modules') === 0), folder])
  writeFileSync(join(folder, 'sbom.cdx.json'), execFileSync(process.execPath, ['deploy/sbom.mjs'], { stdio: ['ignore', 'pipe', 'ignore'] }))
}

interface Locked {
  readonly version: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
  readonly integrity?: string
}

/** Folders of the packages that production needs, with what the lock file says of them. */
export function lockedPackages (): Array<[path: string, Locked]> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
  return Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true)
}

/** Those that are installed: what is optional may be for another platform. */
export function productionPackages (): string[] {
  return lockedPackages().map(([path]) => path).filter(path => readable(join(path, 'package.json')))
}

function readable (path: string): boolean {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}
